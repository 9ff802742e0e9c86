"""Marks of the older, wider table move into rolls, marks and sums of months, and back, without a loss."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from tests.attendance import stage
from tests.factories import Office
from tests.house.scan import ROOT
from trainingadmin.attendance import verification
from trainingadmin.attendance.actions import Entry, record
from trainingadmin.attendance.models import MarkStatus
from trainingadmin.attendance.queries import session_ids
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

OLD = "SELECT session_id, enrolment_id, status, in_at, out_at, credited_minutes, source, reason FROM marks ORDER BY id"
EVENING = datetime(2020, 8, 10, 18, tzinfo=clock.LOCAL)
NEW = "SELECT * FROM {}"


def before_it() -> str:
    """Return the revision before the one that moves the marks."""
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    (script,) = (one for one in scripts.walk_revisions() if one.path.endswith("_marks_and_months.py"))
    return str(script.down_revision)


def rows(statement: str) -> list[tuple[Any, ...]]:
    with transaction.unit(reads=True):
        return [tuple(row) for row in db.session.execute(text(statement))]


def test_every_mark_moves_and_comes_back(app: Flask, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    session = stage.marked_session(office, cohort, absent=2)
    with clock.at(stage.DURING), transaction.unit():
        record(session, [Entry(people(cohort.id)[0].id, MarkStatus.LEAVE)], "病假条", by=office.actor("institution"))
    assert len(session_ids(cohort.id)) == 76
    db.session.rollback()
    tables = ("rolls", "marks", "person_months", "cohort_months")
    before = {table: sorted(rows(NEW.format(table)), key=str) for table in tables}
    downgrade(revision=before_it())
    old = rows(OLD)
    assert len(old) == 751 + 31
    assert rows("SELECT count(*) FROM marks WHERE CAST(flags AS VARCHAR(9)) <> '[]'") == [(4,)]
    upgrade()
    assert {table: sorted(rows(NEW.format(table)), key=str) for table in tables} == before
    assert rows("SELECT count(*) FROM mark_doubts") == [(4,)]
    with transaction.unit(reads=True):
        assert verification.verify().ok
    stage.marked_session(office, cohort, at=EVENING, starts_at=time(14), ends_at=time(17))
    downgrade(revision=before_it())
    assert rows(OLD)[: len(old)] == old
    upgrade()
