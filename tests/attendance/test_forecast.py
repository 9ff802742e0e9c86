"""Until when the share to be attended can still be reached, in whole minutes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attendance import classes, stage
from tests.client import Browser
from tests.factories import Office
from trainingadmin.attendance import evidence, queries
from trainingadmin.attendance.actions import Entry, record
from trainingadmin.attendance.forecast import Forecast, Outlook, forecast
from trainingadmin.attendance.models import MarkStatus, Session, SessionKind
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

MONDAY = date(2020, 8, 10)
HOURS = 45


def days(*hours: int) -> list[tuple[date, int]]:
    return [(MONDAY + timedelta(days=at), HOURS * n) for at, n in enumerate(hours)]


@pytest.mark.parametrize(
    ("credited", "ahead", "expected"),
    [
        (60, days(4, 4, 4, 4, 4), Forecast(Outlook.OPEN, 4 * HOURS, 16 * HOURS, date(2020, 8, 14), False)),
        (60, days(4), Forecast(Outlook.OPEN, 4 * HOURS, 0, MONDAY, True)),
        (61, days(4), Forecast(Outlook.OPEN, 3 * HOURS, HOURS, MONDAY, True)),
        (59, days(4), Forecast(Outlook.LOST, 5 * HOURS)),
        (64, days(4, 4), Forecast(Outlook.REACHED, 0, 8 * HOURS)),
        (63, [], Forecast(Outlook.LOST, HOURS)),
    ],
)
def test_of_a_plan_of_eighty_hours(credited: int, ahead: list[tuple[date, int]], expected: Forecast) -> None:
    assert forecast(credited * HOURS, 80 * HOURS, ahead, 80) == expected


def test_a_minute_decides() -> None:
    assert forecast(64 * HOURS, 80 * HOURS, [], 80).outlook is Outlook.REACHED
    assert forecast(64 * HOURS - 1, 80 * HOURS, [], 80).outlook is Outlook.LOST


def test_without_a_plan_nothing_is_foretold() -> None:
    assert forecast(0, 0, [], 80).outlook is Outlook.UNPLANNED


@given(
    planned=st.lists(st.integers(30, 360), min_size=1, max_size=12),
    held=st.integers(0, 12),
    share=st.integers(0, 100),
    percent=st.integers(1, 100),
)
def test_missing_all_until_the_day_is_one_too_many_and_the_day_before_is_not(
    planned: list[int], held: int, share: int, percent: int
) -> None:
    past, rest = planned[:held], planned[held:]
    credited, whole = sum(past) * share // 100, sum(planned)
    ahead = [(MONDAY + timedelta(days=at), minutes) for at, minutes in enumerate(rest)]
    told = forecast(credited, whole, ahead, percent)

    def possible(missed: int) -> bool:
        return 100 * (credited + sum(rest[missed:])) >= percent * whole

    assert (told.outlook is Outlook.LOST) is not possible(0)
    if told.outlook is Outlook.OPEN:
        assert told.until is not None
        missed = (told.until - MONDAY).days + 1
        assert possible(missed - 1)
        assert not possible(missed)


def test_a_meter_tells_kinds_and_the_day(office: Office) -> None:
    cohort = classes.attended_class(office)
    with clock.at(classes.CLOSED_ON):
        told = queries.meters([cohort.id], 80)
    by_number = {one.position: told[one.id] for one in people(cohort.id)}
    assert by_number[3].forecast.outlook is Outlook.REACHED
    assert by_number[11].forecast == Forecast(Outlook.LOST, HOURS)
    assert [(one.kind, one.planned_minutes) for one in by_number[3].kinds] == [(SessionKind.THEORY, 80 * HOURS)]


def test_sessions_to_come_are_told_from_those_of_today(office: Office) -> None:
    cohort = stage.attended_cohort(office)
    stage.planned_session(office, cohort, held_on=date(2020, 8, 11), kind=SessionKind.PRACTICE)
    stage.planned_session(office, cohort)
    below = next(one for one in people(cohort.id) if one.position == 9)  # 76 of now 108 hours
    with clock.at(stage.HELD_ON):
        told = queries.meters([cohort.id], 80)[below.id]
        assert told.forecast == Forecast(Outlook.LOST, 10 * HOURS + 18)
        first = queries.meters([cohort.id], 75)[below.id].forecast
        assert (first.until, first.each_counts) == (date(2020, 8, 10), True)


@pytest.mark.parametrize("login", ["institution", "acceptance", "first_review", "supervisor"])
def test_operators_and_the_bureau_are_warned_on_the_desk(browser: Browser, office: Office, login: str) -> None:
    cohort = classes.attended_class(office)
    browser.sign_in(login)
    page = browser.open("/desk")
    assert page.said("出勤预警（人）")
    assert page.said("其中 3 人已无法达标")
    assert f'href="/attendance/{cohort.id}?risk=below"' in page.text
    listed = browser.open("/attendance/?risk=below")
    assert f'href="/attendance/{cohort.id}"' in listed.text


def test_whoever_missed_too_much_so_far_is_behind_before_it_is_lost(office: Office) -> None:
    cohort = classes.class_in_training(office)
    for day in (11, 12):
        with transaction.unit():
            planned = Session(
                cohort_id=cohort.id, shift_group="", held_on=date(2020, 5, day), starts_at=time(8, 30),
                ends_at=time(11, 30), course="制茶", teacher="赵月国",
                kind=SessionKind.THEORY, planned_minutes=180 if day == 11 else 1800,
            )  # fmt: skip
            db.session.add(planned)
        if day == 11:
            present, absent = (
                [Entry(one.id, status) for one in part]
                for part, status in (
                    (people(cohort.id)[2:], MarkStatus.PRESENT),
                    (people(cohort.id)[:2], MarkStatus.ABSENT),
                )
            )
            with clock.at(datetime(2020, 5, 11, 13, tzinfo=clock.LOCAL)), transaction.unit():
                record(planned, [*present, *absent], by=office.actor("institution"))
    with clock.at(datetime(2020, 5, 11, 13, tzinfo=clock.LOCAL)):
        assert evidence.alerts(office.actor("first_review")) == evidence.Alerts(0, 2, (cohort.id,))
        assert evidence.alerts(office.actor("enterprise")) == evidence.Alerts(0, 0, ())


def test_nobody_behind_leaves_an_empty_list(browser: Browser, office: Office) -> None:
    classes.class_in_training(office)
    browser.sign_in("institution")
    assert browser.open("/attendance/?risk=below").said("没有符合条件的班级")


def test_who_left_is_no_warning(office: Office) -> None:
    cohort = classes.attended_class(office)
    with transaction.unit():
        for one in people(cohort.id):
            one.state = EnrolmentState.LEFT
    assert evidence.alerts(office.actor("institution")) == evidence.Alerts(0, 0, ())


def test_the_pages_tell_what_is_to_be_expected(browser: Browser, office: Office) -> None:
    cohort = classes.attended_class(office)
    browser.sign_in("institution")
    numbers = {one.position: one.id for one in people(cohort.id)}
    assert browser.open(f"/attendance/{cohort.id}/people/{numbers[11]}").said("已无法达到 80% 的要求")
    assert browser.open(f"/attendance/{cohort.id}/people/{numbers[3]}").said("已达到 80% 的要求")


def test_one_persons_meter_is_that_of_the_whole_class(office: Office) -> None:
    cohort = classes.attended_class(office)
    whole = queries.meters([cohort.id], 80)
    assert {one.id: queries.meter(one.id, 80) for one in people(cohort.id)} == whole
    assert queries.meter(10**6, 80) is None
