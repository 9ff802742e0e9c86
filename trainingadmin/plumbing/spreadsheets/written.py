"""Days, months and times as people write them into cells."""

from __future__ import annotations

import re
from datetime import date, time

from trainingadmin.kernel.dates import FIRST_YEAR, LAST_YEAR, month_text
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind

_DAY = re.compile(
    r"([0-9]{4})(?:[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))"
)
_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月?|([0-9]{2}))")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


def day(cell: Cell) -> date:
    """Return the day in a cell: a date, or a text such as `2020-05-01`, `2020/5/1`, `2020年5月1日`, `20200501`.

    Malformed `date-form` when it is none of these, `date-none` when there is no such day, `date-range` outside
    1900–2199.
    """
    return _in_range(cell.as_date or _written_day(cell))


def _written_day(cell: Cell) -> date:
    found = _DAY.fullmatch(_text(cell))
    if found is None:
        raise Malformed("date-form", N_("看不懂这个日期，请写成 2020-05-01 的样子"))
    year, month, number = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, number)
    except ValueError:
        raise Malformed("date-none", N_("没有这一天")) from None


def _in_range(found: date) -> date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Malformed("date-range", N_("日期应在 1900 年至 2199 年之间"))
    return found


def month(cell: Cell) -> str:
    """Return the month in a cell as `YYYY-MM`; Malformed `month-form` or `date-range`."""
    whole = cell.as_date
    if whole is None:
        found = _MONTH.fullmatch(_text(cell)) or _DAY.fullmatch(_text(cell))
        parts = [int(part) for part in found.groups() if part is not None] if found else []
        if not parts or not parts[0] or not 1 <= parts[1] <= 12:
            raise Malformed("month-form", N_("看不懂这个月份，请写成 2020-05 的样子"))
        whole = date(parts[0], parts[1], 1)
    return month_text(_in_range(whole))


def time_of_day(cell: Cell) -> time:
    """Return the time in a cell, to the second; Malformed `time-form`."""
    if (known := cell.as_time) is not None:
        return known
    found = _TIME.fullmatch(_text(cell).replace("：", ":"))
    try:
        if found:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass
    raise Malformed("time-form", N_("看不懂这个时间，请写成 08:30 或 08:30:00 的样子"))


def whole_number(cell: Cell) -> int:
    """Return the whole number ≥ 0 in a cell, at most nine digits; Malformed `number-form`."""
    text = _text(cell)
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Malformed("number-form", N_("应为整数"))
    return int(text)


def _text(cell: Cell) -> str:
    return "" if cell.kind is Kind.ERROR else fold(cell.text).replace(" ", "")
