"""Reads of the statutory calendar and of the numbers in force on a date."""

from __future__ import annotations

from sqlalchemy import select

from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import CalendarDay, CalendarYear


def calendar() -> Calendar:
    """Return the statutory calendar as it is kept now."""
    days = {day: working for day, working in db.session.execute(select(CalendarDay.date, CalendarDay.working))}
    return Calendar(days, frozenset(db.session.scalars(select(CalendarYear.year))))
