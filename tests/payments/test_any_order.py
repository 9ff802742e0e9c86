"""In whatever order people plan, compose, release, answer, issue again and cancel: the books hold after every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from tests.factories import Office
from tests.payments import stage
from tests.payments.stage import YUAN
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.ledger import verification
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.states import BatchState, DueKind, DueState, PaymentState
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

bits = st.integers(0, 2**12 - 1)
T = TypeVar("T")


def chosen(mask: int, at: int) -> bool:
    return bool(mask >> (at % 12) & 1)


@contextmanager
def unless(code: str) -> Iterator[None]:
    """Let a walk go on after this refusal, and after no other."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code != code:
            raise


class Finance(RuleBasedStateMachine):
    """Finance of one office and its enterprise; each run looks at its own filings alone."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.filings: list[int] = []
        self.claimed: set[int] = set()

    # What there is ----------------------------------------------------------------------------------------------------

    def _cohorts(self) -> list[Cohort]:
        return [db.session.get_one(Cohort, id_) for id_ in self.filings if id_ not in self.claimed]

    def _ready(self) -> list[Cohort]:
        return [one for one in self._cohorts() if all(e.advance_paid is not None for e in stage.enrolments(one))]

    def _dues(self, *states: DueState, kind: DueKind | None = None) -> list[Due]:
        return [due for due in stage.dues(kind) if due.cohort_id in self.filings and due.state in states]

    def _batches(self, *states: BatchState) -> list[Batch]:
        mine = select(Batch).join(Payment).join(Due).where(Due.cohort_id.in_(self.filings), Batch.state.in_(states))
        return list(db.session.scalars(mine.distinct().order_by(Batch.id)))

    # What people do ---------------------------------------------------------------------------------------------------

    @initialize(people=st.integers(2, 4), failed=st.sampled_from([0, 0, 2]))
    def begin(self, people: int, failed: int) -> None:
        self.file(people, 4000)
        stage.plan()
        self.compose(2**12 - 1, failed, "answered")
        self.file(people, 0)
        self.file(people, 4000)
        stage.plan()

    @rule(people=st.integers(1, 3), advance=st.sampled_from([0, 4000]))
    def file(self, people: int, advance: int) -> None:
        self.filings.append(stage.approved_cohort(self.office, people, advance=advance).id)

    @rule()
    def plan(self) -> None:
        stage.plan()

    @precondition(lambda self: self._cohorts())
    @rule(which=bits, who=bits)
    def leave(self, which: int, who: int) -> None:
        with transaction.unit():
            people = stage.enrolments(picked(self._cohorts(), which))
            people[who % len(people)].state = EnrolmentState.LEFT

    @precondition(lambda self: self._ready())
    @rule(which=bits, worth=st.sampled_from([3000, 4000, 8000]), uncertified=bits | st.just(2**12 - 1))
    def claim(self, which: int, worth: int, uncertified: int) -> None:
        cohort = picked(self._ready(), which)
        self.claimed.add(cohort.id)
        failed = {e.position for e in stage.enrolments(cohort) if chosen(uncertified, e.position)}
        stage.cleared_claim(self.office, cohort, uncertified=failed, worth=YUAN(worth))
        stage.plan()

    @precondition(lambda self: any(due.kind is not DueKind.RECOVERY for due in self._dues(DueState.OPEN)))
    @rule(mask=bits, failed=bits, how_far=st.sampled_from(["composed", "cancelled", "released", "answered"]))
    def compose(self, mask: int, failed: int, how_far: str) -> None:
        waiting = [due for due in self._dues(DueState.OPEN) if due.kind is not DueKind.RECOVERY]
        kind = picked(waiting, mask).kind
        same = [due for due in waiting if due.kind is kind]
        batch = stage.composed(self.office, [due for due in same if chosen(mask, due.id)] or same)
        if how_far == "cancelled":
            self._cancel(batch)
        elif how_far != "composed":
            stage.release(self.office, batch)
        if how_far == "answered":
            self._answer(batch, failed)

    def _answer(self, batch: Batch, failed: int, only: set[int] | None = None) -> None:
        reasons = {
            payment.position: "账户已销户" for payment in stage.payments(batch) if chosen(failed, payment.position)
        }
        with unless("answer-differs"):  # it contradicts an earlier part
            stage.answer(self.office, batch, stage.bank_answer(batch, reasons, only=only))

    @precondition(lambda self: self._batches(BatchState.COMPOSED, BatchState.CHECKED))
    @rule(which=bits)
    def release(self, which: int) -> None:
        with unless("account-changed"):
            stage.release(self.office, picked(self._batches(BatchState.COMPOSED, BatchState.CHECKED), which))

    @precondition(lambda self: self._batches(BatchState.COMPOSED))
    @rule(which=bits)
    def cancel(self, which: int) -> None:
        self._cancel(picked(self._batches(BatchState.COMPOSED), which))

    def _cancel(self, batch: Batch) -> None:
        with transaction.unit():
            actions.cancel(batch, "改期", by=self.office.actor("checker"))

    @precondition(lambda self: self._batches(BatchState.RELEASED))
    @rule(which=bits, failed=bits, spoken=bits)
    def answer(self, which: int, failed: int, spoken: int) -> None:
        batch = picked(self._batches(BatchState.RELEASED), which)
        positions = {payment.position for payment in stage.payments(batch)}
        self._answer(batch, failed, {at for at in positions if chosen(spoken, at)} or positions)

    @precondition(lambda self: self._dues(DueState.FAILED))
    @rule(which=bits)
    def issue_again(self, which: int) -> None:
        batch = picked(self._batches(BatchState.RELEASED, BatchState.SETTLED), which)
        with unless("nothing-failed"), unless("account-unreviewed"), clock.at(stage.PAYABLE_ON), transaction.unit():
            actions.compose_again(batch, "账户已更正", by=self.office.actor("preparer"))

    @precondition(lambda self: self._dues(DueState.OPEN, DueState.FAILED, kind=DueKind.ADVANCE))
    @rule(which=bits)
    def drop(self, which: int) -> None:
        waiting = self._dues(DueState.OPEN, DueState.FAILED, kind=DueKind.ADVANCE)
        with transaction.unit():
            actions.cancel_due(picked(waiting, which), "企业放弃", by=self.office.actor("preparer"))

    @rule(digit=st.integers(0, 9))
    def change_account(self, digit: int) -> None:
        with transaction.unit():
            db.session.get_one(Organisation, self.office.enterprise.id).payee_account = f"622202000000000004{digit}"

    @invariant()
    def books_hold(self) -> None:
        db.session.expire_all()
        assert verification.verify().breaches == []


def picked(among: Sequence[T], which: int) -> T:
    return among[which % len(among)]


def test_the_books_hold_in_any_order(office: Office) -> None:
    moderate = settings(
        max_examples=6,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: Finance(office), settings=moderate)  # type: ignore[arg-type]
    seen = set(db.session.scalars(select(Payment.state).distinct()))
    assert seen >= {PaymentState.PAID, PaymentState.FAILED}, "the walks were too short to mean something"
