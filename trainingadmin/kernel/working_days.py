"""Working days by the statutory calendar, which answers "missing" instead of guessing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Calendar:
    """Exceptions to the week by date (True = a working day), and the years that are known."""

    exceptions: Mapping[date, bool]
    years: frozenset[int]
    _ordered: Sequence[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ordered", sorted(self.exceptions))

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day; raises `Refusal("calendar-missing")` for an unknown year."""
        self._must_know(day.year)
        return self.exceptions.get(day, day.weekday() < 5)

    def _must_know(self, year: int) -> None:
        if year not in self.years:
            raise Refusal("calendar-missing", N_("缺少 %(year)s 年的节假日日历，请先维护日历。"), year=year)

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
        for year in range((start + timedelta(days=1)).year, end.year + 1):
            self._must_know(year)
        weeks, rest = divmod((end - start).days, 7)
        usual = 5 * weeks + sum((start.weekday() + n) % 7 < 5 for n in range(1, rest + 1))
        within = self._ordered[bisect_right(self._ordered, start) : bisect_right(self._ordered, end)]
        return usual + sum(self.exceptions[day] - (day.weekday() < 5) for day in within)
