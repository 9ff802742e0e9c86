"""The staged review: who may move a claim where, and what it leaves behind."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.claims import small, stage
from tests.factories import Office, person
from trainingadmin.claims import actions, queries
from trainingadmin.claims.models import Claim, ClaimStep
from trainingadmin.claims.states import CLAIM, LINE, ClaimState, LineState
from trainingadmin.kernel.lifecycle import Lifecycle
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

S = ClaimState
LOGINS = (
    "enterprise",
    "institution",
    "acceptance",
    "first_review",
    "second_review",
    "approval",
    "preparer",
    "checker",
    "supervisor",
    "policy",
    "admin",
)

# Which login may make which move from which state: the whole table, said again by hand.
MAY = {
    ("submit", S.DRAFT): "enterprise",
    ("submit", S.RETURNED): "enterprise",
    ("withdraw", S.DRAFT): "enterprise",
    ("withdraw", S.SUBMITTED): "enterprise",
    ("withdraw", S.RETURNED): "enterprise",
    ("accept", S.SUBMITTED): "acceptance",
    ("return", S.SUBMITTED): "acceptance",
    ("reject", S.SUBMITTED): "acceptance",
    ("check", S.ACCEPTED): "first_review",
    ("return_checked", S.ACCEPTED): "first_review",
    ("refuse_checked", S.ACCEPTED): "first_review",
    ("review", S.CHECKED): "second_review",
    ("return_reviewed", S.CHECKED): "second_review",
    ("refuse_reviewed", S.CHECKED): "second_review",
    ("approve", S.REVIEWED): "approval",
    ("return_approval", S.REVIEWED): "approval",
    ("refuse", S.REVIEWED): "approval",
}
PEOPLES = [name for name, move in CLAIM.moves.items() if not move.automatic]


def test_a_clean_claim_is_approved_by_four_people(office: Office) -> None:
    claim = stage.approved_claim(office, advance_percent=50)
    assert claim.state is S.APPROVED
    lines = stage.lines_of(claim)
    assert len(lines) == 30
    assert {line.state for line in lines} == {LineState.APPROVED}
    assert (claim.entitlement, claim.advance, claim.balance) == tuple(map(Money.yuan, (240_000, 120_000, 120_000)))
    reviewers = [step.human for step in queries.steps(claim.id) if step.move != "submit"]
    assert len(reviewers) == len(set(reviewers)) == 4
    assert [entry.verb for entry in journal.of(f"claims:{claim.id}")][-1] == "approve"


def test_every_state_move_and_role_does_as_the_table_says(office: Office) -> None:
    for state, name, login in itertools.product(S, PEOPLES, LOGINS):
        outcome = asked(state, name, office.actor(login))
        mine = MAY.get((name, state))
        if state not in CLAIM.moves[name].sources:
            assert outcome == "move-state", (state, name, login)
        elif login == mine or (login == "institution" and mine == "enterprise"):
            assert outcome == "may", (state, name, login)
        else:
            assert outcome == "move-role", (state, name, login)


def asked(state: ClaimState, name: str, actor: Actor) -> str:
    """Ask the lifecycle what an actor who did nothing yet may do."""
    try:
        CLAIM.check(name, state=state, actor=actor, past=(), note="理由")
    except Refusal as refusal:
        return refusal.code
    return "may"


def test_every_move_that_the_table_allows_is_carried_out_and_no_institution_does_the_firms(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office, 1))
    for (name, state), login in MAY.items():
        with clock.at(small.CLAIMED_ON):
            assert attempt(claim, state, name, office, login) == "done", (state, name)
            if login == "enterprise":
                assert attempt(claim, state, name, office, "institution") == "claim-not-yours"


def attempt(claim: Claim, state: ClaimState, name: str, office: Office, login: str) -> str:
    """Try a move as if the claim were in `state`, and forget about it; nobody has moved it but to submit it."""
    db.session.rollback()
    db.session.execute(text("UPDATE claims SET state = :state"), {"state": state.value})
    db.session.expire_all()
    try:
        actions.move(claim, name, by=office.actor(login), note="理由")
    except Refusal as refusal:
        return refusal.code
    finally:
        reached = claim.state if db.session.is_active else None
        db.session.rollback()
    assert reached is CLAIM.moves[name].target
    return "done"


@pytest.mark.parametrize("name", [*[name for name, move in CLAIM.moves.items() if move.automatic], "pay_now"])
def test_moves_of_the_system_cannot_be_posted_by_people(office: Office, name: str) -> None:
    claim = small.walked(office, small.cohort_of(office, 1), until="approve")
    with pytest.raises(Refusal, match="move-unknown"):
        actions.move(claim, name, by=office.actor("approval"))


@pytest.mark.parametrize("name", [name for name in PEOPLES if CLAIM.moves[name].needs_note])
def test_returning_refusing_and_withdrawing_ask_for_the_reason(office: Office, name: str) -> None:
    claim = small.submitted(office, small.cohort_of(office, 1))
    state = next(iter(CLAIM.moves[name].sources))
    with transaction.unit():
        db.session.execute(text("UPDATE claims SET state = :state"), {"state": state.value})
    db.session.expire_all()
    with pytest.raises(Refusal, match="move-note"):
        actions.move(claim, name, by=office.actor(MAY[name, state]), note="  ")


def test_no_one_acts_under_two_duties_though_they_hold_both_roles(office: Office) -> None:
    with transaction.unit():
        both = person(950, "双岗").id
        office.add("both", [Role.ACCEPTANCE, Role.FIRST_REVIEW], office_code="511824", person_id=both)
        office.add("delegate", [Role.SECOND_REVIEW], office_code="511824", person_id=both)
    claim = small.submitted(office, small.cohort_of(office, 1))
    small.act(office, claim, "accept", "both")
    with pytest.raises(Refusal, match="move-same-person"):
        actions.move(claim, "check", by=office.actor("both"))
    small.act(office, claim, "check", "first_review")
    with pytest.raises(Refusal, match="move-same-person"):
        actions.move(claim, "review", by=office.actor("delegate"))


def test_the_same_officer_may_accept_what_they_returned(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office, 1))
    small.act(office, claim, "return", "acceptance", note="缺签到表")
    small.act(office, claim, "submit", "enterprise")
    assert small.act(office, claim, "accept", "acceptance").state is S.ACCEPTED


def test_an_officer_keeps_their_hands_off_a_claim_with_a_declared_relative(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    with transaction.unit():
        index = person(2).id_number_index
        db.session.add(
            Relative(account_id=office.actor("acceptance").id, id_number_index=index, declared_at=clock.now())
        )
    with pytest.raises(Refusal, match="relative"):
        actions.move(claim, "accept", by=office.actor("acceptance"))
    offer = next(offer for offer in actions.offers(claim, office.actor("acceptance")) if offer.move.name == "accept")
    assert not offer.allowed


def test_an_officer_keeps_their_hands_off_a_claim_with_themselves(office: Office) -> None:
    with transaction.unit():
        office.add("learner", [Role.ACCEPTANCE], office_code="511824", person_id=person(1).id)
    claim = small.submitted(office, small.cohort_of(office))
    with pytest.raises(Refusal, match="relative"):
        actions.move(claim, "accept", by=office.actor("learner"))


@pytest.mark.parametrize(
    ("until", "name", "login"),
    [
        ("accept", "refuse_checked", "first_review"),
        ("check", "refuse_reviewed", "second_review"),
        ("review", "refuse", "approval"),
    ],
)
def test_a_refused_claim_refuses_everybody_in_it(office: Office, until: str, name: str, login: str) -> None:
    claim = small.walked(office, small.cohort_of(office, advance=4000), until=until)
    small.act(office, claim, name, login, note="培养协议不成立")
    assert claim.state is S.REFUSED
    assert {line.state for line in claim.lines} == {LineState.REFUSED}
    assert (claim.entitlement, claim.balance) == (Money.yuan(0), Money.yuan(-12000))


def test_a_step_keeps_who_in_which_role_when_and_why(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office, 1))
    small.act(office, claim, "return", "acceptance", on=date(2022, 6, 15), note="请补传签到表")
    step = queries.steps(claim.id)[-1]
    assert (step.name, step.role, step.note, step.target) == ("acceptance", "acceptance", "请补传签到表", "returned")
    assert clock.local(step.at).date() == date(2022, 6, 15)
    assert "签到表" not in str(journal.of(f"claims:{claim.id}")[-1].detail), (
        "reasons may name people: they stay with the step"
    )


def test_two_who_move_the_same_claim_at_once_do_not_both_succeed(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office, 1))
    before = claim.version
    small.act(office, claim, "accept", "acceptance")
    assert claim.version > before
    with pytest.raises(Refusal, match="move-state"):
        actions.move(claim, "accept", by=office.actor("acceptance"))


@pytest.mark.parametrize("lifecycle", [CLAIM, LINE], ids=["claim", "line"])
def test_every_state_is_reached_and_none_is_a_trap(lifecycle: Lifecycle[Any]) -> None:
    moves = lifecycle.moves.values()
    reached = {lifecycle.start} | {move.target for move in moves}
    left = {source for move in moves for source in move.sources}
    assert reached == set(lifecycle.labels)
    assert reached - left == set(lifecycle.final)


def test_every_move_of_the_review_asks_for_fresh_eyes() -> None:
    officers = {Role.ACCEPTANCE, Role.FIRST_REVIEW, Role.SECOND_REVIEW, Role.APPROVAL}
    for move in CLAIM.moves.values():
        if not move.automatic and move.roles & officers:
            assert move.fresh_eyes
            assert len(move.roles) == 1


def test_steps_cannot_be_changed(office: Office) -> None:
    small.submitted(office, small.cohort_of(office, 1))
    with pytest.raises(Exception, match="append-only"), transaction.unit():
        db.session.execute(text("UPDATE claim_steps SET human = 'x'"))
    assert list(db.session.scalars(select(ClaimStep.move))) == ["submit"]
