"""Skill levels: their spellings and their backward order."""

from __future__ import annotations

import pytest

from trainingadmin.kernel.levels import LEVELS, is_at_least, level_name, level_title, parse_level
from trainingadmin.kernel.malformed import Malformed


@pytest.mark.parametrize("level", LEVELS)
def test_number_name_and_title_mean_the_same_level(level: int) -> None:
    name, title = level_name(level), level_title(level)
    for written in (str(level), name, title, f"{name}/{title}", f"{title}（{name}）", f" {name}\u3000"):
        assert parse_level(written) == level


@pytest.mark.parametrize(("written", "level"), [("高级", 3), ("３级", 3), ("高级工", 3), ("中级", 4), ("高级技师", 1)])
def test_other_spellings_are_understood(written: str, level: int) -> None:
    assert parse_level(written) == level


@pytest.mark.parametrize("written", ["中高级", "六级", "0", "三级/中级工", "高级工程师", "33"])
def test_an_unknown_level_is_refused(written: str) -> None:
    with pytest.raises(Malformed) as refusal:
        parse_level(written)
    assert refusal.value.code == "level-unknown"


def test_an_empty_level_is_missing() -> None:
    with pytest.raises(Malformed) as refusal:
        parse_level(" ")
    assert refusal.value.code == "level-missing"


def test_the_smaller_number_is_the_higher_level() -> None:
    assert is_at_least(3, wanted=4)
    assert is_at_least(4, wanted=4)
    assert not is_at_least(5, wanted=4)
