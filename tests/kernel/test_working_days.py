"""Terms in working days: the calendar of the State Council, and a refusal where it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.working_days import Calendar

# October 2022: holiday 1–7, Saturdays 8 and 9 worked.
EXCEPTIONS = {
    **{date(2022, 10, day): False for day in range(1, 8)},
    date(2022, 10, 8): True,
    date(2022, 10, 9): True,
}
CALENDAR = Calendar(EXCEPTIONS, frozenset({2022}))
FRIDAY = date(2022, 9, 30)
IN_YEAR = st.dates(date(2022, 1, 1), date(2022, 10, 31))


def test_holidays_are_off_and_swapped_weekends_are_on() -> None:
    worked = [day for day in range(1, 11) if CALENDAR.is_working(date(2022, 10, day))]
    assert worked == [8, 9, 10]
    assert CALENDAR.is_working(FRIDAY)
    assert not CALENDAR.is_working(date(2022, 9, 25))


def test_the_next_working_day_skips_the_holiday() -> None:
    assert CALENDAR.next_working(FRIDAY) == date(2022, 10, 8)


def test_a_year_without_a_calendar_is_refused_not_guessed() -> None:
    with pytest.raises(Refusal) as refused:
        CALENDAR.add(date(2022, 12, 28), 5)
    assert (refused.value.code, refused.value.values) == ("calendar-missing", {"year": 2023})


@pytest.mark.parametrize(
    ("start", "days", "inclusive", "last"),
    [
        (FRIDAY, 1, False, date(2022, 10, 8)),
        (FRIDAY, 1, True, FRIDAY),
        (FRIDAY, 5, False, date(2022, 10, 12)),
        (FRIDAY, 5, True, date(2022, 10, 11)),
        (date(2022, 10, 1), 1, True, date(2022, 10, 8)),
        (date(2022, 6, 20), 5, False, date(2022, 6, 27)),
    ],
)
def test_a_term_ends_on_its_last_working_day(start: date, days: int, inclusive: bool, last: date) -> None:
    assert CALENDAR.add(start, days, inclusive=inclusive) == last


def test_natural_days_ignore_the_calendar() -> None:
    assert CALENDAR.add(FRIDAY, 7, natural=True) == date(2022, 10, 7)
    assert CALENDAR.add(FRIDAY, 7, natural=True, inclusive=True) == date(2022, 10, 6)
    assert CALENDAR.add(date(2030, 1, 1), 1, natural=True) == date(2030, 1, 2)


@pytest.mark.parametrize("days", [0, -1])
def test_a_term_has_at_least_one_day(days: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        CALENDAR.add(FRIDAY, days)


@given(IN_YEAR, st.integers(1, 30))
def test_a_term_ends_on_a_working_day_and_holds_exactly_its_days(start: date, days: int) -> None:
    last = CALENDAR.add(start, days)
    assert CALENDAR.is_working(last)
    assert CALENDAR.between(start, last) == days
    assert CALENDAR.between(last, start) == -days


@given(IN_YEAR, IN_YEAR)
def test_working_days_between_are_those_of_the_week_less_the_exceptions(one: date, other: date) -> None:
    start, end = sorted([one, other])
    days = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    assert CALENDAR.between(start, end) == sum(EXCEPTIONS.get(day, day.weekday() < 5) for day in days)
