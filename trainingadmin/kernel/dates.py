"""Dates as the rules count them: months, inclusive terms, whole months of training, the statutory retirement day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed

FIRST_YEAR = 1900
LAST_YEAR = 2199
OPEN_END = date(2199, 12, 31)  # how a contract of 无固定期限 is read

_DAY = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}")
_NEXT = timedelta(days=1)
_SHORTEST_MONTH = 28

# Original age in years, months of birth that share one month of delay, most months of delay; from 2025-01-01 on.
_RETIREMENT: dict[str, tuple[int, int, int]] = {"M60": (60, 4, 36), "F55": (55, 4, 36), "F50": (50, 2, 60)}
_DELAY_BEGINS = 2025 * 12


@lru_cache(maxsize=1 << 16)
def parse_day(text: str) -> date:
    """Read `YYYY-MM-DD`, ASCII digits, 1900–2199; Malformed `date-form` or `date-none`."""
    if _DAY.fullmatch(text) is None:
        raise Malformed("date-form", N_("日期应写作 YYYY-MM-DD，在 1900 至 2199 年之间"))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed("date-none", N_("没有这一天")) from None


@lru_cache(maxsize=1 << 16)
def day_text(day: date) -> str:
    """Return `day` as `YYYY-MM-DD`; remembered, because the same days are written again and again."""
    return day.isoformat()


@lru_cache(maxsize=1 << 12)
def parse_month(text: str) -> date:
    """Read `YYYY-MM`, ASCII digits, 1900–2199, as the first day of that month; Malformed `month-form` or `month-none`."""
    if _MONTH.fullmatch(text) is None:
        raise Malformed("month-form", N_("月份应写作 YYYY-MM，在 1900 至 2199 年之间"))
    try:
        return date(int(text[:4]), int(text[5:]), 1)
    except ValueError:
        raise Malformed("month-none", N_("没有这个月份")) from None


def month_text(day: date) -> str:
    """Return the month of `day` as `YYYY-MM`."""
    return day.isoformat()[:7]


def add_months(day: date, months: int) -> date:
    """Return the same day `months` months later, or the last day of that month when it has no such day.

    Always reckon from the original day: 31 January + 1 + 1 month is 28 March, + 2 months is 31 March.
    """
    reached = day.month - 1 + months
    year, month, number = day.year + reached // 12, reached % 12 + 1, day.day
    if number > _SHORTEST_MONTH:
        number = min(number, monthrange(year, month)[1])
    return date(year, month, number)


def full_months(first: date, last: date) -> int:
    """Return the largest n with `first` + n months ≤ `last` + 1 day: whole months of a term inclusive of both ends.

    Not negative unless `last` is more than a day before `first`.
    """
    end = last + _NEXT
    months = (end.year - first.year) * 12 + end.month - first.month
    return months if add_months(first, months) <= end else months - 1


def lasts(first: date, last: date, months: int) -> bool:
    """Tell whether a term inclusive of both ends lasts at least `months` months: 1 January to 31 December is 12."""
    return last + _NEXT >= add_months(first, months)


@lru_cache(maxsize=1 << 16)
def retirement_day(born_on: date, retirement_class: str) -> date:
    """Return the day on which the statutory retirement age is reached, with the gradual delay from 2025 on.

    `retirement_class` is `M60`, `F55` or `F50`: the original age of a man, a woman in a management or
    technical post, another woman. KeyError for anything else.
    Clause: 国务院关于渐进式延迟法定退休年龄的办法 (2025-01-01).
    """
    years, step, most = _RETIREMENT[retirement_class]
    original = years * 12
    month = born_on.year * 12 + born_on.month - 1 + original
    late = 0 if month < _DELAY_BEGINS else min(most, -(-(month - _DELAY_BEGINS + 1) // step))
    return add_months(born_on, original + late)
