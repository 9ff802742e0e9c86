"""The kinds of value that facts and parameters have: each is read strictly, written, shown and described here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from trainingadmin.kernel.dates import day_text, month_text, parse_day, parse_month
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.levels import LEVELS, level_name
from trainingadmin.kernel.money import Money

WHOLE_MAX = 10_000_000
MONTHS_MAX = 1_200
YUAN_MAX = 10**9

# Words in findings, each standing between blanks; `wording.in_english` knows them all.
YES, NO, NONE, MISSING = "是", "否", "无", "未提供"
NOT_RETIRED, NOT_PAID, IN_ORDER = "未退休", "未补贴", "先后正确"
VALID, NO_OVERLAP, NO_LIMIT = "有效期内", "不重叠", "不限"
SAME_OR_HIGHER, AFTER_START, BEFORE_CLAIM = "职业相同且不低于目标等级", "不早于培养开始", "不晚于申请"

_MONEY = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,2})?")
_FLAT = re.compile(r"flat:([0-9]{1,8})")
_LEVEL_KEYS = {str(level): level for level in range(1, 6)} | {level: level for level in range(1, 6)}
_UNCERTIFIED = {"zero": "不予补贴", "half": "减半"}
_CENT = Decimal("0.01")

Json = Any


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one kind look.

    `read` takes what JSON or YAML gave and raises ValueError with a Chinese sentence; `write` is its inverse in JSON;
    `show` is for reading; `schema` is JSON Schema; `unlisted`, where there are
    members, tells whether a well-formed value has one that it may not.
    """

    name: str
    read: Callable[[Any], Any]
    schema: Mapping[str, Json]
    write: Callable[[Any], Json] = _same
    show: Callable[[Any], str] = str
    unlisted: Callable[[Any], bool] | None = None
    options: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None
    entry: type[Any] | None = None


def _read_text(raw: Any) -> str:
    if type(raw) is str and raw:
        return raw
    raise ValueError(N_("应为不空的文字"))


def _read_day(raw: Any) -> date:
    if type(raw) is str:
        return parse_day(raw)
    raise ValueError(N_("日期应写作带引号的 YYYY-MM-DD"))


def _read_month(raw: Any) -> date:
    if type(raw) is str:
        return parse_month(raw)
    raise ValueError(N_("月份应写作带引号的 YYYY-MM"))


def _read_flag(raw: Any) -> bool:
    if raw is True or raw is False:
        return raw is True
    raise ValueError(N_("应为 true 或 false"))


def _read_level(raw: Any) -> int:
    if type(raw) is int and 1 <= raw <= 5:
        return raw
    raise ValueError(N_("等级应为整数 1 至 5"))


def _read_money(raw: Any) -> Money:
    """Read yuan from a whole number, a decimal, or digits in a string; exactly, never through binary fractions."""
    if type(raw) is int:
        if 0 <= raw <= YUAN_MAX:
            return Money.yuan(raw)
    elif type(raw) is str:
        if _MONEY.fullmatch(raw) and (read := Money.parse(raw)).fen <= YUAN_MAX * 100:
            return read
    else:
        amount = Decimal(repr(raw)) if type(raw) is float else raw
        if type(amount) is Decimal and amount.is_finite() and 0 <= amount <= YUAN_MAX:
            exact = amount.quantize(_CENT)
            if exact == amount:
                return Money(int(exact.scaleb(2)))
    raise ValueError(N_("金额应为不小于 0、不大于 10 亿元、至多两位小数的数，如 4000 或 '4000.50'"))


def whole(least: int = 0, most: int = WHOLE_MAX, name: str = "whole") -> Kind:
    """Return the kind of whole numbers from `least` to `most`, which 36.0, "36" and true are not."""

    def read(raw: Any) -> int:
        if type(raw) is int and least <= raw <= most:
            return raw
        raise ValueError(f"应为 {least} 至 {most} 的整数，不带引号和小数点")

    return Kind(name, read, {"type": "integer", "minimum": least, "maximum": most}, bounds=(least, most))


def one_of(*options: str, labels: Mapping[str, str] | None = None) -> Kind:
    """Return the kind of the texts listed; `labels` are what people call them, in Chinese."""
    called = labels or {option: option for option in options}

    def read(raw: Any) -> str:
        if type(raw) is str and raw in called:
            return raw
        raise ValueError(f"应为以下之一：{'、'.join(called)}")

    listed = tuple(called)
    return Kind("choice", read, {"enum": list(listed)}, show=called.__getitem__, options=listed)


