"""The plan of a class as a month's grid: weeks of days, each with its sessions. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from trainingadmin.attendance.models import Session


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the grid: whether it is of the month, and what is taught on it."""

    on: date
    inside: bool
    sessions: list[Session] = field(default_factory=list)


def span(month: date) -> tuple[date, date]:
    """Return the first and last day of the weeks that a month touches."""
    first = month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def weeks(month: date, held: Iterable[Session]) -> list[list[Day]]:
    """Return the month's weeks from Monday, with the sessions of each day in their order."""
    of_day: dict[date, list[Session]] = defaultdict(list)
    for one in held:
        of_day[one.held_on].append(one)
    first, last = span(month)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    made = [Day(on, (on.year, on.month) == (month.year, month.month), of_day[on]) for on in days]
    return [made[at : at + 7] for at in range(0, len(made), 7)]
