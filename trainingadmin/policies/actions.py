"""Keeps the statutory calendar: seeded from the published years, added to by staff."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays, workdays
from sqlalchemy import select

from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import bulk_insert, db
from trainingadmin.policies.models import CalendarDay, CalendarYear

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


def assume_weeks_for_demo() -> None:
    """Let a demo run in years whose calendar was not published when it was written: plain weeks, and so marked."""
    known = set(db.session.scalars(select(CalendarYear.year)))
    this_year = clock.today().year
    missing = range(max(known, default=this_year) + 1, this_year + 2)
    bulk_insert(CalendarYear, [{"year": year, "source": "演示推定：未含节假日和调休"} for year in missing])
