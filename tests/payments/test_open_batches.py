"""While a batch is open, what is done to its claims is refused with who, when and which, or waits until the batch is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import Office
from tests.payments import stage
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import LineState
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch
from trainingadmin.payments.states import DueKind, DueState
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def claim(office: Office) -> Claim:
    """Two of three people in a batch; the third is objected to."""
    claim = stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0), undecided={3})
    stage.plan()
    return claim


def refused(work: Callable[..., Any], *given: Any, **how: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal, clock.at(stage.PAYABLE_ON), transaction.unit():
        work(*given, **how)
    return refusal.value


def line(claim: Claim) -> ClaimLine:
    return stage.lines(claim)[0]


ACTS: dict[str, Callable[[Office, Claim], Refusal]] = {
    "hold": lambda office, claim: refused(claims.hold, line(claim), by=office.actor("approval"), note="等等"),
    "release": lambda office, claim: refused(claims.release, line(claim), by=office.actor("approval"), note="好了"),
    "refuse": lambda office, claim: refused(claims.refuse_line, line(claim), by=office.actor("approval"), note="不符"),
    "withdraw": lambda office, claim: refused(
        claims.move, claim, "withdraw", by=office.actor("enterprise"), note="不要了"
    ),
    "refuse claim": lambda office, claim: refused(
        claims.move, claim, "refuse", by=office.actor("approval"), note="不符"
    ),
}


@pytest.mark.parametrize("released", [False, True])
@pytest.mark.parametrize("act", ACTS)
def test_officers_and_applicants_are_told_who_when_and_which(
    office: Office, claim: Claim, act: str, released: bool
) -> None:
    batch = stage.composed(office)
    if released:
        stage.release(office, batch)
    refusal = ACTS[act](office, claim)
    assert refusal.code == "claim-in-batch"
    assert refusal.values == {"who": batch.composed_name, "when": "2022-07-12 09:00", "batch": batch.number}
    stage.proved()


def test_who_is_in_no_batch_can_still_be_decided(office: Office, claim: Claim) -> None:
    stage.composed(office)
    assert claims.refusal_to_touch(line(claim), office.actor("approval"), released=True) is not None
    other = claims.refusal_to_touch(stage.lines(claim)[2], office.actor("approval"), released=True)
    assert other is None or other.code != "claim-in-batch"


def test_after_the_batch_was_cancelled_nothing_holds_it(office: Office, claim: Claim) -> None:
    batch = stage.composed(office)
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.cancel(batch, "选错了", by=office.actor("preparer"))
    assert line(claim).state is LineState.CLEARED
    assert ACTS["refuse claim"](office, claim).code == "move-state"


def test_dues_in_a_batch_are_not_taken_again_nor_set_off(office: Office, claim: Claim) -> None:
    batch = stage.composed(office)
    (one, *_) = stage.dues(state=DueState.IN_BATCH)
    refusal = refused(actions.compose, stage.account([one]), [one.id], by=office.actor("preparer"))
    assert refusal.code == "due-not-open"
    assert batch.count == 2


def test_an_advance_in_a_batch_is_not_dropped(office: Office) -> None:
    stage.approved_cohort(office)
    stage.plan()
    batch = stage.composed(office)
    refusal = refused(actions.cancel_due, stage.dues()[0], "不付了", by=office.actor("preparer"))
    assert (refusal.code, refusal.values["batch"]) == ("claim-in-batch", batch.number)


def test_who_leaves_meanwhile_is_dropped_once_the_batch_is_cancelled(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    stage.plan()
    batch = stage.composed(office)
    with transaction.unit():
        stage.enrolments(cohort)[0].state = EnrolmentState.LEFT
    stage.plan()
    assert {due.state for due in stage.dues()} == {DueState.IN_BATCH}, "it waits for the batch"
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.cancel(batch, "有人离开", by=office.actor("preparer"))
    stage.plan()
    assert [due.state for due in stage.dues()] == [DueState.CANCELLED, DueState.OPEN, DueState.OPEN]
    assert stage.enrolments(cohort)[0].advance_paid == ZERO
    stage.proved()


def test_who_leaves_meanwhile_and_is_paid_is_asked_back_by_the_claim(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    stage.plan(stage.APPROVED_ON)
    batch = stage.released(office)
    with transaction.unit():
        stage.enrolments(cohort)[0].state = EnrolmentState.LEFT
    stage.answer(office, batch)
    stage.cleared_claim(office, cohort, uncertified={1})
    stage.plan()
    offsets = [due.offset for due in stage.dues(DueKind.BALANCE)]
    assert sum(one.fen for one in offsets) == stage.YUAN(4000).fen
    stage.proved()


def test_a_new_account_stops_the_release_and_never_changes_what_is_at_the_bank(office: Office, claim: Claim) -> None:
    batch = stage.composed(office)
    stage.check(office, batch)
    firm = office.enterprise
    before = firm.payee_account

    def change() -> None:
        with transaction.unit():
            people.set_payee(firm, firm.name, "6222020000000000026", "新银行", by=office.actor("enterprise"))

    change()
    refusal = refused(actions.release, batch, stage.seen(batch), by=office.actor("checker"))
    assert refusal.code == "account-changed"
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.cancel(batch, "账户变更", by=office.actor("preparer"))
    again = stage.released(office)
    assert {payment.payee_account for payment in stage.payments(again)} == {"6222020000000000026"} != {before}


def test_what_is_planned_meanwhile_leaves_the_batch_as_it_was(office: Office, claim: Claim) -> None:
    batch = stage.composed(office)
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        claims.recheck(claim, by=office.actor("first_review"))
    stage.plan()
    stage.release(office, batch)
    assert db.session.get_one(Batch, batch.id).count == 2
    stage.proved()
