"""Changes while the training runs: asked for, decided, carried out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.cohorts import rosters, stage
from tests.cohorts.refused import refused
from tests.factories import Office
from trainingadmin.cohorts import actions, evidence, queries
from trainingadmin.cohorts.actions import ChangeRequest
from trainingadmin.cohorts.models import Change, Cohort
from trainingadmin.cohorts.states import ChangeKind, ChangeState, EnrolmentState
from trainingadmin.plumbing import clock, transaction

ON = date(2021, 1, 15)


@pytest.fixture
def cohort(office: Office) -> Cohort:
    return stage.approved_cohort(office, roster=rosters.made_up(3))


def ask(office: Office, cohort: Cohort, kind: ChangeKind, at: int | None = 0, **changes: Any) -> Change:
    enrolment_id = None if at is None else queries.people(cohort.id)[at].id
    asked = ChangeRequest(kind, changes.pop("effective_on", ON), "个人原因", enrolment_id=enrolment_id, **changes)
    with clock.at(ON), transaction.unit():
        return actions.request_change(cohort, asked, by=office.actor("enterprise"))


def decide(office: Office, cohort: Cohort, change: Change, name: str = "approve", note: str = "") -> None:
    with clock.at(ON), transaction.unit():
        actions.decide_change(cohort, change, name, by=office.actor("first_review"), note=note)


def test_an_apprentice_leaves_when_the_bureau_agrees(office: Office, cohort: Cohort) -> None:
    change = ask(office, cohort, ChangeKind.LEAVE)
    assert queries.people(cohort.id)[0].state is EnrolmentState.ACTIVE
    decide(office, cohort, change)
    left = queries.people(cohort.id)[0]
    assert (left.state, left.left_on, change.state) == (EnrolmentState.LEFT, ON, ChangeState.APPROVED)


def test_an_extension_adds_months_to_the_period(office: Office, cohort: Cohort) -> None:
    decide(office, cohort, ask(office, cohort, ChangeKind.EXTENSION, at=1, months=4))
    people = queries.people(cohort.id)
    assert [one.extended_months for one in people] == [0, 4, 0]
    assert evidence.last_day(people[1]) == date(2022, 8, 31)


def test_an_extension_may_be_for_everybody_still_there(office: Office, cohort: Cohort) -> None:
    decide(office, cohort, ask(office, cohort, ChangeKind.LEAVE))
    decide(office, cohort, ask(office, cohort, ChangeKind.EXTENSION, at=None, months=2))
    assert [one.extended_months for one in queries.people(cohort.id)] == [0, 2, 2]


def test_another_mentor_takes_over(office: Office, cohort: Cohort) -> None:
    decide(office, cohort, ask(office, cohort, ChangeKind.MENTOR, at=2, mentor=" 新导师 "))
    assert queries.people(cohort.id)[2].mentor == "新导师"


def test_a_refused_change_changes_nothing(office: Office, cohort: Cohort) -> None:
    change = ask(office, cohort, ChangeKind.LEAVE)
    with refused("move-note", on=ON, field="note"):
        actions.decide_change(cohort, change, "refuse", by=office.actor("first_review"))
    decide(office, cohort, change, "refuse", "请补离职证明")
    assert (change.state, change.decision_note) == (ChangeState.REFUSED, "请补离职证明")
    assert queries.people(cohort.id)[0].state is EnrolmentState.ACTIVE


def test_a_change_is_decided_once(office: Office, cohort: Cohort) -> None:
    change = ask(office, cohort, ChangeKind.LEAVE)
    decide(office, cohort, change)
    with refused("move-state", on=ON):
        actions.decide_change(cohort, change, "refuse", by=office.actor("first_review"), note="不")


@pytest.mark.parametrize("login", ["acceptance", "enterprise"])
def test_only_first_review_decides(office: Office, cohort: Cohort, login: str) -> None:
    change = ask(office, cohort, ChangeKind.LEAVE)
    with refused("move-role", on=ON):
        actions.decide_change(cohort, change, "approve", by=office.actor(login))


def test_a_second_leave_of_the_same_person_cannot_be_carried_out(office: Office, cohort: Cohort) -> None:
    first, second = ask(office, cohort, ChangeKind.LEAVE), ask(office, cohort, ChangeKind.LEAVE)
    decide(office, cohort, first)
    with refused("not-active", on=ON):
        actions.decide_change(cohort, second, "approve", by=office.actor("first_review"))


@pytest.mark.parametrize(
    ("code", "kind", "at", "changes"),
    [
        ("person-missing", ChangeKind.LEAVE, None, {}),
        ("effective-outside", ChangeKind.LEAVE, 0, {"effective_on": date(2020, 4, 30)}),
        ("effective-outside", ChangeKind.LEAVE, 0, {"effective_on": date(2022, 5, 1)}),
        ("months-missing", ChangeKind.EXTENSION, 0, {}),
        ("duration-max", ChangeKind.EXTENSION, 0, {"months": 13}),
        ("mentor-name", ChangeKind.MENTOR, 0, {"mentor": ""}),
    ],
)
def test_a_request_is_refused_for_what_it_lacks(
    office: Office, cohort: Cohort, code: str, kind: ChangeKind, at: int | None, changes: dict[str, Any]
) -> None:
    enrolment_id = None if at is None else queries.people(cohort.id)[at].id
    asked = ChangeRequest(kind, changes.pop("effective_on", ON), "原因", enrolment_id=enrolment_id, **changes)
    with refused(code, on=ON):
        actions.request_change(cohort, asked, by=office.actor("enterprise"))


def test_a_request_needs_a_reason_and_somebody_of_the_roster(office: Office, cohort: Cohort) -> None:
    by = office.actor("enterprise")
    with refused("reason-missing", on=ON, field="reason"):
        actions.request_change(cohort, ChangeRequest(ChangeKind.MENTOR, ON, " ", mentor="新导师"), by=by)
    with refused("person-missing", on=ON):
        actions.request_change(cohort, ChangeRequest(ChangeKind.LEAVE, ON, "离职", enrolment_id=99999), by=by)


def test_changes_wait_for_approval_and_belong_to_the_enterprise(office: Office, cohort: Cohort) -> None:
    asked = ChangeRequest(ChangeKind.MENTOR, ON, "调岗", mentor="新导师")
    with refused("not-the-enterprise", on=ON):
        actions.request_change(cohort, asked, by=office.actor("institution"))
    draft = stage.enrolled_cohort(office, title="二班", roster=rosters.made_up(1, first=6000))
    with refused("not-in-training", on=ON):
        actions.request_change(draft, asked, by=office.actor("enterprise"))
