"""Money: exact in fen, never a float, read and written one way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.kernel.money import ZERO, Money, total

AMOUNTS = st.integers(-(10**15), 10**15).map(Money)


@given(AMOUNTS)
def test_what_is_written_is_read_back(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount
    assert Money.parse(amount.grouped().replace(",", "")) == amount


@given(AMOUNTS, AMOUNTS)
def test_sums_are_exact(one: Money, other: Money) -> None:
    assert one + other - other == one
    assert one + (-one) == ZERO
    assert one - other == -(other - one)
    assert total([one, other]) == one + other


@pytest.mark.parametrize(
    ("text", "fen"), [("4000", 400_000), ("-0.5", -50), ("0.05", 5), ("1.2", 120), ("12.34", 1234), ("-0", 0)]
)
def test_yuan_are_read_to_the_fen(text: str, fen: int) -> None:
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize("text", ["", "1.", ".5", "1.234", "1,000", "1e3", " 1", "1\n", "+1", "一", "１", "--1", "nan"])
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(text)


@pytest.mark.parametrize("fen", [1.0, "1", None, True])
def test_only_whole_fen_make_money(fen: object) -> None:
    with pytest.raises(TypeError, match="whole number of fen"):
        Money(fen)  # type: ignore[arg-type]


def test_it_is_written_with_two_decimals_and_for_people_in_groups() -> None:
    assert [str(Money(fen)) for fen in (0, 5, -5, 123_456_789)] == ["0.00", "0.05", "-0.05", "1234567.89"]
    assert [Money(fen).grouped() for fen in (0, -123_456_789)] == ["0.00", "-1,234,567.89"]


def test_amounts_compare_and_nothing_is_false() -> None:
    assert Money.yuan(1) > Money(99)
    assert sorted([Money(2), ZERO, Money(-1)]) == [Money(-1), ZERO, Money(2)]
    assert not ZERO
    assert Money(-1)
    assert total([]) == ZERO
