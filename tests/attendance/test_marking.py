"""The one door for marks: sums of the months stay what the marks add up to, whatever is noted in whatever order."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from tests.attendance import stage
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from trainingadmin.attendance import actions, queries, verification
from trainingadmin.attendance.actions import Noted
from trainingadmin.attendance.models import (
    CohortMonth,
    Mark,
    MarkSource,
    MarkStatus,
    PersonMonth,
    Roll,
    Session,
    SessionKind,
)
from trainingadmin.cli_attendance import attendance_group
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

P, A, L = MarkStatus.PRESENT, MarkStatus.ABSENT, MarkStatus.LEAVE
Word = tuple[int, int, MarkStatus, int]
WRITERS, TURNS = 4, 3


def planned(cohort: Cohort) -> list[int]:
    """Six sessions over three months, of every kind, one of them of a shift group."""
    kinds = list(SessionKind)
    rows = [
        Session(
            cohort_id=cohort.id,
            shift_group="甲" if at == 5 else "",
            held_on=date(2020, 5, 20) + timedelta(days=12 * at),
            starts_at=time(9),
            ends_at=time(12),
            course="安全生产",
            teacher="赵月国",
            kind=kinds[at % 3],
            planned_minutes=180,
        )
        for at in range(6)
    ]
    with transaction.unit():
        db.session.add_all(rows)
        db.session.flush()
        return [one.id for one in rows]


def write(office: Office, cohort: Cohort, noted: Sequence[Noted], *, reason: str = "") -> None:
    with clock.at(stage.DURING), transaction.unit():
        actions.write_marks(cohort, noted, by=office.actor("institution"), reason=reason)


def checked() -> verification.Verified:
    with transaction.unit(reads=True):
        return verification.verify()


def noted(session_id: int, person: int, status: MarkStatus = P, minutes: int = 180) -> Noted:
    return Noted(session_id, person, status, minutes if status is P else 0, MarkSource.REGISTER)


def test_marks_are_added_up_by_month_and_kind(office: Office) -> None:
    cohort = approved_cohort(office)
    sessions, first = planned(cohort), people(cohort.id)[0].id
    write(office, cohort, [noted(sessions[0], first), noted(sessions[1], first, L), noted(sessions[3], first, A)])
    rows = db.session.scalars(select(PersonMonth).order_by(PersonMonth.month, PersonMonth.kind))
    assert [(one.month, one.kind, one.present, one.absent, one.leave, one.credited_minutes) for one in rows] == [
        (date(2020, 5, 1), SessionKind.THEORY, 1, 0, 0, 180),
        (date(2020, 6, 1), SessionKind.THEORY, 0, 1, 0, 0),
        (date(2020, 6, 1), SessionKind.PRACTICE, 0, 0, 1, 0),
    ]
    assert [one.planned_minutes for one in db.session.scalars(select(CohortMonth))] == [180, 180, 180]
    assert (checked().ok, checked().counts["marks"]) == (True, 3)


def test_a_correction_takes_the_older_mark_out_of_the_sums(office: Office) -> None:
    cohort = approved_cohort(office)
    sessions, first = planned(cohort), people(cohort.id)[0].id
    write(office, cohort, [noted(sessions[0], first)])
    write(office, cohort, [noted(sessions[0], first, L)], reason="病假条")
    (row,) = db.session.scalars(select(PersonMonth))
    assert (row.present, row.leave, row.credited_minutes, row.leave_minutes) == (0, 1, 0, 180)
    assert [roll.reason for roll in db.session.scalars(select(Roll).order_by(Roll.id))] == ["", "病假条"]
    assert checked().ok


def test_nothing_noted_writes_nothing(office: Office) -> None:
    write(office, approved_cohort(office), [])
    assert db.session.scalars(select(Roll)).all() == []


@pytest.mark.parametrize(
    ("state", "code"), [(CohortState.COMPLETED, "attendance-locked"), (CohortState.REFUSED, "not-in-training")]
)
def test_the_door_is_locked_outside_training(office: Office, state: CohortState, code: str) -> None:
    cohort = approved_cohort(office)
    sessions, first = planned(cohort), people(cohort.id)[0].id
    with transaction.unit():
        cohort.state = state
    with pytest.raises(Refusal) as refusal:
        write(office, cohort, [noted(sessions[0], first)])
    assert refusal.value.code == code
    assert db.session.scalars(select(Mark)).all() == []


def test_one_person_twice_in_one_roll_is_refused_whole(office: Office) -> None:
    cohort = approved_cohort(office)
    sessions, first = planned(cohort), people(cohort.id)[0].id
    with pytest.raises(ValueError, match="once"):
        write(office, cohort, [noted(sessions[0], first), noted(sessions[0], first, A)])
    assert db.session.scalars(select(Mark)).all() == []


def test_a_sum_that_was_meddled_with_is_named(office: Office) -> None:
    cohort = approved_cohort(office)
    sessions, first = planned(cohort), people(cohort.id)[0].id
    write(office, cohort, [noted(sessions[0], first)])
    with transaction.unit():
        db.session.execute(update(PersonMonth).values(credited_minutes=181))
        db.session.execute(update(CohortMonth).values(absent=1))
    assert [(one.rule, one.subject, one.detail) for one in checked().breaches] == [
        ("person-month", f"enrolments:{first}", "2020-05 theory credited_minutes 181 ≠ 180"),
        ("cohort-month", f"cohorts:{cohort.id}", "2020-05 theory absent 1 ≠ 0"),
    ]


def test_a_mark_of_somebody_else_is_named(office: Office) -> None:
    cohort = approved_cohort(office)
    write(office, cohort, [noted(planned(cohort)[0], people(cohort.id)[0].id)])
    with transaction.unit():
        forged = "INSERT INTO marks SELECT roll_id, 1000000, session_id, in_at, out_at, status, 0 FROM marks"
        db.session.execute(text(forged))
    assert {(one.rule, one.detail) for one in checked().breaches} >= {("mark-of-a-stranger", "enrolments:1000000")}


WORDS = st.lists(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from([P, A, L]), st.integers(0, 180)),
        min_size=1,
        max_size=8,
        unique_by=lambda word: word[:2],
    ),
    max_size=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=WORDS)
def test_whatever_is_noted_the_sums_are_what_adding_up_gives(office: Office, acts: list[list[Word]]) -> None:
    cohort = db.session.scalars(select(Cohort).limit(1)).first() or approved_cohort(office)
    sessions = [one.id for one in queries.sessions(cohort.id)] or planned(cohort)
    ids = [one.id for one in people(cohort.id)]
    for act in acts:
        write(office, cohort, [noted(sessions[s], ids[p], status, minutes) for s, p, status, minutes in act])
    assert checked().breaches == []


def test_several_people_corrected_in_one_act_leave_the_others_as_they_are(office: Office) -> None:
    cohort = approved_cohort(office)
    sessions, (first, second, third) = planned(cohort), [one.id for one in people(cohort.id)[:3]]
    write(office, cohort, [noted(at, person) for at in sessions[:2] for person in (first, second)])
    write(office, cohort, [noted(sessions[0], first, L), noted(sessions[0], third), noted(sessions[1], second, A)])
    rows = db.session.scalars(select(CohortMonth).order_by(CohortMonth.month))
    assert [(one.present, one.absent, one.leave, one.credited_minutes) for one in rows] == [
        (2, 0, 1, 360),
        (1, 1, 0, 180),
    ]
    assert checked().ok


def test_whoever_writes_at_the_same_time_both_are_in_the_sums(app: Flask, office: Office) -> None:
    cohort = approved_cohort(office)
    cohort_id, sessions, ids = cohort.id, planned(cohort), [one.id for one in people(cohort.id)]
    by = office.actor("institution")
    start = threading.Barrier(WRITERS)
    db.session.rollback()

    def note(writer: int) -> None:
        start.wait()
        for turn in range(TURNS):
            status = [P, A, L][(writer + turn) % 3]
            marks = [noted(one, person, status) for one in sessions for person in ids[writer % 2 :: 2]]
            with app.app_context(), clock.at(stage.DURING), transaction.unit():
                actions.write_marks(db.session.get_one(Cohort, cohort_id), marks, by=by)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(note, range(WRITERS)))
    assert checked().breaches == []
    assert checked().counts["marks"] == WRITERS * TURNS * len(sessions) * len(ids) // 2


def test_the_command_tells_and_fails_on_a_breach(app: Flask, office: Office) -> None:
    app.cli.add_command(attendance_group)
    runner = app.test_cli_runner()
    cohort = approved_cohort(office)
    write(office, cohort, [noted(planned(cohort)[0], people(cohort.id)[0].id)])
    db.session.rollback()
    told = runner.invoke(args=["attendance", "verify", "--json"])
    assert (told.exit_code, '"ok": true' in told.output) == (0, True)
    with transaction.unit():
        db.session.execute(text("UPDATE cohort_months SET present = 7"))
    told = runner.invoke(args=["attendance", "verify"])
    assert (told.exit_code, "present 7 ≠ 1" in told.output) == (1, True)