def many(kind: Kind) -> Kind:
    """Return the kind of lists of `kind`; null is no entry."""
    read_one, write_one, unlisted = kind.read, kind.write, kind.unlisted

    def read(raw: Any) -> tuple[Any, ...]:
        if type(raw) is list:
            return tuple([read_one(entry) for entry in raw])
        raise ValueError(N_("应为列表"))

    return Kind(
        f"list of {kind.name}",
        read,
        {"type": "array", "items": kind.schema},
        write=lambda values: [write_one(value) for value in values],
        show=lambda values: "、".join(map(kind.show, values)) or NONE,
        unlisted=None if unlisted is None else lambda raw: any(map(unlisted, raw)),
        entry=kind.entry,
    )


def _read_rates(raw: Any) -> dict[int, int]:
    if not isinstance(raw, dict) or not raw:
        raise ValueError(N_("应为各等级的标准，如 {3: 6000, 4: 5000}"))
    rates: dict[int, int] = {}
    for key, amount in raw.items():
        level = _LEVEL_KEYS.get(key) if type(key) in (int, str) else None
        if level is None or level in rates:
            raise ValueError(N_("等级应为 1 至 5，各写一次"))
        rates[level] = WHOLE.read(amount)
    return dict(sorted(rates.items()))


def _read_uncertified(raw: Any) -> str:
    if type(raw) is str and raw in _UNCERTIFIED:
        return raw
    if type(raw) is str and (found := _FLAT.fullmatch(raw)):
        return f"flat:{WHOLE.read(int(found[1]))}"
    raise ValueError(N_("应为 zero、half 或 flat:N（N 为整元）"))


def _show_uncertified(value: str) -> str:
    if value in _UNCERTIFIED:
        return _UNCERTIFIED[value]
    return f"{value.removeprefix('flat:')} 元/人·年"


def _read_free(raw: Any) -> Any:
    if isinstance(raw, bool | int | str) and raw != "":
        return raw
    raise ValueError(N_("应为文字、整数或 true/false"))


def _show_rates(rates: Mapping[int, int]) -> str:
    return ", ".join(f"{level}: {amount}" for level, amount in rates.items())


TEXT = Kind("text", _read_text, {"type": "string", "minLength": 1})
DAY = Kind(
    "date",
    _read_day,
    {"type": "string", "format": "date", "pattern": "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"},
    write=day_text,
    show=day_text,
)
MONTH = Kind(
    "month",
    _read_month,
    {"type": "string", "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"},
    write=month_text,
    show=month_text,
)
FLAG = Kind("flag", _read_flag, {"type": "boolean"}, show={True: YES, False: NO}.__getitem__)
LEVEL = Kind(
    "level",
    _read_level,
    {"type": "integer", "minimum": 1, "maximum": 5},
    show={level: level_name(level) for level in LEVELS}.__getitem__,
    bounds=(1, 5),
)
WHOLE = whole()
MONTHS = whole(most=MONTHS_MAX, name="months")
PERCENT = whole(most=100, name="percent")
YEARS = whole(most=150, name="years")
MONEY = Kind(
    "money",
    _read_money,
    {
        "anyOf": [
            {"type": "number", "minimum": 0, "maximum": YUAN_MAX},
            {"type": "string", "pattern": "^[0-9]+([.][0-9]{1,2})?$"},
        ]
    },
    write=str,
)
TEXTS = many(TEXT)
RATES = Kind(
    "rates",
    _read_rates,
    {"type": "object", "patternProperties": {"^[1-5]$": dict(WHOLE.schema)}, "additionalProperties": False},
    write=lambda rates: {str(level): amount for level, amount in rates.items()},
    show=_show_rates,
)
UNCERTIFIED = Kind(
    "uncertified",
    _read_uncertified,
    {"type": "string", "pattern": "^(zero|half|flat:[0-9]{1,8})$"},
    show=_show_uncertified,
)
RETIREMENT_CLASS = one_of(labels={"M60": "男60", "F55": "女55", "F50": "女50"})
FREE = Kind("free", _read_free, {"type": ["string", "integer", "boolean"]})
