"""Nobody appears twice among entry, acceptance, reviews, approval, preparer and checker of one claim (five hundred walks, a third of them on PostgreSQL)."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.claims import small
from tests.conftest import DATABASE
from tests.factories import Office
from tests.payments import stage as money
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim, ClaimLine, ClaimStep
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel import lifecycle
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import FINANCE, REVIEWERS, Actor, Role
from trainingadmin.notices import actions as notices
from trainingadmin.payments import actions as payments
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.queries import acted
from trainingadmin.payments.states import BatchState, DueState
from trainingadmin.people import actions as people
from trainingadmin.people.actions import Handing
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db

SEEDS, WALKS, STEPS = range(10 if DATABASE == "sqlite" else 3), 50, 30  # who may act is judged without the database
STAFF = ("acceptance", "first_review", "second_review", "approval", "preparer", "checker")
ROLES = (*REVIEWERS, *FINANCE)
FORWARD = {
    ClaimState.SUBMITTED: ("accept", "accept", "accept", "return"),
    ClaimState.RETURNED: ("submit",),
    ClaimState.ACCEPTED: ("check", "check", "check", "return_checked"),
    ClaimState.CHECKED: ("review",),
    ClaimState.REVIEWED: ("approve",),
}
Deed = Callable[[], object]


class Walk:
    """One claim through the hands of people whose roles change, who stand in for each other and who try everything."""

    def __init__(self, office: Office, claim: Claim, dice: random.Random) -> None:
        self.office, self.claim, self.dice, self.day = office, claim, dice, small.CLAIMED_ON

    def somebody(self) -> Actor:
        """A member of staff with the roles they hold or were lent, or, after a change, with others."""
        who = self.office.actor(self.dice.choice(STAFF))
        if self.dice.random() < 0.5:
            return who
        return replace(who, roles=frozenset(self.dice.sample(ROLES, self.dice.randint(1, 4))), stands_in=())

    def lend(self) -> None:
        """Hand one of one's roles to somebody, who agrees."""
        giver, taker = self.dice.sample(STAFF, 2)
        held = self.office.actor(giver)
        wanted = Handing(
            self.dice.choice(sorted(held.roles)), self.office.accounts[taker].id, clock.today(), clock.today(), "外出"
        )
        people.agree(people.delegate(wanted, by=held), by=self.office.actor(taker))

    def lines(self, *states: LineState) -> list[ClaimLine]:
        return [line for line in self.claim.lines if line.state in states]

    def deeds(self) -> list[Deed]:
        """What can be tried where the claim is now."""
        by, state, claim = self.somebody(), self.claim.state, self.claim
        tried: list[Deed] = [self.lend]
        if state in FORWARD:
            name = self.dice.choice(FORWARD[state])
            hands = self.office.actor("enterprise") if name == "submit" else by
            tried += [lambda: claims.move(claim, name, by=hands, note="理由")] * 4
            line = self.dice.choice(claim.lines)
            tried += [lambda: claims.hold(line, by=by, note="理由"), lambda: claims.release(line, by=by, note="理由")]
        if self.lines(LineState.APPROVED):
            tried += [lambda: notices.publish(self.lines(LineState.APPROVED), "公示", by=by)] * 2
        held = self.lines(LineState.HELD)
        if held and state not in FORWARD:
            tried += [lambda: claims.release(held[0], by=by, note="理由")]
        if self.lines(LineState.OPEN) and state not in FORWARD:
            tried += [lambda: claims.approve_released(claim, by=by)] * 3
        return tried + self.money(by)

    def money(self, by: Actor) -> list[Deed]:
        """What can be tried with what is owed."""
        if self.dice.random() < 0.6:
            by = self.office.actor(self.dice.choice(("preparer", "checker")))
        mine = select(Due).where(Due.claim_line_id.in_([line.id for line in self.claim.lines]))
        owed = list(db.session.scalars(mine.where(Due.state == DueState.OPEN)))
        tried: list[Deed] = []
        if owed:
            tried += [lambda: payments.compose(money.account(owed), [due.id for due in owed], by=by)] * 4
        batch = db.session.scalars(select(Batch).order_by(Batch.id.desc()).limit(1)).first()
        if batch is not None and batch.state in (BatchState.COMPOSED, BatchState.CHECKED):
            seen = payments.Seen(batch.count, batch.total, batch.digest)
            step = payments.check if batch.state is BatchState.COMPOSED else payments.release
            tried += [lambda: step(batch, seen, by=by)] * 4
        return tried

    def go(self) -> None:
        """Try one thing after the other; what is refused leaves nothing behind, and the days pass."""
        for _ in range(STEPS):
            self.day += timedelta(days=1)
            with clock.at(self.day):
                try:
                    with db.session.begin_nested():
                        self.dice.choice(self.deeds())()
                except Refusal:
                    continue
                finally:
                    self.wait()

    def wait(self) -> None:
        """Let the office's clock do what it does every night."""
        db.session.flush()
        if self.claim.state is ClaimState.IN_NOTICE:
            self.day += timedelta(days=8)
            with clock.at(self.day):
                notices.clear_due()
                payments.plan_dues()


