"""Conditions that several schemes ask of a person, as functions of bare values."""

from __future__ import annotations

from datetime import date

from trainingadmin.kernel.dates import add_months, retirement_day
from trainingadmin.schemes.base import FAIL, PASS, UNKNOWN, Outcome

MONTHS_PER_YEAR = 12


# What a yes, a no or no answer comes to; tables, because they are read several times a case.
FORBIDDEN: dict[bool | None, Outcome] = {True: FAIL, False: PASS, None: UNKNOWN}
DEMANDED: dict[bool | None, Outcome] = {True: PASS, False: FAIL, None: UNKNOWN}
LEFT_TO_A_PERSON: dict[bool | None, Outcome] = {True: PASS, False: UNKNOWN, None: UNKNOWN}


def old_enough(born_on: date | None, on: date | None, min_age: int) -> Outcome:
    """Fail when `on` is before the birthday on which `min_age` years are reached."""
    if born_on is None or on is None:
        return UNKNOWN
    return FAIL if on < add_months(born_on, min_age * MONTHS_PER_YEAR) else PASS


def not_retired(born_on: date | None, kind: str | None, on: date | None, pension_drawn: bool | None) -> Outcome:
    """Fail when a pension is drawn, or `on` is on or after the statutory day."""
    if pension_drawn:
        return FAIL
    if born_on is None or kind is None or on is None:
        return UNKNOWN
    if on >= retirement_day(born_on, kind):
        return FAIL
    return UNKNOWN if pension_drawn is None else PASS


def attended_enough(planned: int | None, credited: int | None, percent: int) -> Outcome:
    """Fail when credited minutes are less than `percent` of the planned ones, or nothing was planned."""
    if planned == 0:
        return FAIL
    if planned is None or credited is None:
        return UNKNOWN
    return FAIL if 100 * credited < percent * planned else PASS


def under_cap(used: int | None, most: int) -> Outcome:
    """Fail when `used` already reaches `most`."""
    if used is None:
        return UNKNOWN
    return FAIL if used >= most else PASS
