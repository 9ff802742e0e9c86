"""Whoever is expected and was noted by nobody stays to be noted, on every page alike; that earns nothing, and is no absence."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from tests.attendance import stage
from tests.checkins.stage import at
from tests.client import Browser
from tests.cohorts.rosters import made_up
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from trainingadmin.attendance import actions, queries
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import AttendanceUpload, MarkStatus
from trainingadmin.attendance.sheet_columns import MARK_FIELDS
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

EVENING = at(18)


@pytest.fixture
def cohort(office: Office) -> Cohort:
    """Ten people in training and nothing on the plan yet."""
    return approved_cohort(office, roster=made_up(10, first=5000))


def sheet(cohort: Cohort, *numbers: int) -> bytes:
    """A file in which those of the roster, counted from one, were there from nine to twelve."""
    text = io.StringIO()
    rows = csv.DictWriter(text, [one.title for one in MARK_FIELDS])
    rows.writeheader()
    for number, one in enumerate(people(cohort.id), 1):
        if number in numbers:
            day = {"日期": "2020-08-10", "计划开始": "09:00", "计划结束": "12:00", "课程": "安全生产", "教师": "赵月国"}
            who = {"姓名": one.person.name, "身份证号": one.person.id_number, "签到": "08:55:01", "签退": "12:00:10"}
            rows.writerow({**day, **who, "课时": "4"})
    return text.getvalue().encode()


def sent(office: Office, cohort: Cohort, *numbers: int) -> AttendanceUpload:
    with clock.at(EVENING), transaction.unit():
        return actions.upload_sheet(cohort, "一行.csv", sheet(cohort, *numbers), by=office.actor("enterprise"))


def taken_in(office: Office, cohort: Cohort, *numbers: int) -> int:
    upload = sent(office, cohort, *numbers)
    with clock.at(EVENING), transaction.unit():
        actions.import_sheet(upload, by=office.actor("enterprise"))
    return queries.sessions(cohort.id)[0].id


def test_before_the_import_the_page_names_who_is_not_in_the_file(
    browser: Browser, office: Office, cohort: Cohort
) -> None:
    upload = sent(office, cohort, 1)
    with clock.at(EVENING):
        browser.sign_in("enterprise")
        page = browser.open(f"/attendance/{cohort.id}/uploads/{upload.id}")
    assert page.said("1 次课有人不在文件里")
    assert page.said("2020-08-10 09:00–12:00")
    assert page.said("9 人")
    names = [one.person.name for one in people(cohort.id)]
    assert all(page.said(name) for name in names[1:])
    assert page.said("不计课时")
    assert not page.said(names[0])


def test_nobody_is_named_when_everybody_is_in_the_file_or_noted_already(
    browser: Browser, office: Office, cohort: Cohort
) -> None:
    taken_in(office, cohort, 1, 2)
    upload = sent(office, cohort, *range(3, 11))
    assert upload.counts["lacking"] == []


def test_whoever_had_left_or_not_come_yet_is_not_missing_in_a_file(office: Office, cohort: Cohort) -> None:
    roster = people(cohort.id)
    with transaction.unit():
        roster[1].left_on = stage.HELD_ON - timedelta(days=1)
        roster[2].joined_on = stage.HELD_ON + timedelta(days=1)
    (lacking,) = sent(office, cohort, 1).counts["lacking"]
    assert lacking["people"] == [one.id for one in people(cohort.id)[3:]]


def test_one_imported_line_leaves_nine_to_be_noted_on_every_page(
    browser: Browser, office: Office, cohort: Cohort
) -> None:
    session_id = taken_in(office, cohort, 1)
    with clock.at(EVENING):
        browser.sign_in("enterprise")
        sessions = browser.open(f"/attendance/{cohort.id}/sessions")
        assert sessions.said("到 1/10，9 人未登记")
        assert sessions.said("待登记9 人未登记")
        assert not sessions.said("已登记")
        assert browser.open(f"/attendance/{cohort.id}/sessions?open=1").said("待登记的课次 1 次")
        assert browser.open(f"/attendance/{cohort.id}/sessions/{session_id}").said("9 人未登记")
        standing = browser.open(f"/attendance/{cohort.id}")
    assert standing.said("待登记课次 1")
    assert standing.said("未登记 4")


def test_noting_the_rest_closes_it(office: Office, cohort: Cohort) -> None:
    session_id = taken_in(office, cohort, 1)
    assert unmarked(cohort, EVENING) == 1
    session = queries.session(cohort.id, session_id)
    rest = [Entry(one.id, MarkStatus.ABSENT) for one in people(cohort.id)[1:]]
    with clock.at(EVENING), transaction.unit():
        actions.record(session, rest, by=office.actor("enterprise"))
    assert unmarked(cohort, EVENING) == 0
    with clock.at(EVENING):
        assert {one.unrecorded_minutes for one in queries.totals(cohort.id).values()} == {0}


def unmarked(cohort: Cohort, when: datetime) -> int:
    with clock.at(when):
        return queries.unmarked(cohort.id)


def test_whoever_left_before_is_not_waited_for(office: Office, cohort: Cohort) -> None:
    session_id = taken_in(office, cohort, *range(1, 10))
    assert unmarked(cohort, EVENING) == 1
    with transaction.unit():
        people(cohort.id)[9].left_on = queries.session(cohort.id, session_id).held_on - timedelta(days=1)
    assert unmarked(cohort, EVENING) == 0


def test_each_group_is_waited_for_in_its_own_sessions(office: Office, cohort: Cohort) -> None:
    with transaction.unit():
        for number, one in enumerate(people(cohort.id)):
            db.session.execute(update(Enrolment).where(Enrolment.id == one.id).values(shift_group="甲乙"[number // 5]))
    with transaction.unit(reads=True):
        db.session.expire_all()
    stage.marked_session(office, cohort, group="甲")
    assert unmarked(cohort, EVENING) == 0


def test_what_nobody_noted_still_earns_nothing(office: Office, cohort: Cohort) -> None:
    taken_in(office, cohort, 1)
    with clock.at(EVENING):
        found = [one for _, one in sorted(queries.totals(cohort.id).items())]
    assert [one.credited_minutes for one in found] == [180] + [0] * 9
    assert [one.is_lost(80) for one in found] == [False] + [True] * 9
