"""Dates: months from the original day, inclusive terms, whole months, the statutory retirement day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.kernel.dates import (
    add_months,
    full_months,
    lasts,
    month_text,
    parse_day,
    parse_month,
    retirement_day,
)
from trainingadmin.kernel.malformed import Malformed

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize("text", ["1900-01-01", "2199-12-31", "2024-02-29", "2020-05-01"])
def test_a_day_is_read_as_written(text: str) -> None:
    assert parse_day(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    ["", "2020-5-1", "20200501", "2020/05/01", "2020-W01-1", "２０２０-05-01", "2020-05-01 ", "2020-05-01\n",
     "1899-12-31", "2200-01-01", "2020-05-01T00:00", "٢٠٢٠-05-01"],
)  # fmt: skip
def test_another_form_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_day(text)
    assert refused.value.code == "date-form"


@pytest.mark.parametrize("text", ["2020-02-30", "2021-02-29", "2020-00-10", "2020-13-01", "2020-01-00"])
def test_a_day_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_day(text)
    assert refused.value.code == "date-none"


def test_a_month_is_read_as_its_first_day() -> None:
    assert parse_month("2020-07") == date(2020, 7, 1)
    assert month_text(date(2020, 7, 31)) == "2020-07"


@pytest.mark.parametrize("text", ["2020-7", "202007", "2020-07-01", "1899-12", "2200-01", "２０２０-07", "2020-07\n"])
def test_another_form_of_a_month_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_month(text)
    assert refused.value.code == "month-form"


@pytest.mark.parametrize("text", ["2020-00", "2020-13"])
def test_a_month_no_year_has_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_month(text)
    assert refused.value.code == "month-none"


@pytest.mark.parametrize(
    ("day", "months", "reached"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2023-01-31", 2, "2023-03-31"),
        ("2023-10-31", 1, "2023-11-30"),
        ("2023-11-30", 0, "2023-11-30"),
        ("2023-12-15", 1, "2024-01-15"),
        ("2099-12-31", 2, "2100-02-28"),
    ],
)
def test_months_are_added_to_the_original_day_and_cut_to_the_end_of_the_month(
    day: str, months: int, reached: str
) -> None:
    assert add_months(date.fromisoformat(day), months).isoformat() == reached


@given(DAYS, st.integers(0, 1200))
def test_the_month_reached_is_the_month_asked_for(day: date, months: int) -> None:
    reached = add_months(day, months)
    assert (reached.year - day.year) * 12 + reached.month - day.month == months
    assert reached.day == day.day or (reached.day < day.day and (reached + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2020-05-01", "2022-04-30", 24),
        ("2020-05-01", "2022-04-29", 23),
        ("2020-05-01", "2020-05-01", 0),
        ("2020-05-01", "2020-04-30", 0),
        ("2020-01-31", "2020-02-28", 1),
        ("2020-01-31", "2020-02-27", 0),
        ("2020-01-31", "2020-03-30", 2),
        ("2024-02-29", "2025-02-27", 12),
        ("2024-02-29", "2025-02-26", 11),
    ],
)
def test_whole_months_count_both_ends(first: str, last: str, months: int) -> None:
    assert full_months(date.fromisoformat(first), date.fromisoformat(last)) == months


@given(DAYS, st.integers(0, 30_000))
def test_whole_months_are_the_largest_number_that_fits(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    months = full_months(first, last)
    assert add_months(first, months) <= last + timedelta(days=1) < add_months(first, months + 1)


def test_a_calendar_year_lasts_twelve_months_and_a_day_less_does_not() -> None:
    assert lasts(date(2026, 1, 1), date(2026, 12, 31), 12)
    assert not lasts(date(2026, 1, 1), date(2026, 12, 30), 12)


def test_a_contract_without_end_lasts_any_term() -> None:
    assert lasts(date(2026, 1, 1), date(2199, 12, 31), 1200)


@pytest.mark.parametrize(
    ("born", "kind", "reached"),
    [
        ("1964-12-31", "M60", "2024-12-31"),
        ("1965-01-15", "M60", "2025-02-15"),
        ("1966-11-30", "M60", "2027-05-30"),
        ("1976-09-01", "M60", "2039-09-01"),
        ("1999-01-01", "M60", "2062-01-01"),
        ("1969-12-31", "F55", "2024-12-31"),
        ("1971-11-30", "F55", "2027-05-30"),
        ("1974-12-31", "F50", "2024-12-31"),
        ("1976-11-11", "F50", "2027-11-11"),
        ("1984-11-01", "F50", "2039-11-01"),
        ("1975-01-31", "F50", "2025-02-28"),
        ("2000-01-01", "F50", "2055-01-01"),
    ],
)
def test_the_statutory_day_is_late_from_2025_on(born: str, kind: str, reached: str) -> None:
    assert retirement_day(date.fromisoformat(born), kind).isoformat() == reached


def test_an_unknown_class_has_no_statutory_day() -> None:
    with pytest.raises(KeyError):
        retirement_day(date(1970, 1, 1), "F60")
