"""Occupations: code and name must agree, and an everyday trade name must be decided."""

from __future__ import annotations

import pytest

from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.occupations import (
    OCCUPATIONS,
    candidates,
    occupation_code,
    occupation_name,
    parse_occupation_code,
    settle_occupation,
)


@pytest.mark.parametrize(("code", "name"), OCCUPATIONS.items())
def test_a_known_occupation_is_settled_by_its_name_alone(code: str, name: str) -> None:
    assert settle_occupation(name) == settle_occupation(name, code) == (name, code)
    assert occupation_code(name) == code
    assert occupation_name(code) == name


def test_codes_fold_dashes_and_widths() -> None:
    assert parse_occupation_code(" ６－18–02-04 ") == "6-18-02-04"


def test_an_ambiguous_trade_is_decided_by_its_code() -> None:
    assert settle_occupation("钳工", "6-31-01-02") == ("机修钳工", "6-31-01-02")
    assert candidates("钳工") == ("机修钳工", "装配钳工", "工具钳工")
    assert candidates("焊工") == ()


def test_an_occupation_outside_the_table_keeps_its_own_code() -> None:
    assert settle_occupation("铸造工", "6-18-02-01") == ("铸造工", "6-18-02-01")
    assert settle_occupation("铸造工") == ("铸造工", None)


@pytest.mark.parametrize(
    ("name", "code", "refusal"),
    [
        ("", "6-18-02-04", "occupation-missing"),
        ("钳工", "", "occupation-ambiguous"),
        ("钳工", "6-18-02-04", "occupation-code-mismatch"),
        ("电工", "6-18-02-04", "occupation-code-mismatch"),
        ("铸造工", "6-18-02-04", "occupation-code-mismatch"),
        ("焊工", "6-18-02-99", "occupation-code-mismatch"),
        ("焊工", "61802", "occupation-code-format"),
    ],
)
def test_what_cannot_be_settled_is_refused(name: str, code: str, refusal: str) -> None:
    with pytest.raises(Malformed) as refused:
        settle_occupation(name, code)
    assert refused.value.code == refusal
