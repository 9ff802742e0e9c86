"""Differences of two versions, as they are read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from trainingadmin.schemes import SCHEMES, versions
from trainingadmin.schemes.differences import Difference, differences


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_version_does_not_differ_from_itself(scheme: str) -> None:
    assert all(differences(version, version) == [] for version in versions(scheme))


def test_thousands_do_not_break_and_other_kinds_show_themselves() -> None:
    figures = [f for scheme in SCHEMES for version in versions(scheme) for f in version.figures.values()]
    shown = {
        type(f.value): Difference(f.spec, None, f.value, f.unit, ("", f.citation)).shown(f.value)
        for f in figures
        if not isinstance(f.value, Mapping)
    }
    assert "," not in shown[int]
    assert all(text for kind, text in shown.items() if kind is not int)
    assert len(shown) > 1
    whole = next(f.spec for f in figures if type(f.value) is int)
    assert Difference(whole, 4000, 5000, "元", ("", "")).shown(5000) == "5\u00a0000"
