"""Reads of the statutory calendar and of the numbers in force on a date."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from trainingadmin import schemes
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import CalendarDay, CalendarYear
from trainingadmin.schemes import BadFact, Version
from trainingadmin.schemes.office_terms import TERMS


def calendar() -> Calendar:
    """Return the statutory calendar as it is kept now."""
    days = db.session.execute(select(CalendarDay.date, CalendarDay.working)).all()
    return Calendar({row.date: row.working for row in days}, frozenset(db.session.scalars(select(CalendarYear.year))))


def term(scheme: str, name: str, on: date) -> tuple[int, str]:
    """Return a term of the office in force on a date (`acceptance_days`, `review_days`, `notice_days`) and its basis.

    The basis is empty where no version says anything and the term is the one that `TERMS` holds.
    """
    try:
        figure = in_force(scheme, on).figures.get(name)
    except BadFact:
        figure = None
    return (TERMS[name], "") if figure is None else (figure.value, figure.citation)


def in_force(scheme: str, on: date) -> Version[Any]:
    """Return the version of a scheme's numbers in force on a date; `BadFact` `no-policy` before the first."""
    return schemes.version_on(scheme, on)
