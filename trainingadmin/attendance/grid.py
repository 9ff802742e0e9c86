"""Attendance as tables: the form (考勤表) as a workbook, and a month of sessions as weeks. Pure."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Protocol

from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table

SIGNS = {"present": "√", "absent": "×", "leave": N_("假")}
_NOT_THEIRS = "—"
_TENTH = 10


@dataclass(frozen=True, slots=True)
class Heading:
    """A session at the head of a column."""

    id: int
    group: str
    held_on: date
    starts_at: time


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """An apprentice at the left of a row, with the minutes due so far, credited and missed on leave."""

    id: int
    position: int
    name: str
    masked_id: str
    group: str
    due_minutes: int
    credited_minutes: int
    leave_minutes: int


def workbook(
    people: Iterable[Person],
    sessions: Sequence[Heading],
    marks: Mapping[tuple[int, int], str],
    *,
    hour_minutes: int,
    heading: Sequence[str],
    translate: Callable[[str], str] = str,
) -> bytes:
    """Return the form as .xlsx; `marks` gives the status by (session, enrolment), hours are class hours to a tenth."""
    columns = [
        Column(translate(N_("序号")), Form.NUMBER, 6),
        Column(translate(N_("姓名")), width=12),
        Column(translate(N_("身份证号")), width=21),
        Column(translate(N_("班组")), width=6),
        *(Column(_title(one), width=13) for one in sessions),
        Column(translate(N_("应到课时")), width=10),
        Column(translate(N_("实到课时")), width=10),
        Column(translate(N_("请假课时")), width=10),
        Column(translate(N_("出勤率")), width=10),
    ]
    rows = (_row(one, sessions, marks, hour_minutes, translate) for one in people)
    return write_table(columns, rows, heading=heading, sheet=translate(N_("考勤表")))


def _title(session: Heading) -> str:
    return f"{session.held_on:%m-%d} {session.starts_at:%H:%M} {session.group}".rstrip()


def _row(
    one: Person,
    sessions: Sequence[Heading],
    marks: Mapping[tuple[int, int], str],
    hour_minutes: int,
    translate: Callable[[str], str],
) -> list[Value]:
    minutes = (one.due_minutes, one.credited_minutes, one.leave_minutes)
    return [
        one.position,
        one.name,
        one.masked_id,
        one.group,
        *(_sign(one, session, marks.get((session.id, one.id)), translate) for session in sessions),
        *(hours_text(number, hour_minutes) for number in minutes),
        share_text(one.credited_minutes, one.due_minutes),
    ]


def _sign(one: Person, session: Heading, status: str | None, translate: Callable[[str], str]) -> str:
    if status is not None:
        return translate(SIGNS[status])
    return "" if session.group in ("", one.group) else _NOT_THEIRS


def hours_text(minutes: int, hour_minutes: int) -> str:
    """Return class hours to a tenth, rounded down: what was not earned is not shown."""
    whole, tenth = divmod(minutes * _TENTH // hour_minutes, _TENTH)
    return f"{whole}.{tenth}" if tenth else str(whole)


def share_text(part: int, whole: int) -> str:
    """Return a share in per cent to a tenth, rounded down, so that 79.99 never reads 80."""
    return f"{part * 1000 // whole / 10:.1f}%" if whole else _NOT_THEIRS


class _Held(Protocol):
    @property
    def held_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month's calendar with its sessions; those outside the month fill up the weeks."""

    on: date
    inside: bool
    sessions: tuple[Any, ...]


def weeks(month: date, sessions: Iterable[_Held]) -> list[list[Day]]:
    """Return the weeks of `month`, Monday first, with the sessions of each day in the order given."""
    by_day: dict[date, list[_Held]] = defaultdict(list)
    for one in sessions:
        by_day[one.held_on].append(one)
    return [
        [Day(on, on.month == month.month, tuple(by_day.get(on, ()))) for on in week]
        for week in Calendar().monthdatescalendar(month.year, month.month)
    ]


def month_span(day: date) -> tuple[date, date]:
    """Return the first and last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
