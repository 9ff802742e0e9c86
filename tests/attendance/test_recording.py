"""Marking a session's register, and correcting it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests.attendance import stage
from tests.client import Browser
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from trainingadmin.attendance import actions, queries
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import Mark, MarkSource, MarkStatus, Session
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.clock import LOCAL
from trainingadmin.plumbing.database import db

P, A, L = MarkStatus.PRESENT, MarkStatus.ABSENT, MarkStatus.LEAVE


def record(
    office: Office,
    session: Session,
    *entries: Entry,
    reason: str = "",
    at: datetime = stage.DURING,
    login: str = "institution",
) -> int:
    with clock.at(at), transaction.unit():
        return actions.record(session, entries, reason, by=office.actor(login))


def refused(
    office: Office, session: Session, *entries: Entry, at: datetime = stage.DURING, login: str = "institution"
) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        record(office, session, *entries, at=at, login=login)
    return refusal.value


def marks() -> list[Mark]:
    return list(db.session.scalars(select(Mark).order_by(Mark.roll_id, Mark.enrolment_id)))


def first(cohort: Cohort) -> int:
    return people(cohort.id)[0].id


def test_a_register_is_marked_at_once(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    ids = [one.id for one in people(cohort.id)]
    entries = [
        Entry(ids[0], A),
        Entry(ids[1], L),
        Entry(ids[2], P, time(9, 30), time(12)),
        *(Entry(i, P) for i in ids[3:]),
    ]
    assert record(office, session, *entries) == 30
    summed = queries.totals(cohort.id)
    assert [summed[i].credited_minutes for i in ids[:4]] == [0, 0, 150, 180]
    assert summed[ids[1]].leave_minutes == 180
    assert {mark.source for mark in marks()} == {MarkSource.REGISTER}
    assert journal.of(f"cohorts:{cohort.id}")[-1].verb == "record-attendance"


def test_the_page_marks_everybody_and_shows_who_came(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    absent = first(cohort)
    browser.sign_in("institution")
    with clock.at(stage.DURING):
        browser.sign_in("institution")
        page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}?all=present")
        done = browser.submit(page, "", **stage.filled_in(f"p{absent}-status", "absent"))
    assert done.said("已登记 30 人")
    assert done.said("缺勤 1 · 请假 0")


def test_the_page_asks_why_a_mark_is_corrected(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.marked_session(office, cohort)
    address, name = f"/attendance/{cohort.id}/sessions/{session.id}", f"p{first(cohort)}-status"
    with clock.at(stage.DURING):
        browser.sign_in("enterprise")
        page = browser.submit(browser.open(address), "", **stage.filled_in(name, "absent"), expect=422)
        assert page.said("请写明原因")
        done = browser.submit(browser.open(address), "", **stage.filled_in(name, "absent"), reason="中途离开")
    assert done.said("已登记 1 人")
    assert done.said("更正：中途离开")


def test_times_that_stood_there_go_when_somebody_did_not_come(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    session = queries.sessions(cohort.id)[3]
    (mark, *_) = (one for one in queries.marks_of(session.id).values() if one.in_at)
    with clock.at(session.held_on + timedelta(days=1)):
        browser.sign_in("enterprise")
        page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}")
        done = browser.submit(page, "", **stage.filled_in(f"p{mark.enrolment_id}-status", "absent"), reason="代签")
    assert done.said("已登记 1 人")
    assert queries.marks_of(session.id)[mark.enrolment_id].in_at is None


def test_a_page_sent_as_it_stands_changes_nothing(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    session = queries.sessions(cohort.id)[0]
    with clock.at(session.held_on + timedelta(days=1)):
        browser.sign_in("enterprise")
        page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}")
        assert browser.submit(page, "").said("没有改动")
    assert len(marks()) == 751


@pytest.mark.parametrize(("field", "value"), [("status", "late"), ("in_at", "9点")])
def test_nonsense_is_refused_beside_its_field(browser: Browser, office: Office, field: str, value: str) -> None:
    cohort = stage.attended_cohort(office)
    session = queries.sessions(cohort.id)[0]
    filled_in = stage.filled_in(f"p{people(cohort.id)[10].id}-{field}", value)
    with clock.at(session.held_on + timedelta(days=1)):
        browser.sign_in("enterprise")
        page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}")
        browser.submit(page, "", **filled_in, expect=422)


def test_a_correction_needs_a_reason_and_keeps_what_was_there(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.marked_session(office, cohort)
    entry = Entry(first(cohort), A)
    assert (refused(office, session, entry).code, refused(office, session, entry).field) == ("reason-missing", "reason")
    assert record(office, session, entry, reason="未到") == 1
    found = [mark for mark in marks() if mark.enrolment_id == entry.enrolment_id]
    assert [(mark.status, mark.source, mark.reason) for mark in found] == [
        (P, MarkSource.REGISTER, ""),
        (A, MarkSource.CORRECTION, "未到"),
    ]
    assert queries.totals(cohort.id)[entry.enrolment_id].credited_minutes == 0


def test_what_changes_nothing_adds_no_mark(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.marked_session(office, cohort)
    assert record(office, session, Entry(first(cohort), P)) == 0
    assert len(marks()) == 30


def test_nobody_is_marked_before_the_session_begins(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    begins = datetime(2020, 8, 10, 9, tzinfo=LOCAL)
    entry = Entry(first(cohort), P)
    assert refused(office, session, entry, at=begins - timedelta(seconds=1)).code == "session-not-begun"
    assert record(office, session, entry, at=begins) == 1


def test_more_than_48_hours_late_needs_a_reason_and_a_second_person(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    ids = [one.id for one in people(cohort.id)]
    in_time = datetime(2020, 8, 12, 12, tzinfo=LOCAL)
    assert record(office, session, Entry(ids[0], P), at=in_time) == 1
    late = in_time + timedelta(seconds=1)
    assert refused(office, session, Entry(ids[1], P), at=late).code == "late-reason"
    with pytest.raises(Refusal) as refusal:
        record(office, session, Entry(ids[1], P), at=late, reason="停电")
    assert refusal.value.code == "late-needs-second"
    with clock.at(late), transaction.unit():
        by, second = office.actor("institution"), office.actor("enterprise")
        assert actions.record(session, [Entry(ids[1], P)], "停电", by=by, second=second) == 1
    assert journal.of(f"cohorts:{cohort.id}")[-1].detail["second"] == second.id


def test_a_late_register_is_read_only_and_leads_to_the_late_entry(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    session = queries.sessions(cohort.id)[0]
    browser.sign_in("enterprise")
    page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}")
    assert page.said("由另一人确认")
    assert f"/checkins/{cohort.id}/{session.id}/late" in page.text


@pytest.mark.parametrize(
    ("status", "came", "left", "code", "field"),
    [
        (A, time(9), None, "times-of-absent", "in_at"),
        (L, None, time(12), "times-of-absent", "in_at"),
        (P, time(12), time(9), "times-reversed", "out_at"),
        (P, time(9), time(13, 1), "time-ahead", "out_at"),
    ],
)
def test_times_that_cannot_be(
    office: Office, status: MarkStatus, came: time | None, left: time | None, code: str, field: str
) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    refusal = refused(office, session, Entry(first(cohort), status, came, left))
    assert (refusal.code, refusal.field) == (code, f"p{first(cohort)}-{field}")
    assert marks() == []


def test_one_time_without_the_other_is_suspect(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    record(office, session, Entry(first(cohort), P, time(9)))
    (mark,) = marks()
    assert (mark.credited_minutes, mark.flags) == (
        0,
        [{"code": "one-time-only", "evidence": {"came": "09:00:00", "left": "—"}}],
    )


def test_somebody_of_another_group_earns_nothing_and_is_flagged(office: Office) -> None:
    cohort = stage.attended_cohort(office)
    session = stage.planned_session(office, cohort, group="乙")
    record(office, session, Entry(first(cohort), P))
    mark = queries.marks_of(session.id)[first(cohort)]
    assert (mark.credited_minutes, [flag["code"] for flag in mark.flags]) == (0, ["other-group"])


def test_only_people_of_the_roster_are_marked(office: Office) -> None:
    session = stage.planned_session(office, approved_cohort(office))
    assert refused(office, session, Entry(10**6, P)).code == "person-missing"


def test_whoever_left_is_not_marked_afterwards(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    with transaction.unit():
        people(cohort.id)[0].left_on = date(2020, 8, 9)
    assert refused(office, session, Entry(first(cohort), P)).code == "person-left"


def test_a_reason_has_an_end(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    with pytest.raises(Refusal) as refusal:
        record(office, session, Entry(first(cohort), P), reason="长" * 501)
    assert refusal.value.code == "reason-long"


@pytest.mark.parametrize("login", ["other_enterprise", "first_review", "supervisor"])
def test_only_operators_of_the_filing_mark(office: Office, login: str) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    assert refused(office, session, Entry(first(cohort), P), login=login).code == "not-the-recorder"


def test_a_completed_filing_is_locked(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    with transaction.unit():
        cohort.state = CohortState.COMPLETED
    assert refused(office, session, Entry(first(cohort), P)).code == "attendance-locked"


def test_marks_can_be_neither_changed_nor_deleted(office: Office) -> None:
    cohort = approved_cohort(office)
    stage.marked_session(office, cohort)
    with pytest.raises(Exception, match="append-only"), transaction.unit():
        marks()[0].credited_minutes = 1
