"""A filing's attendance in one line is kept until something of it changes, whoever changes it and however."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text, update

from tests.attendance import stage
from tests.factories import Office
from trainingadmin.attendance import actions, evidence, queries
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.attendance.queries import Overview
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.doctor import of_database
from trainingadmin.plumbing import clock, database, driver, revisions, transaction
from trainingadmin.plumbing.database import Base, db

TOMORROW = date(2020, 8, 11)


@pytest.fixture
def cohort(office: Office) -> Cohort:
    """A filing in training with a session that everybody was marked in today, and one of a group tomorrow."""
    cohort = stage.attended_cohort(office)
    stage.marked_session(office, cohort)
    stage.planned_session(office, cohort, group="甲", held_on=TOMORROW)
    return cohort


def seen(office: Office, on: date = stage.HELD_ON) -> Overview:
    """Return the overview of the one filing as a page of its enterprise is given it."""
    with clock.at(on), transaction.unit(reads=True):
        (found,) = evidence.overviews(driver.rows(queries.running(office.actor("enterprise")))).values()
    return found


def _mark_absent(office: Office, cohort: Cohort) -> None:
    held = queries.sessions(cohort.id)[-2]
    with clock.at(stage.DURING), transaction.unit():
        entries = [Entry(one.id, MarkStatus.ABSENT) for one in people(cohort.id)[:2]]
        actions.record(held, entries, by=office.actor("institution"), reason="点错")


def _plan_another(office: Office, cohort: Cohort) -> None:
    stage.planned_session(office, cohort, group="乙", held_on=TOMORROW)


def _move_a_session(office: Office, cohort: Cohort) -> None:
    with transaction.unit():
        db.session.execute(update(Session).where(Session.cohort_id == cohort.id).values(planned_minutes=30))


def _take_a_session_away(office: Office, cohort: Cohort) -> None:
    with clock.at(stage.HELD_ON), transaction.unit():
        actions.remove_session(queries.sessions(cohort.id)[-1], by=office.actor("institution"))


def _let_somebody_leave(office: Office, cohort: Cohort) -> None:
    with transaction.unit():
        people(cohort.id)[0].state = EnrolmentState.LEFT


def _move_somebody(office: Office, cohort: Cohort) -> None:
    with transaction.unit():
        db.session.execute(update(Enrolment).where(Enrolment.position == 1).values(shift_group="乙"))


@pytest.mark.parametrize(
    "change", [_mark_absent, _plan_another, _move_a_session, _take_a_session_away, _let_somebody_leave, _move_somebody]
)
def test_whatever_changes_it_is_seen_at_once(
    office: Office, cohort: Cohort, change: Callable[[Office, Cohort], None]
) -> None:
    before = seen(office)
    change(office, cohort)
    after = seen(office)
    assert after != before
    assert after == fresh(office)


def fresh(office: Office) -> Overview:
    """Return the same as `seen`, worked out now."""
    db.engine.__dict__.pop("_attendance_overviews", None)
    return seen(office)


def test_what_did_not_change_is_kept(office: Office, cohort: Cohort) -> None:
    assert seen(office) is seen(office)
    assert (seen(office).people, seen(office).sessions, seen(office).percent) == (30, 77, 80)


def test_the_next_day_a_session_is_due_that_nobody_marked(office: Office, cohort: Cohort) -> None:
    there = seen(office, TOMORROW)
    assert seen(office, TOMORROW + timedelta(days=1)).due_minutes > there.due_minutes


def test_what_may_yet_be_undone_is_kept_for_nobody(office: Office, cohort: Cohort) -> None:
    before = seen(office)
    within: list[Overview] = []

    def undone() -> None:
        people(cohort.id)[0].state = EnrolmentState.LEFT
        within.extend(evidence.overviews(driver.rows(queries.running(office.actor("enterprise")))).values())
        raise ZeroDivisionError

    with clock.at(stage.HELD_ON), pytest.raises(ZeroDivisionError):
        transaction.unit()(undone)()
    assert within[0].credited_minutes < before.credited_minutes
    assert seen(office) == before


def test_without_its_trigger_a_change_would_not_be_seen_and_the_doctor_says_so(office: Office, cohort: Cohort) -> None:
    before = seen(office)
    with transaction.unit():
        table = "" if db.engine.dialect.name == "sqlite" else " ON enrolments"
        db.session.execute(text(f"DROP TRIGGER enrolments_attendance_revisions_update{table}"))
    _let_somebody_leave(office, cohort)
    assert seen(office) is before
    with transaction.unit(reads=True):
        assert revisions.uncounted() == ["enrolments"]
    assert any("enrolments are not counted" in problem for problem in of_database())


def test_all_changes_are_counted(app: Flask) -> None:
    with transaction.unit(reads=True):
        assert revisions.uncounted() == []


def test_tables_made_from_the_models_count_as_migrated_ones_do(app: Flask, tmp_path: Path) -> None:
    with transaction.unit(reads=True):
        migrated = {name for name in database.triggers() if "_attendance_revisions_" in name}
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    for _ in range(2):  # the second time makes nothing
        Base.metadata.create_all(engine)
    with engine.connect() as connection:
        made = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    engine.dispose()
    assert len(migrated) == 9
    assert migrated <= made
