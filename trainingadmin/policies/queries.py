"""Reads of the statutory calendar and of the numbers in force on a date."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from trainingadmin import schemes
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import CalendarDay, CalendarYear
from trainingadmin.schemes import Version


def calendar() -> Calendar:
    """Return the statutory calendar as it is kept now."""
    days = db.session.execute(select(CalendarDay.date, CalendarDay.working)).all()
    return Calendar({row.date: row.working for row in days}, frozenset(db.session.scalars(select(CalendarYear.year))))


def in_force(scheme: str, on: date) -> Version[Any]:
    """Return the version of a scheme's numbers in force on a date; `BadFact` `no-policy` before the first."""
    return schemes.version_on(scheme, on)
