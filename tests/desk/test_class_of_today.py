"""A trainee's phone says first what class there is today, where, and what is to be done about it now."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import event

from tests.attendance.stage import planned_session
from tests.checkins import stage
from tests.checkins.stage import at
from tests.client import Browser, Page
from tests.factories import Office
from trainingadmin.attendance import queries as marks
from trainingadmin.attendance.models import Session
from trainingadmin.checkins.states import Direction
from trainingadmin.checkins.today import lessons
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def mine(office: Office) -> tuple[Session, Enrolment]:
    """A session from nine to twelve, and one of its people."""
    cohort, session = stage.class_of(office)
    return session, stage.roster(cohort)[0]


def home(browser: Browser, mine: tuple[Session, Enrolment], when: datetime, path: str = "/m") -> Page:
    with stage.signed_in(browser, mine[1], when):
        return browser.open(path)


def test_before_the_door_opens_it_says_when(browser: Browser, mine: tuple[Session, Enrolment]) -> None:
    page = home(browser, mine, at(7))
    assert page.said("今天 09:00–12:00")
    assert page.said("安全生产")
    assert page.said("未上课")
    assert page.said("08:30 起可以扫码签到")


def test_once_it_is_open_it_says_how_to_check_in(browser: Browser, mine: tuple[Session, Enrolment]) -> None:
    for when in (at(8, 30), at(10)):
        page = home(browser, mine, when)
        assert page.said("未签到")
        assert page.said("扫教师屏幕上的签到码")


def test_whoever_came_is_told_to_check_out(browser: Browser, mine: tuple[Session, Enrolment]) -> None:
    stage.scanned(*mine, at(8, 57))
    page = home(browser, mine, at(10))
    assert page.said("已签到")
    assert page.said("08:57 签到。12:00 下课后请再扫一次签退码")
    assert home(browser, mine, at(13)).said("没有签退，不计课时")


def test_whoever_left_early_is_told_what_that_is_worth(browser: Browser, mine: tuple[Session, Enrolment]) -> None:
    stage.scanned(*mine, at(9))
    stage.scanned(*mine, at(9, 1), Direction.OUT)
    page = home(browser, mine, at(10))
    assert page.said("已签退")
    assert page.said("现在计 0 课时。12:00 才下课")
    stage.scanned(*mine, at(12), Direction.OUT)
    assert home(browser, mine, at(12, 5)).said("这次课计 4 课时")


def test_whoever_was_noted_by_nobody_learns_it_when_class_is_over(
    browser: Browser, mine: tuple[Session, Enrolment]
) -> None:
    page = home(browser, mine, at(12))
    assert page.said("未登记")
    assert page.said("这次课没有登记到您，不计课时")


def test_on_a_day_without_class_the_next_one_is_named(browser: Browser, mine: tuple[Session, Enrolment]) -> None:
    assert home(browser, mine, at(9) - timedelta(days=2)).said("下一次课 2020-08-10 09:00–12:00")
    assert not home(browser, mine, at(9) + timedelta(days=2)).said("下一次课")


def test_the_list_of_sessions_says_the_same(browser: Browser, office: Office, mine: tuple[Session, Enrolment]) -> None:
    assert home(browser, mine, at(7), "/m/attendance").said("未上课")
    assert home(browser, mine, at(10), "/m/attendance").said("未签到")
    assert home(browser, mine, at(13), "/m/attendance").said("未登记")


def test_the_list_of_sessions_tells_a_mark_as_it_stands(
    browser: Browser, office: Office, mine: tuple[Session, Enrolment]
) -> None:
    stage.scanned(*mine, at(9))
    assert home(browser, mine, at(10), "/m/attendance").said("已签到")
    assert home(browser, mine, at(13), "/m/attendance").said("没有签退")


def test_sessions_of_other_groups_are_not_ones_own(office: Office, mine: tuple[Session, Enrolment]) -> None:
    session, one = mine
    with transaction.unit():
        db.session.get_one(Session, session.id).shift_group = "乙"
    with clock.at(at(10)):
        assert lessons(one.person_id, [session.cohort]) == []


def test_however_many_sessions_a_day_has_two_questions_are_asked(
    office: Office, mine: tuple[Session, Enrolment]
) -> None:
    session, one = mine
    planned_session(office, session.cohort, starts_at=time(14), ends_at=time(16))
    cohort, person_id = session.cohort, one.person_id
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    with clock.at(at(10)):
        found = lessons(person_id, [cohort])
    assert [each.own.starts_at for each in found] == [time(9), time(14)]
    assert len(asked) == 2


def test_desk_and_phone_give_the_same_share(browser: Browser, office: Office, mine: tuple[Session, Enrolment]) -> None:
    session, one = mine
    planned_session(office, session.cohort, held_on=at(9).date() + timedelta(days=1))
    stage.scanned(*mine, at(9))
    stage.scanned(*mine, at(11, 15), Direction.OUT)
    phone = home(browser, mine, at(13))
    with clock.at(at(13)):
        desk = Browser(browser.app)
        desk.sign_in("enterprise")
        listed = desk.open(f"/attendance/{session.cohort_id}")
        person = desk.open(f"/attendance/{session.cohort_id}/people/{one.id}")
        assert marks.totals(session.cohort_id)[one.id].credited_minutes == 135
    for page in (phone, person):
        assert page.said("出勤率75.0%")
        assert page.said("应到课时4")
        assert page.said("实到课时3")
        assert page.said("已修 3 / 8 课时")
    assert listed.said("75.0%")
    assert listed.said("4计划 8")
