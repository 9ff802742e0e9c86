"""Names: what folds together, what is refused, and what a bank's `?` may stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import bank_name_agrees, fold, fold_name, has_wildcard, parse_name, same_name

RARE = ("王䶮", "李㛃", "陈𬭎", "赵𠅤", "刘𫍽", "俄木·尔作", "阿西·木呷", "孙\U00031350")


@pytest.mark.parametrize("name", RARE)
def test_rare_characters_and_middle_dots_survive(name: str) -> None:
    assert parse_name(name) == name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("\u3000黄国䶮  ", "黄国䶮"),
        ("张\u3000三", "张三"),
        ("阿西 · 木呷", "阿西·木呷"),
        ("\ufeff李\u200b四", "李四"),
        ("Anna  Maria  Li", "Anna Maria Li"),
        ("Zoë Li", "Zoë Li"),
    ],
)
def test_blanks_and_invisible_marks_fold_away(written: str, kept: str) -> None:
    assert fold_name(written) == kept


@pytest.mark.parametrize("dot", "•‧∙⋅・．･·")
def test_every_kind_of_middle_dot_is_one(dot: str) -> None:
    assert fold_name(f"次仁{dot}措姆") == "次仁·措姆"
    assert same_name(f"次仁{dot}措姆", "次仁·措姆")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("  ", "name-missing"),
        ("王\ue000", "name-private-use"),
        ("王\U000f0001", "name-private-use"),
        ("王3", "name-characters"),
        ("王?", "name-characters"),
        ("=cmd", "name-characters"),
    ],
)
def test_what_is_no_name_is_refused(written: str, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        parse_name(written)
    assert refusal.value.code == code


def test_a_variant_selector_does_not_make_another_name() -> None:
    assert same_name("葛\U000e0100飾", "葛飾")
    assert not same_name("王䶮", "王龑")


def test_a_banks_question_mark_stands_for_one_character() -> None:
    assert bank_name_agrees("吴䶮", "吴?")
    assert bank_name_agrees("吴䶮", "吴？")
    assert bank_name_agrees("次仁·措姆", "次仁?措姆")
    assert not bank_name_agrees("吴䶮", "何?")
    assert not bank_name_agrees("吴䶮", "吴??")
    assert not bank_name_agrees("吴䶮", "吴")
    assert has_wildcard("吴?")
    assert not has_wildcard("吴䶮")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_name(fold_name(text)) == fold_name(text)


@given(st.text())
def test_a_name_is_the_same_as_itself(text: str) -> None:
    assert same_name(text, fold_name(text))
    assert bank_name_agrees(text, text)
