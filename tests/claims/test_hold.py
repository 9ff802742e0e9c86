"""Holding one person back, and letting them go on."""

from __future__ import annotations

import pytest

from tests.claims import small
from tests.factories import Office, person
from trainingadmin.claims import actions, queries
from trainingadmin.claims.states import LineState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

L = LineState


@pytest.mark.parametrize(
    ("until", "login"), [("accept", "first_review"), ("check", "second_review"), ("review", "approval")]
)
def test_the_officer_whose_stage_it_is_holds_and_releases_with_a_reason(office: Office, until: str, login: str) -> None:
    claim = small.walked(office, small.cohort_of(office), until=until)
    line, by = claim.lines[1], office.actor(login)
    with transaction.unit():
        actions.hold(line, by=by, note="参保单位待核实")
    assert (line.state, line.frozen_reason) == (L.HELD, "参保单位待核实")
    with transaction.unit():
        actions.release(line, by=by, note="已核实劳动关系")
    assert (line.state, line.frozen_reason) == (L.OPEN, "")
    assert [step.move for step in queries.steps(claim.id)][-2:] == ["hold", "release"]
    assert journal.of(f"claims:{claim.id}")[-2].verb == "line-hold"


def test_the_acceptance_desk_holds_too(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    with transaction.unit():
        actions.hold(claim.lines[0], by=office.actor("acceptance"), note="身份待核实")
    assert small.act(office, claim, "accept", "acceptance").lines[0].state is L.HELD


@pytest.mark.parametrize("login", ["second_review", "approval", "enterprise", "checker"])
def test_others_may_not_hold(office: Office, login: str) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    with pytest.raises(Refusal, match="move-role"):
        actions.hold(claim.lines[0], by=office.actor(login), note="理由")


def test_holding_is_an_act_under_the_duty(office: Office) -> None:
    with transaction.unit():
        human = person(951, "多岗").id
        office.add("first_and_second", [Role.FIRST_REVIEW, Role.SECOND_REVIEW], office_code="511824", person_id=human)
    claim = small.walked(office, small.cohort_of(office), until="accept")
    with transaction.unit():
        actions.hold(claim.lines[0], by=office.actor("first_and_second"), note="理由")
    small.act(office, claim, "check", "first_review")
    with pytest.raises(Refusal, match="move-same-person"):
        actions.release(claim.lines[0], by=office.actor("first_and_second"), note="理由")
    with pytest.raises(Refusal, match="move-same-person"):
        actions.move(claim, "review", by=office.actor("first_and_second"))


@pytest.mark.parametrize("act", [actions.hold, actions.release])
def test_a_reason_is_asked_for(office: Office, act: object) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    by = office.actor("first_review")
    if act is actions.release:
        with transaction.unit():
            actions.hold(claim.lines[0], by=by, note="理由")
    with pytest.raises(Refusal, match="move-note"):
        act(claim.lines[0], by=by, note=" ")  # type: ignore[operator]


def test_a_line_is_not_held_twice(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    with transaction.unit():
        actions.hold(claim.lines[0], by=office.actor("first_review"), note="理由")
    with pytest.raises(Refusal, match="move-state"):
        actions.hold(claim.lines[0], by=office.actor("first_review"), note="理由")


def test_nothing_is_held_in_a_draft(office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office))
    with pytest.raises(Refusal, match="line-stage"):
        actions.hold(claim.lines[0], by=office.actor("acceptance"), note="理由")


def test_after_the_approval_nothing_more_is_held(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="approve")
    with pytest.raises(Refusal, match="line-stage"):
        actions.hold(claim.lines[0], by=office.actor("approval"), note="理由")


def test_a_relative_is_not_held_by_the_officer_either(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    with transaction.unit():
        index = person(1).id_number_index
        db.session.add(
            Relative(account_id=office.actor("first_review").id, id_number_index=index, declared_at=clock.now())
        )
    with pytest.raises(Refusal, match="relative"):
        actions.hold(claim.lines[2], by=office.actor("first_review"), note="理由")
