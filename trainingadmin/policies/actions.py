"""Keeps the statutory calendar: seeded from the published years, added to by staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays, workdays
from sqlalchemy import delete, select, update

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.reading import SpreadsheetRefused, read_workbook
from trainingadmin.policies import queries, sheet
from trainingadmin.policies.day_kinds import DayKind
from trainingadmin.policies.models import CalendarDay, CalendarYear, new_revision
from trainingadmin.policies.sheet import YearReading

SOURCE = "国务院办公厅节假日安排通知（chinesecalendar %s）"


def seed_calendar(first: int = 2004, last: int = 2026) -> None:
    """Write the years the published table knows and this database does not; safe to repeat."""
    known = set(db.session.scalars(select(CalendarYear.year)))
    years = [year for year in range(first, last + 1) if year not in known]
    source = SOURCE % getattr(chinese_calendar, "__version__", "1.11")
    days = []
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            working = day in workdays or (day.weekday() < 5 and day not in holidays)
            if working != (day.weekday() < 5):
                name = workdays.get(day) or holidays.get(day)
                days.append({"date": day, "working": working, "name": str(name), "source": source})
            day += timedelta(days=1)
    bulk_insert(CalendarDay, days)
    bulk_insert(CalendarYear, [{"year": year, "source": source} for year in years])


DEMO_AHEAD = 21
"""Days that the deadlines of a demo's stories reach ahead."""


def assume_weeks_for_demo() -> None:
    """Let a demo run in years whose calendar was not published when it was written: plain weeks, and so marked.

    A year to come is assumed only once the demo's own deadlines reach into it; before, it is missing as anywhere else.
    """
    known = set(db.session.scalars(select(CalendarYear.year)))
    today = clock.today()
    reached = (today + timedelta(days=DEMO_AHEAD)).year
    missing = range(max(known, default=today.year) + 1, reached + 1)
    bulk_insert(CalendarYear, [{"year": year, "source": "演示推定：未含节假日和调休"} for year in missing])


MAINTAINERS = (Role.POLICY, Role.ADMIN)


def set_day(day: date, kind: DayKind, reason: str, *, by: Actor) -> bool:
    """Say that a day to come is worked, is off, or follows the week; False when that changes nothing.

    A day that is over stays: notices and deadlines were counted by it. What is posted already keeps its dates.
    Refusals `calendar-role`, `day-past`, `day-reason`, `calendar-missing`.
    """
    _refuse_wrong_hands(by)
    if day <= clock.today():
        raise Refusal("day-past", N_("已经过去的日期不能更改：公示期和办理期限已按它计算。"))
    if not reason.strip():
        raise Refusal("day-reason", N_("请写明依据，例如通知的文号。"), field="reason")
    if not queries.is_known(day.year):
        raise Refusal("calendar-missing", N_("缺少 %(year)s 年的节假日日历，请先维护日历。"), year=day.year)
    before = queries.kind_of(day)
    if before is kind:
        return False
    _write(day, kind, reason.strip(), by.name_as(*MAINTAINERS))
    told = {"day": day.isoformat(), "before": before.value, "after": kind.value, "reason": reason.strip()}
    journal.record("set-day", f"calendar:{day.year}", by=by, **told)
    return True


def import_year(data: bytes, *, by: Actor) -> YearReading:
    """Take in the arrangement of a year from a spreadsheet, all or nothing; what was read, with every mistake.

    A year that is known already is replaced from tomorrow on; a line that changes a day that is over is an error.
    Refusals `calendar-role` and those of `read_workbook`, at the field `sheet`.
    """
    _refuse_wrong_hands(by)
    try:
        sheets = read_workbook(data).sheets
    except SpreadsheetRefused as refusal:
        refusal.field = "sheet"
        raise
    reading = sheet.read(sheets, _settled_days())
    if not reading.importable:
        return reading
    year, days = reading.year, {line.day: line for line in reading.lines}
    was_known = queries.is_known(year)
    first = max(date(year, 1, 1), clock.today() + timedelta(days=1)) if was_known else date(year, 1, 1)
    span = CalendarDay.date.between(first, date(year, 12, 31))
    db.session.execute(delete(CalendarDay).where(span))
    rows = [
        {"date": day, "working": line.kind is DayKind.WORKED, "name": line.name, "source": reading.source}
        for day, line in days.items()
        if day >= first
    ]
    bulk_insert(CalendarDay, rows)
    db.session.merge(CalendarYear(year=year, source=reading.source))  # and so in a new revision
    db.session.flush()
    journal.record("import-year", f"calendar:{year}", by=by, days=len(days), source=reading.source, replaced=was_known)
    return reading


def _settled_days() -> Mapping[date, DayKind]:
    """Return the kind of every day that is over and that deadlines were counted by."""
    kept, today = queries.calendar(), clock.today()
    first = date(min(kept.years, default=today.year), 1, 1)
    span = (first + timedelta(days=n) for n in range((today - first).days + 1))
    return {day: queries.kind_in(kept, day) for day in span if day.year in kept.years}


def _write(day: date, kind: DayKind, reason: str, who: str) -> None:
    db.session.execute(delete(CalendarDay).where(CalendarDay.date == day))
    if kind is not DayKind.USUAL:
        source = f"{reason}（{who}）"
        row = {"date": day, "working": kind is DayKind.WORKED, "name": reason, "source": source}
        bulk_insert(CalendarDay, [row])
    year = update(CalendarYear).where(CalendarYear.year == day.year)
    db.session.execute(year.values(revision=new_revision()))


def _refuse_wrong_hands(by: Actor) -> None:
    if not by.has(*MAINTAINERS):
        raise Refusal("calendar-role", N_("工作日历由政策维护岗或系统管理员维护。"))
