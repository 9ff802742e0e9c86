"""Checking in and out by a code: first what it does, then each way in which it is refused and kept."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.attendance.stage import planned_session
from tests.checkins import stage
from tests.checkins.rush import classes
from tests.checkins.stage import at
from tests.cohorts.rosters import made_up
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from trainingadmin.attendance import actions as attendance
from trainingadmin.attendance import queries as marks
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import Mark, MarkSource, MarkStatus, Session
from trainingadmin.checkins.actions import scanning
from trainingadmin.checkins.evidence import span_of, timing
from trainingadmin.checkins.models import Scan
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

OUT = Direction.OUT


def kept() -> list[Scan]:
    return list(db.session.scalars(select(Scan).order_by(Scan.id)))


def written() -> list[Mark]:
    return list(db.session.scalars(select(Mark).order_by(Mark.roll_id, Mark.enrolment_id)))


def test_coming_and_leaving_earns_the_session(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    assert stage.scanned(session, one, at(8, 55, 3)).verdict is Verdict.ACCEPTED
    (mark,) = written()
    assert (mark.status, mark.source, mark.in_at, mark.out_at) == (
        MarkStatus.PRESENT, MarkSource.CHECKIN, at(8, 55, 3).time(), None,
    )  # fmt: skip
    assert (mark.credited_minutes, mark.flags) == (0, [])
    assert stage.scanned(session, one, at(12, 0, 40), OUT).verdict is Verdict.ACCEPTED
    assert marks.totals(cohort.id)[one.id].credited_minutes == 180
    assert [entry.verb for entry in journal.of(f"sessions:{session.id}")] == ["check-in", "check-out"]


def test_a_class_after_midnight_begins_for_whoever_comes_the_evening_before(office: Office) -> None:
    cohort, session = stage.class_of(office, starts_at=time(0, 10), ends_at=time(3, 10))
    one = stage.roster(cohort)[0]
    stage.scanned(session, one, at(0) - timedelta(minutes=10))
    stage.scanned(session, one, at(3, 10), OUT)
    assert [(mark.in_at, mark.out_at) for mark in written()][-1] == (time(0, 0), time(3, 10))
    assert marks.totals(cohort.id)[one.id].credited_minutes == 180


def test_a_class_until_midnight_ends_for_whoever_leaves_the_morning_after(office: Office) -> None:
    cohort, session = stage.class_of(office, starts_at=time(20, 50), ends_at=time(23, 50))
    one = stage.roster(cohort)[0]
    stage.scanned(session, one, at(20, 50))
    stage.scanned(session, one, at(0) + timedelta(days=1, minutes=10), OUT)
    assert written()[-1].out_at == time(23, 59, 59)
    assert marks.totals(cohort.id)[one.id].credited_minutes == 180


def test_leaving_early_and_coming_late_earn_in_part(office: Office) -> None:
    cohort, session = stage.class_of(office)
    early, late = stage.roster(cohort)[:2]
    stage.scanned(session, early, at(9))
    stage.scanned(session, early, at(11), OUT)
    stage.scanned(session, late, at(9, 30))
    stage.scanned(session, late, at(12), OUT)
    assert [marks.totals(cohort.id)[one.id].credited_minutes for one in (early, late)] == [120, 150]


def test_the_first_coming_and_the_last_leaving_count(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    stage.scanned(session, one, at(9))
    assert stage.scanned(session, one, at(10)).verdict is Verdict.REPEATED
    stage.scanned(session, one, at(11), OUT)
    assert stage.scanned(session, one, at(12), OUT).verdict is Verdict.ACCEPTED
    mark = marks.marks_of(session.id)[one.id]
    assert (mark.in_at, mark.out_at, mark.credited_minutes) == (at(9).time(), at(12).time(), 180)


def test_the_same_code_twice_is_one_scan(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    letters = stage.token(session, at(9))
    first = stage.scanned(session, one, at(9), letters=letters)
    again = stage.scanned(session, one, at(9, 0, 20), letters=letters)
    assert (first.id, len(kept()), len(written())) == (again.id, 1, 1)


def test_two_people_may_use_the_same_code_and_their_phones_are_kept(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other = stage.roster(cohort)[:2]
    letters = stage.token(session, at(9))
    stage.scanned(session, one, at(9), letters=letters)
    stage.scanned(session, other, at(9, 0, 9), letters=letters, address="10.9.9.9")
    first, second = kept()
    assert (first.device != second.device, first.network, second.network) == (True, "10.1.2.0/24", "10.9.9.0/24")
    assert first.agent == "Android · WeChat"
    assert "10.1.2.3" not in (first.address, first.device)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (-1, Verdict.EARLY),
        (0, Verdict.ACCEPTED),
        (39, Verdict.ACCEPTED),
        (40, Verdict.EXPIRED),
        (3600, Verdict.EXPIRED),
    ],
)
def test_a_code_is_judged_against_its_half_minute(office: Office, seconds: int, verdict: Verdict) -> None:
    cohort, session = stage.class_of(office)
    letters, when = stage.token(session, at(9)), at(9) + timedelta(seconds=seconds)
    assert stage.scanned(session, stage.roster(cohort)[0], when, letters=letters).verdict is verdict
    assert len(written()) == (verdict is Verdict.ACCEPTED)


def test_a_forged_code_is_refused_before_any_read_and_kept(office: Office) -> None:
    cohort, session = stage.class_of(office)
    scan = stage.scanned(session, stage.roster(cohort)[0], at(9), letters="A" * 32)
    assert (scan.verdict, scan.session_id, scan.enrolment_id, scan.direction) == (Verdict.FORGED, None, None, None)
    assert journal.of(f"scans:{scan.id}")[-1].verb == "refuse-scan"
    assert written() == []


def test_another_class_is_refused_and_kept_with_the_session(office: Office) -> None:
    _, session = stage.class_of(office)
    other = approved_cohort(office, roster=made_up(3, first=6000))
    scan = stage.scanned(session, stage.roster(other)[0], at(9))
    assert (scan.verdict, scan.session_id, scan.enrolment_id) == (Verdict.OTHER_CLASS, session.id, None)


def test_another_shift_group_is_refused(office: Office) -> None:
    cohort = approved_cohort(office, roster=made_up(4, first=5000))
    first, second = stage.roster(cohort)[:2]
    with transaction.unit():
        attendance.assign_groups(cohort, {first.id: "甲", second.id: "乙"}, by=office.actor("institution"))
    session = planned_session(office, cohort, group="甲")
    assert stage.scanned(session, second, at(9)).verdict is Verdict.OTHER_GROUP
    assert stage.scanned(session, first, at(9)).verdict is Verdict.ACCEPTED


def test_whoever_left_before_is_refused(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    with transaction.unit():
        one.left_on = date(2020, 8, 9)
    assert stage.scanned(session, one, at(9)).verdict is Verdict.NOT_THERE


@pytest.mark.parametrize(
    ("when", "direction", "verdict"),
    [
        (at(8, 29, 50), Direction.IN, Verdict.CLOSED),
        (at(8, 30), Direction.IN, Verdict.ACCEPTED),
        (at(11, 59, 50), Direction.IN, Verdict.ACCEPTED),
        (at(12), Direction.IN, Verdict.CLOSED),
        (at(10), OUT, Verdict.NOT_IN),
        (at(8, 50), OUT, Verdict.CLOSED),
        (at(12, 30), OUT, Verdict.CLOSED),
    ],
)
def test_the_door_is_open_around_the_session(office: Office, when, direction, verdict) -> None:  # type: ignore[no-untyped-def]
    cohort, session = stage.class_of(office)
    assert stage.scanned(session, stage.roster(cohort)[0], when, direction).verdict is verdict


def test_a_completed_class_takes_no_scans(office: Office) -> None:
    cohort, session = stage.class_of(office)
    with transaction.unit():
        cohort.state = CohortState.COMPLETED
    assert stage.scanned(session, stage.roster(cohort)[0], at(9)).verdict is Verdict.CLOSED


def test_what_the_teacher_noted_for_the_whole_session_stays(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, absent = stage.roster(cohort)[:2]
    noted = [Entry(one.id, MarkStatus.PRESENT), Entry(absent.id, MarkStatus.ABSENT)]
    with clock.at(at(9, 5)), transaction.unit():
        attendance.record(session, noted, by=office.actor("institution"))
    assert stage.scanned(session, one, at(9, 10)).verdict is Verdict.REPEATED
    assert stage.scanned(session, one, at(12), OUT).verdict is Verdict.REPEATED
    assert marks.totals(cohort.id)[one.id].credited_minutes == 180
    assert stage.scanned(session, absent, at(9, 10)).verdict is Verdict.ACCEPTED
    assert marks.marks_of(session.id)[absent.id].status is MarkStatus.PRESENT


def test_a_correction_stays(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    stage.scanned(session, one, at(9))
    with clock.at(at(9, 30)), transaction.unit():
        attendance.record(session, [Entry(one.id, MarkStatus.ABSENT)], "代签", by=office.actor("institution"))
    assert stage.scanned(session, one, at(9, 40)).verdict is Verdict.REPEATED
    assert marks.marks_of(session.id)[one.id].status is MarkStatus.ABSENT


def test_a_scan_without_a_network_is_judged_by_its_own_time_once(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    kept_away: dict[str, Any] = {"offline": True, "client_id": "c" * 36, "now": at(11)}
    first = stage.scanned(session, one, at(9, 0, 10), **kept_away)
    again = stage.scanned(session, one, at(9, 0, 10), **kept_away)
    assert (first.id, first.verdict, first.offline) == (again.id, Verdict.ACCEPTED, True)
    assert marks.marks_of(session.id)[one.id].in_at == at(9, 0, 10).time()
    assert len(kept()) == len(written()) == 1


def test_a_scan_without_a_network_comes_within_hours(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other = stage.roster(cohort)[:2]
    last = at(12) + timedelta(hours=12)
    in_time = stage.scanned(session, one, at(9), offline=True, client_id="a" * 36, now=last)
    late = stage.scanned(session, other, at(9), offline=True, client_id="b" * 36, now=last + timedelta(seconds=1))
    assert (in_time.verdict, late.verdict) == (Verdict.ACCEPTED, Verdict.TOO_LATE)


def test_nobody_sends_what_another_kept(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other = stage.roster(cohort)[:2]
    stage.scanned(session, one, at(9), offline=True, client_id="a" * 36)
    with pytest.raises(Refusal) as refusal:
        stage.scanned(session, other, at(9), offline=True, client_id="a" * 36)
    assert refusal.value.code == "scan-of-another"


def test_refused_scans_have_an_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "REFUSED_MAX", 3)
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    for number in range(3):
        stage.scanned(session, one, at(9), letters=f"{number}" * 32)
    with pytest.raises(Refusal) as refusal:
        stage.scanned(session, one, at(9), letters="9" * 32)
    assert (refusal.value.code, len(kept())) == ("too-many-attempts", 3)
    assert stage.scanned(session, one, at(9)).verdict is Verdict.ACCEPTED


def test_a_session_taken_off_the_plan_is_no_error(office: Office) -> None:
    cohort, session = stage.class_of(office)
    letters, one = stage.token(session, at(9)), stage.roster(cohort)[0]
    with clock.at(at(8)), transaction.unit():
        attendance.remove_session(session, by=office.actor("institution"))
    assert stage.scanned(session, one, at(9), letters=letters).verdict is Verdict.EXPIRED


def test_scans_can_be_neither_changed_nor_deleted(office: Office) -> None:
    cohort, session = stage.class_of(office)
    stage.scanned(session, stage.roster(cohort)[0], at(9))
    with pytest.raises(Exception, match="append-only"), transaction.unit():
        kept()[0].verdict = Verdict.EXPIRED


def test_a_rush_near_midnight_finds_the_door_open(office: Office) -> None:
    for minute in (30, 39, 40, 50, 59):
        with clock.at(at(23, minute)):
            (person,) = classes(office, 1, 1)
            session = db.session.get_one(Session, person.session_id)
            span = span_of(session, timing(session.cohort))
            later = clock.now() + timedelta(minutes=10)
            assert span.admits(Direction.IN, clock.now())
            assert span.admits(Direction.IN, later)
