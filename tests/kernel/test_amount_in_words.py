"""Amounts in capital numerals, against the bureau's examples and an independent converter."""

from __future__ import annotations

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.kernel.amount_in_words import amount_in_words, voucher_amount
from trainingadmin.kernel.money import Money


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("4000", "肆仟元整"),
        ("10000", "壹万元整"),
        ("240000", "贰拾肆万元整"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("10010", "壹万零壹拾元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("1000000000001", "壹万亿零壹元整"),
        ("1000100000000", "壹万零壹亿元整"),
    ],
)
def test_amounts_are_written_as_on_a_voucher(amount: str, words: str) -> None:
    assert amount_in_words(Money.parse(amount)) == words


def test_the_prefix_leaves_no_gap() -> None:
    assert voucher_amount(Money.yuan(8000)) == "人民币捌仟元整"


@pytest.mark.parametrize("fen", [-1, 10**18])
def test_amounts_without_words_are_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="no words"):
        amount_in_words(Money(fen))


@given(st.integers(0, 10**14 - 1) | st.text("01", min_size=1, max_size=14).map(int))
def test_an_independent_converter_agrees(fen: int) -> None:
    ours = amount_in_words(Money(fen))
    # The other one leaves out the 零 for a group of four zeros below 亿, which speech keeps.
    assert ours.replace("亿零", "亿") == cn2an.an2cn(str(Money(fen)), "rmb").replace("亿零", "亿")
