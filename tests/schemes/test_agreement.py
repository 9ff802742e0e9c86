"""The product and an implementation that shares no line with it say the same of cases on every boundary."""

from __future__ import annotations

from random import Random

import pytest

from tests.schemes import agreement
from tests.schemes.boundaries import cases
from tests.schemes.oracle import Found
from tests.schemes.oracle_law import SHIPPED
from trainingadmin.schemes import SCHEMES

SEED = 7


def test_they_agree_on_a_sample_under_many_laws() -> None:
    assert [line for line, ours, theirs in agreement.judged(6_000, SEED) if ours != theirs] == []


def test_a_law_of_one_month_less_is_found() -> None:
    """The guard itself: the cases lie so near the boundaries that a law a month off gives others."""
    assert [line for line, ours, theirs in agreement.judged(1_000, SEED, broken=True) if ours != theirs]


def test_the_sample_meets_every_condition_from_both_sides_and_every_kind_of_error() -> None:
    met: dict[str, set[tuple[str, str]]] = {scheme: set() for scheme in SCHEMES}
    errors: set[str] = set()
    for _, ours, _ in agreement.judged(6_000, SEED):
        if "error" in ours:
            errors.add(ours["error"][0])
            continue
        found: Found = ours["findings"]
        met[ours["scheme"]] |= {(code, outcome) for code, outcome, _ in found}
    assert errors == {"bad-fact", "bad-json", "no-policy"}
    for scheme, declared in SCHEMES.items():
        for code in declared.conditions:
            seen = {outcome for name, outcome in met[scheme] if name == code}
            assert "pass" in seen, f"{scheme} {code}"
            assert "unknown" in seen, f"{scheme} {code}"
            assert seen & {"fail", "warn"} or code == "insured-elsewhere", f"{scheme} {code}"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seed_makes_the_same_cases(seed: int) -> None:
    assert cases(40, Random(seed), SHIPPED) == cases(40, Random(seed), SHIPPED)
