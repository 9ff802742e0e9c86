"""No human acts under two duties of a claim, whatever roles they hold, lose, lend or borrow (two hundred random walks)."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.claims import small
from tests.factories import Office
from trainingadmin.claims import actions
from trainingadmin.claims.models import Claim, ClaimStep
from trainingadmin.claims.states import CLAIM, ClaimState
from trainingadmin.kernel.lifecycle import Lifecycle
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import REVIEWERS, Actor, Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db

WALKS, STEPS, SEED = 200, 20, 20261123
OFFICERS = ("acceptance", "first_review", "second_review", "approval", "preparer")
HUMANS = (*OFFICERS, "enterprise")


def cast(office: Office, dice: random.Random) -> Actor:
    """A human with whatever roles they hold today, perhaps through somebody else's account that was lent to them."""
    who = office.actor(dice.choice(HUMANS))
    if who.has(Role.ENTERPRISE):
        return who
    roles = frozenset(dice.sample(REVIEWERS, dice.randint(1, 4)))
    account = office.actor(dice.choice(OFFICERS)).id if dice.random() < 0.3 else who.id
    return replace(who, id=account, roles=roles)


def walk(office: Office, claim: Claim, dice: random.Random) -> None:
    for _ in range(STEPS):
        by, target = cast(office, dice), dice.choice(claim.lines)
        names = [name for name, move in CLAIM.moves.items() if claim.state in move.sources] or ["approve"]
        weights = [1 if name.startswith("return") else 3 for name in names]  # or few would come to an end
        (name,) = dice.choices(names, weights)
        deeds: list[Callable[[], None]] = [
            lambda by=by, name=name: actions.move(claim, name, by=by, note="理由"),  # type: ignore[misc]
            lambda by=by, name=name: actions.move(claim, name, by=by, note="理由"),  # type: ignore[misc]
            lambda by=by, target=target: actions.hold(target, by=by, note="理由"),  # type: ignore[misc]
            lambda by=by, target=target: actions.release(target, by=by, note="理由"),  # type: ignore[misc]
            lambda by=by: actions.approve_released(claim, by=by),  # type: ignore[misc]
        ]
        try:
            with db.session.begin_nested():
                dice.choice(deeds)()
        except Refusal:
            continue
        if claim.state in CLAIM.final:
            return


def duties(claim: Claim) -> dict[str, set[str]]:
    """Return under which duties each human acted, as the record itself tells it."""
    told: dict[str, set[str]] = defaultdict(set)
    for step in db.session.scalars(select(ClaimStep).where(ClaimStep.claim_id == claim.id)):
        told[step.human].add("entry" if step.role == Role.ENTERPRISE else step.role)
    return told


def walks(office: Office, number: int) -> Iterator[tuple[ClaimState, dict[str, set[str]]]]:
    """Walk the same submitted claim many ways, each forgotten before the next; yield where it got to and who did what."""
    dice = random.Random(SEED)
    claim = small.submitted(office, small.cohort_of(office, 2))
    for _ in range(number):
        db.session.rollback()
        with clock.at(small.CLAIMED_ON):
            walk(office, claim, dice)
        yield claim.state, duties(claim)
    db.session.rollback()


def test_no_human_meets_the_same_claim_under_two_duties(office: Office) -> None:
    reached = set()
    for state, told in walks(office, WALKS):
        assert {human: held for human, held in told.items() if len(held) > 1} == {}
        reached.add(state)
    assert {ClaimState.APPROVED, ClaimState.REFUSED, ClaimState.RETURNED} <= reached, reached


def test_the_walks_would_notice_a_missing_guard(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Lifecycle._refusal

    def careless(self: Any, *asked: Any) -> Refusal | None:
        found = refusal(self, *asked)
        return None if found and found.code == "move-same-person" else found

    monkeypatch.setattr(Lifecycle, "_refusal", careless)
    assert any(len(held) > 1 for _, told in walks(office, 20) for held in told.values())