def duties(claim: Claim) -> dict[str, set[str]]:
    """Return under which duties each human acted, as the records of claim and batches tell it."""
    told: dict[str, set[str]] = defaultdict(set)
    for step in db.session.scalars(select(ClaimStep).where(ClaimStep.claim_id == claim.id)):
        if step.role == Role.ENTERPRISE:
            told[step.human].add("entry")
        elif step.role in {role.value for role in REVIEWERS} and step.move not in ("publish", "clear", "conclude"):
            told[step.human].add(step.role)
    of_claim = select(ClaimLine.id).where(ClaimLine.claim_id == claim.id)
    batches = select(Payment.batch_id).join(Due, Due.id == Payment.due_id).where(Due.claim_line_id.in_(of_claim))
    for batch in db.session.scalars(select(Batch).where(Batch.id.in_(batches))):
        told[batch.composed_human].add("preparer")
        for human in filter(None, (batch.checked_human, batch.released_human)):
            told[human].add("checker")
    return told


def walks(office: Office, number: int, seed: int) -> Iterator[tuple[ClaimState, dict[str, set[str]]]]:
    """Walk the same submitted claim many ways, each forgotten before the next."""
    dice = random.Random(seed)
    claim = small.submitted(office, small.cohort_of(office, 2))
    for _ in range(number):
        db.session.rollback()
        Walk(office, claim, dice).go()
        yield claim.state, duties(claim)
    db.session.rollback()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_human_appears_twice_on_a_claim(office: Office, seed: int) -> None:
    reached, seen = Counter[ClaimState](), set[str]()
    for state, told in walks(office, WALKS, seed):
        assert {human: held for human, held in told.items() if len(held) > 1} == {}
        reached[state] += 1
        seen |= {duty for held in told.values() for duty in held}
    assert reached[ClaimState.PAYING] + reached[ClaimState.CLEARED], reached
    assert {"entry", "preparer", *(role.value for role in REVIEWERS)} <= seen


@pytest.mark.parametrize("guard", ["claims", "payments"])
def test_the_walks_would_notice_a_missing_guard(office: Office, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    if guard == "claims":
        honest = lifecycle.Lifecycle._refusal

        def careless(self: Any, *asked: Any) -> Refusal | None:
            found = honest(self, *asked)
            return None if found and found.code == "move-same-person" else found

        monkeypatch.setattr(lifecycle.Lifecycle, "_refusal", careless)
    else:
        monkeypatch.setattr(acted, "elsewhere", lambda *_asked: False)
    assert any(len(held) > 1 for _, told in walks(office, 60, 1) for held in told.values())
