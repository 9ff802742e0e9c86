"""Days as the oracle counts them, from the document alone."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def day_of(text: str) -> date:
    """Read a date of good form."""
    return date.fromisoformat(text)


def later(day: date, months: int) -> date:
    """Return the same day so many months later, or earlier; the last of the month where there is no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def statutory_day(born: date, kind: str) -> date:
    """Return the day on which somebody born then is at the age of retirement."""
    years, step, cap = {"M60": (60, 4, 36), "F55": (55, 4, 36), "F50": (50, 2, 60)}[kind]
    original = later(born, 12 * years)
    since = (original.year - 2025) * 12 + original.month - 1
    late = 0
    if since >= 0:
        late = (since + 1) // step + ((since + 1) % step > 0)
    return later(born, 12 * years + min(cap, late))
