"""Skill levels: five to one, the smaller number being the higher skill (五级 初级工 … 一级 高级技师)."""

from __future__ import annotations

import re

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold

LEVELS: tuple[int, ...] = (5, 4, 3, 2, 1)

_NAMES: dict[int, str] = {5: N_("五级"), 4: N_("四级"), 3: N_("三级"), 2: N_("二级"), 1: N_("一级")}
_TITLES: dict[int, str] = {
    5: N_("初级工"),
    4: N_("中级工"),
    3: N_("高级工"),
    2: N_("技师"),
    1: N_("高级技师"),
}

_NUMERALS = dict(zip("12345", (1, 2, 3, 4, 5), strict=True)) | dict(zip("一二三四五", (1, 2, 3, 4, 5), strict=True))
_NUMBERED = re.compile(r"([1-5一二三四五])级?")
_TITLED = {title: level for level, title in _TITLES.items()} | {"初级": 5, "中级": 4, "高级": 3}


def level_name(level: int) -> str:
    """Return the numbered name, such as `三级`, marked for translation."""
    return _NAMES[level]


def level_title(level: int) -> str:
    """Return the trade title, such as `高级工`, marked for translation."""
    return _TITLES[level]


def is_at_least(level: int, wanted: int) -> bool:
    """Tell whether `level` is `wanted` or higher, that is numerically not greater."""
    return level <= wanted


def parse_level(text: str) -> int:
    """Read `三级`, `3`, `高级工`, `三级/高级工` or `高级工(三级)`; Malformed `level-missing` or `level-unknown`."""
    parts = [part for part in re.split(r"[/、()\s]+", fold(text)) if part]
    if not parts:
        raise Malformed("level-missing", N_("没有填写等级"))
    read = {_one(part) for part in parts}
    level = read.pop()
    if read or level is None:
        raise Malformed("level-unknown", N_("没有这个等级，应为一级至五级，或初级工、中级工、高级工、技师、高级技师"))
    return level


def _one(text: str) -> int | None:
    if text in _TITLED:
        return _TITLED[text]
    found = _NUMBERED.fullmatch(text)
    return _NUMERALS[found[1]] if found else None
