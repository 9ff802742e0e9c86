"""The life of a class: what submission, approval and completion demand and settle, each refusal by its code."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from tests.classes import stage
from tests.factories import Office
from trainingadmin.attendance.actions import Entry, record
from trainingadmin.attendance.models import MarkStatus
from trainingadmin.certificates.models import Certificate
from trainingadmin.classes import actions, limits
from trainingadmin.classes.models import TrainingClass
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.schemes import Outcome


def failing(found: TrainingClass) -> set[str]:
    with transaction.unit(reads=True):
        told = limits.checks(found, people(found.cohort_id), stage.held(found))
        return {one.code for one in told if one.outcome is Outcome.FAIL}


def refused_move(office: Office, found: TrainingClass, name: str, login: str, on: date, note: str = "") -> Refusal:
    with pytest.raises(Refusal) as refused, clock.at(on), transaction.unit():
        actions.move(found, name, by=office.actor(login), note=note)
    return refused.value


def test_the_sample_class_runs_from_application_to_certificates(app: Flask, office: Office) -> None:
    found = stage.completed(office)
    with transaction.unit(reads=True):
        cohort = found.cohort
        assert (cohort.state, cohort.policy_code) == (CohortState.COMPLETED, "YA-2020")
        assert cohort.planned is not None
        assert cohort.planned.fen == 25 * 120_000
        made = list(db.session.scalars(select(Certificate)))
        assert len(made) == 25
        assert {one.number[:8] for one in made} == {"PX511824"}


def test_a_certificate_states_the_hours_attended_and_not_those_of_the_catalogue(app: Flask, office: Office) -> None:
    found = stage.approved(office)
    session, seats = stage.held(found)[0], people(found.cohort_id)
    here = [Entry(one.id, MarkStatus.ABSENT if one is seats[0] else MarkStatus.PRESENT) for one in seats]
    with clock.at(datetime.combine(session.held_on, session.ends_at, clock.LOCAL)), transaction.unit():
        record(session, here, by=office.actor("institution"))
    stage.scored(office, found)
    with clock.at(stage.COMPLETED_ON), transaction.unit():
        actions.move(found, "complete", by=office.actor("acceptance"))
    stated = [json.loads(one.content)["hours"] for one in db.session.scalars(select(Certificate))]
    assert stated == [0] + 24 * [4]


def test_a_draft_lacks_roster_plan_and_commitment(app: Flask, office: Office) -> None:
    found = stage.draft(office)
    assert failing(found) == {"class-min", "commitment-missing", "plan-hours"}
    refusal = refused_move(office, found, "submit", "institution", stage.APPLIED_ON)
    assert refusal.code == "opening-incomplete"


@pytest.mark.parametrize(("size", "code"), [(19, "class-min"), (51, "class-max"), (50, None), (20, None)])
def test_a_class_has_twenty_to_fifty_people(app: Flask, office: Office, size: int, code: str | None) -> None:
    teachers = ("高兴云", "贺明德", "谢芳")
    found = stage.planned(office, stage.made_up(size), teachers=teachers)
    assert failing(found) == ({code} if code else set())


def test_limits_say_their_clause_and_document(app: Flask, office: Office) -> None:
    found = stage.planned(office)
    with transaction.unit(reads=True):
        told = {one.code: one for one in limits.checks(found, people(found.cohort_id), stage.held(found))}
    assert told["class-min"].clause == "系统默认 · 雅安市 2020 年专项职业能力培训（YA-2020）"
    assert told["plan-hours"].clause == "示例批次〔2020〕1号"


def test_teachers_are_enough_for_the_trainees(app: Flask, office: Office) -> None:
    found = stage.planned(office, stage.made_up(26), teachers=("高兴云",))
    assert failing(found) == {"teacher-ratio"}


def test_who_reviews_is_another_person_each_time(app: Flask, office: Office) -> None:
    found = stage.submitted(office)
    assert refused_move(office, found, "accept", "first_review", stage.ACCEPTED_ON).code == "move-role"
    assert refused_move(office, found, "return", "acceptance", stage.ACCEPTED_ON).code == "move-note"
    with clock.at(stage.ACCEPTED_ON), transaction.unit():
        actions.move(found, "return", by=office.actor("acceptance"), note="缺教师资质")
    with clock.at(stage.ACCEPTED_ON), transaction.unit():
        actions.move(found, "submit", by=office.actor("institution"))
    with transaction.unit(reads=True):
        assert found.cohort.state is CohortState.SUBMITTED
        assert [step.move for step in found.cohort.steps] == ["submit", "return", "submit"]


def test_what_is_unknown_is_agreed_to_only_with_a_reason(app: Flask, office: Office) -> None:
    found = stage.submitted(office)
    with clock.at(stage.ACCEPTED_ON), transaction.unit():
        actions.move(found, "accept", by=office.actor("acceptance"))
    assert refused_move(office, found, "approve", "first_review", stage.APPROVED_ON).code == "unknown-needs-note"


def test_somebody_in_another_running_training_bars_the_class(app: Flask, office: Office) -> None:
    stage.approved(office, stage.made_up(20))
    other = stage.planned(office, stage.made_up(20), title="第二期")
    refusal = refused_move(office, other, "submit", "institution", stage.APPLIED_ON)
    assert refusal.code == "opening-refused"


def test_completion_waits_for_marks_and_sessions(app: Flask, office: Office) -> None:
    found = stage.approved(office)
    early = refused_move(office, found, "complete", "acceptance", date(2020, 5, 20))
    assert early.code == "sessions-ahead"
    assert refused_move(office, found, "complete", "acceptance", stage.COMPLETED_ON).code == "scores-missing"


def test_only_who_passed_is_certified(app: Flask, office: Office) -> None:
    found = stage.scored(office, stage.approved(office), failing=(2, 5))
    with clock.at(stage.COMPLETED_ON), transaction.unit():
        actions.move(found, "complete", by=office.actor("acceptance"))
    with transaction.unit(reads=True):
        assert len(list(db.session.scalars(select(Certificate)))) == 23


def test_an_item_that_changes_before_approval_is_noticed(app: Flask, office: Office) -> None:
    found = stage.submitted(office)
    with transaction.unit():
        found.cohort.starts_on = date(2020, 9, 1)
        found.cohort.ends_on = date(2020, 9, 20)
    assert "item-not-valid" in failing(found)
