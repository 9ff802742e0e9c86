"""Working days by the statutory calendar, which answers "missing" instead of guessing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Calendar:
    """Exceptions to the week by date (True = a working day), and the years that are known."""

    exceptions: Mapping[date, bool]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day; raises `Refusal("calendar-missing")` for an unknown year."""
        if day.year not in self.years:
            raise Refusal("calendar-missing", N_("缺少 %(year)s 年的节假日日历，请先维护日历。"), year=day.year)
        return self.exceptions.get(day, day.weekday() < 5)

    def next_working(self, day: date) -> date:
        """Return the first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add(self, start: date, days: int, *, inclusive: bool = False, natural: bool = False) -> date:
        """Return the last day of a term of `days` (≥ 1) beginning at `start`.

        Exclusive counting makes the day after `start` day 1; inclusive counts `start` itself when
        it is a working day. Natural days ignore the calendar.
        """
        if days < 1:
            raise ValueError("a term has at least one day")
        if natural:
            return start + timedelta(days=days - 1 if inclusive else days)
        left = days - (1 if inclusive and self.is_working(start) else 0)
        day = start
        while left:
            day = self.next_working(day)
            left -= 1
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`; negative when `end` is before."""
        if end < start:
            return -self.between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working(day) for day in days)
