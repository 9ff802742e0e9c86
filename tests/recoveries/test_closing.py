"""What closes an order: repayments against slips, set-offs and waivers, each by two people, each booked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import Office
from tests.payments import stage as payments
from tests.recoveries import stage
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.ledger.queries import balances
from trainingadmin.payments import entries
from trainingadmin.payments.models import Batch, Transfer
from trainingadmin.payments.states import DueKind, DueState, TransferCode
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.recoveries import actions
from trainingadmin.recoveries.models import RecoveryOrder
from trainingadmin.recoveries.states import ActState, OrderState

YUAN = stage.YUAN


@pytest.fixture
def order(office: Office) -> RecoveryOrder:
    """24 000 yuan that have to come back."""
    return stage.issued(office, stage.shortfall(office))


def owed(order: RecoveryOrder) -> int:
    return balances.balance(entries.receivable(str(order.payee_id))).fen // 100


def test_24_000_yuan_come_back_in_two_parts(office: Office, order: RecoveryOrder) -> None:
    first = stage.repay(office, order, 10_000, stage.evidence("A-1"))
    assert owed(order) == 24_000, "nothing is booked before a second person agreed"
    stage.decide(office, first)
    assert (owed(order), stage.now(order).state) == (14_000, OrderState.ISSUED)
    stage.proved()
    stage.decide(office, stage.repay(office, order, 14_000, stage.evidence("A-2")))
    assert (owed(order), stage.now(order).state) == (0, OrderState.SETTLED)
    assert {due.state for due in payments.dues(DueKind.RECOVERY)} == {DueState.SETTLED}
    stage.proved()


def test_the_money_goes_back_to_its_source(office: Office, order: RecoveryOrder) -> None:
    account = entries.bank(payments.FUND, order.office_code)
    before = balances.balance(account)
    stage.decide(office, stage.repay(office, order, 24_000))
    assert balances.balance(account) - before == YUAN(24_000)
    parts = db.session.scalars(select(Transfer).filter_by(code=TransferCode.RECOVER)).all()
    assert [part.amount for part in parts] == [YUAN(4000)] * 6


def test_a_returned_entry_books_nothing_and_can_be_entered_again(office: Office, order: RecoveryOrder) -> None:
    act = stage.repay(office, order, 5000)
    stage.decide(office, act, "reject", "金额与回单不符")
    db.session.expire_all()
    assert (act.state, act.note, owed(order)) == (ActState.REJECTED, "金额与回单不符", 24_000)
    stage.decide(office, stage.repay(office, order, 6000))
    assert owed(order) == 18_000
    stage.proved()


def test_a_waiver_is_written_off_by_two_people(office: Office, order: RecoveryOrder) -> None:
    stage.decide(office, stage.waive(office, order, 4000))
    assert balances.balance(entries.written_off(order.scheme, order.office_code)) == YUAN(4000)
    assert (owed(order), stage.now(order).closed) == (20_000, YUAN(4000))
    stage.proved()


def with_balance(office: Office) -> Cohort:
    """Another filing of the same firm, whose balance of 8 000 yuan each waits for a batch."""
    cohort = payments.approved_cohort(office, 2, advance=0)
    payments.cleared_claim(office, cohort)
    payments.plan()
    return cohort


def test_another_filings_balance_bears_it_once_that_is_decided(office: Office, order: RecoveryOrder) -> None:
    cohort = with_balance(office)
    act = stage.set_off(office, order, 10_000, cohort)
    assert all(not due.offset for due in payments.dues(DueKind.BALANCE, DueState.OPEN))
    stage.decide(office, act)
    first, second = [due for due in payments.dues(DueKind.BALANCE) if due.cohort_id == cohort.id]
    assert (first.state, first.offset) == (DueState.SETTLED, YUAN(8000))
    assert (second.state, second.offset) == (DueState.OPEN, YUAN(2000))
    assert owed(order) == 14_000
    assert balances.balance(entries.clearing(str(order.payee_id))) == ZERO
    stage.proved()
    payments.settled(office)
    stage.proved()


def told_of(refusal: Refusal, batch: Batch) -> bool:
    """Whether a refusal says who put the balances in, when, and into which batch."""
    told = {"who": batch.composed_name, "when": "2022-07-12 09:00", "batch": batch.number}
    return (refusal.code, refusal.values) == ("claim-in-batch", told)


def test_a_balance_that_went_into_a_batch_meanwhile_bears_nothing(office: Office, order: RecoveryOrder) -> None:
    act = stage.set_off(office, order, 10_000, with_balance(office))
    batch = payments.composed(office)
    with pytest.raises(Refusal) as refused:
        stage.decide(office, act)
    assert told_of(refused.value, batch)
    assert owed(order) == 24_000
    stage.proved()


def test_a_balance_in_a_batch_is_not_asked_to_bear(office: Office, order: RecoveryOrder) -> None:
    cohort = with_balance(office)
    batch = payments.composed(office)
    with pytest.raises(Refusal) as refused:
        stage.set_off(office, order, 1000, cohort)
    assert told_of(refused.value, batch)


def test_what_no_batch_holds_bears_as_far_as_it_goes(office: Office, order: RecoveryOrder) -> None:
    cohort = with_balance(office)
    first, second = [due for due in payments.dues(DueKind.BALANCE, DueState.OPEN) if due.cohort_id == cohort.id]
    batch = payments.composed(office, [first])
    with pytest.raises(Refusal) as refused:
        stage.set_off(office, order, 8001, cohort)
    assert told_of(refused.value, batch)
    stage.decide(office, stage.set_off(office, order, 8000, cohort))
    db.session.refresh(second)
    assert (second.state, owed(order)) == (DueState.SETTLED, 16_000)
    stage.proved()


def test_only_a_filing_of_the_same_firm_with_a_balance_bears(office: Office, order: RecoveryOrder) -> None:
    other = payments.approved_cohort(office, 1, advance=0, payee=office.other_enterprise)
    payments.cleared_claim(office, other)
    advances = payments.approved_cohort(office, 1)
    payments.plan()
    for cohort in (other, advances):
        with pytest.raises(Refusal) as refused:
            stage.set_off(office, order, 1000, cohort)
        assert refused.value.code == "bearer-unfit"


def test_a_set_off_is_no_more_than_what_bears_it(office: Office, order: RecoveryOrder) -> None:
    with pytest.raises(Refusal) as refused:
        stage.set_off(office, order, 16_001, with_balance(office))
    assert (refused.value.code, refused.value.field) == ("bearer-unfit", "amount")


# Refusals ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yuan", "told", "code"),
    [
        (0, {}, "amount-wrong"),
        (24_001, {}, "amount-wrong"),
        (1, {"reference": " "}, "reference-missing"),
        (1, {"on": stage.DRAFTED_ON + timedelta(days=1)}, "received-future"),
        (1, {"data": b""}, "file-missing"),
        (1, {"data": b"%PDF-" + b" " * 5 * 1024 * 1024}, "file-too-big"),
        (1, {"data": b"MZ"}, "file-kind"),
    ],
)
def test_a_repayment_needs_its_evidence(
    office: Office, order: RecoveryOrder, yuan: int, told: dict[str, object], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        stage.repay(office, order, yuan, stage.evidence(**told))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_money_is_recorded_once(office: Office, order: RecoveryOrder) -> None:
    stage.repay(office, order, 5000)
    with pytest.raises(Refusal) as refused:
        stage.repay(office, order, 5000)
    assert refused.value.code == "reference-taken"


def test_what_waits_for_a_second_person_counts_as_spoken_for(office: Office, order: RecoveryOrder) -> None:
    stage.repay(office, order, 20_000)
    with pytest.raises(Refusal) as refused:
        stage.waive(office, order, 4001)
    assert refused.value.code == "amount-wrong"


def test_giving_up_and_setting_off_want_a_reason(office: Office, order: RecoveryOrder) -> None:
    with pytest.raises(Refusal) as refused:
        stage.waive(office, order, 1, " ")
    assert refused.value.code == "reason-missing"
    with pytest.raises(Refusal) as refused:
        stage.set_off(office, order, 1, with_balance(office), " ")
    assert refused.value.code == "reason-missing"


def test_nothing_is_entered_on_a_draft_or_a_settled_order(office: Office) -> None:
    draft = stage.drafted(office, stage.shortfall(office, 3, 0))
    with pytest.raises(Refusal) as refused:
        stage.repay(office, draft, 1)
    assert refused.value.code == "not-issued"
    stage.issue(office, draft)
    stage.decide(office, stage.repay(office, draft, 12_000))
    with pytest.raises(Refusal) as refused:
        stage.repay(office, draft, 1, stage.evidence("later"))
    assert refused.value.code == "not-issued"


def test_only_a_preparer_enters(office: Office, order: RecoveryOrder) -> None:
    with pytest.raises(Refusal) as refused:
        stage.repay(office, order, 1, login="checker")
    assert refused.value.code == "move-role"


@pytest.mark.parametrize("name", ["confirm", "reject"])
def test_whoever_entered_it_does_not_decide_it(office: Office, order: RecoveryOrder, name: str) -> None:
    act = stage.repay(office, order, 1)
    with transaction.unit():
        mine = office.accounts["preparer"].person_id
        office.add("both", [Role.CHECKER], office_code="511824", person_id=mine)
    with pytest.raises(Refusal) as refused:
        stage.decide(office, act, name, "不对", login="both")
    assert refused.value.code == "move-same-person"


def test_finance_confirms_money_and_the_approver_what_is_given_up(office: Office, order: RecoveryOrder) -> None:
    repayment, waiver = stage.repay(office, order, 1), stage.waive(office, order, 1)
    for act, name, login, code in (
        (repayment, "approve", "approval", "move-unfit"),
        (waiver, "confirm", "checker", "move-unfit"),
        (waiver, "approve", "checker", "move-role"),
        (waiver, "reject", "approval", "move-note"),
    ):
        with pytest.raises(Refusal) as refused:
            stage.decide(office, act, name, login=login)
        assert refused.value.code == code


def test_nobody_enters_or_decides_about_a_relative(office: Office, order: RecoveryOrder) -> None:
    act = stage.repay(office, order, 1)
    enrolment = db.session.scalars(select(Enrolment).filter_by(position=30)).one()
    with transaction.unit():
        for login in ("checker", "preparer"):
            account, index = office.accounts[login].id, enrolment.person.id_number_index
            db.session.add(Relative(account_id=account, id_number_index=index, declared_at=clock.now()))
    with pytest.raises(Refusal) as refused:
        stage.decide(office, act)
    assert refused.value.code == "relative"
    with pytest.raises(Refusal) as refused:
        stage.repay(office, order, 1, stage.evidence("B"))
    assert refused.value.code == "relative"


def test_a_decision_is_made_once(office: Office, order: RecoveryOrder) -> None:
    act = stage.repay(office, order, 1)
    stage.decide(office, act)
    with pytest.raises(Refusal) as refused:
        stage.decide(office, act)
    assert refused.value.code == "move-state"
    assert actions.decide is not None
