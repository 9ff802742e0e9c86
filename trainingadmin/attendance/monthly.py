"""What the classes of a month come to: a line a class in class hours, as a page and as a table to take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from trainingadmin.attendance import queries
from trainingadmin.attendance.evidence import terms
from trainingadmin.attendance.grid import hours_text, share_text
from trainingadmin.attendance.models import SessionKind
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.exports import heading
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table


@dataclass(frozen=True, slots=True)
class Month:
    """A month over all filings one may see: people noted in sessions by status, and minutes by kind of session."""

    month: date
    present: int
    absent: int
    leave: int
    planned_minutes: int
    credited_minutes: int
    kinds: tuple[tuple[SessionKind, int, int], ...]


def months(actor: Actor) -> list[Month]:
    """Return the months in which there was class, the latest first."""
    by_month: dict[date, list[Any]] = {}
    for row in queries.all_months(actor):
        by_month.setdefault(row.month, []).append(row)
    return [_added(month, rows) for month, rows in by_month.items()]


def _added(month: date, rows: Sequence[Any]) -> Month:
    sums = {
        name: sum(int(getattr(row, name)) for row in rows)
        for name in ("present", "absent", "leave", "planned_minutes", "credited_minutes")
    }
    kinds = tuple((row.kind, int(row.credited_minutes), int(row.planned_minutes)) for row in rows)
    return Month(month=month, kinds=kinds, **sums)


def hours(rows: Iterable[Any]) -> dict[int, int]:
    """Return the minutes of a class hour of each of these filings, under the version that each is judged by."""
    return {one.id: terms(one).rules.hour_minutes for one in queries.filings([row.id for row in rows])}


def export(actor: Actor, month: date) -> tuple[bytes, int]:
    """Return a month's classes, and how many there are."""
    columns = (
        Column(_("编号"), Form.TEXT, 22),
        Column(_("班级"), Form.TEXT, 30),
        Column(_("单位"), Form.TEXT, 30),
        Column(_("到（人次）"), Form.NUMBER, 11),
        Column(_("缺勤（人次）"), Form.NUMBER, 11),
        Column(_("请假（人次）"), Form.NUMBER, 11),
        Column(_("应修课时"), Form.TEXT, 11),
        Column(_("核定课时"), Form.TEXT, 11),
        Column(_("出勤率"), Form.TEXT, 10),
    )
    rows = db.session.execute(queries.of_month(actor, month)).all()
    table = write_table(columns, _rows(rows), heading=heading(title(month), actor), sheet=f"{month:%Y-%m}")
    return table, len(rows)


def title(month: date) -> str:
    """Return what the report of a month is called."""
    return str(_("%(month)s 考勤月报", month=f"{month:%Y-%m}"))


def _rows(rows: Sequence[Any]) -> Iterator[Sequence[Value]]:
    hour = hours(rows)
    for row in rows:
        yield (
            row.number,
            row.title,
            row.operator,
            int(row.present),
            int(row.absent),
            int(row.leave),
            hours_text(row.planned_minutes, hour[row.id]),
            hours_text(row.credited_minutes, hour[row.id]),
            share_text(row.credited_minutes, row.planned_minutes),
        )
