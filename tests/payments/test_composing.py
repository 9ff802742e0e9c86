"""Composing a batch: what is owed becomes rows for the bank, with payee facts as they are now."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.factories import Office
from tests.payments import stage
from tests.payments.stage import YUAN
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments import actions, queries
from trainingadmin.payments.bank import remittance
from trainingadmin.payments.models import Payment
from trainingadmin.payments.states import BatchState, DueKind, DueState
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db


def refused(office: Office, due_ids: list[int], *, login: str = "preparer", **changes: object) -> str:
    terms = {
        "office_code": "511824",
        "scheme": stage.SCHEME,
        "kind": DueKind.ADVANCE,
        "funding_source": stage.FUND,
        "budget_item": stage.BUDGET,
    }
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.compose(actions.Account(**{**terms, **changes}), due_ids, by=office.actor(login))  # type: ignore[arg-type]
    return refusal.value.code


def open_advances(office: Office, people: int = 3) -> list[int]:
    stage.approved_cohort(office, people)
    stage.plan()
    return [due.id for due in stage.dues()]


def test_open_dues_become_one_row_each(office: Office) -> None:
    open_advances(office)
    batch = stage.composed(office)
    assert batch.number == "PAY-511824-2022-0001"
    assert (batch.count, batch.total, batch.state) == (3, YUAN(12_000), BatchState.COMPOSED)
    assert [(row.position, row.name, row.amount) for row in remittance.rows(batch.id)] == [
        (position, "雅安示例机械制造有限公司", YUAN(4000)) for position in (1, 2, 3)
    ]
    assert {due.state for due in stage.dues()} == {DueState.IN_BATCH}
    stage.proved()


def test_claim_lines_go_into_payment_with_their_due(office: Office) -> None:
    claim = stage.cleared_claim(office, stage.approved_cohort(office, advance=0))
    stage.plan()
    stage.composed(office, stage.dues()[:2])
    assert [line.state for line in stage.lines(claim)] == [LineState.PAYING, LineState.PAYING, LineState.CLEARED]
    assert claim.state is ClaimState.PAYING


def test_what_was_offset_is_not_sent_to_the_bank(office: Office) -> None:
    stage.prepaid_claim(office, 3, uncertified={1}, worth=YUAN(9000))
    stage.plan()
    batch = stage.composed(office)
    assert [payment.amount for payment in stage.payments(batch)] == [YUAN(1000), YUAN(5000)]
    stage.proved()


def test_payee_facts_are_copied_and_stay(office: Office) -> None:
    open_advances(office)
    batch = stage.composed(office)
    with transaction.unit():
        firm = db.session.merge(office.enterprise)
        firm.payee_account = "6222020000000000025"
    assert remittance.rows(batch.id)[0].account == "6222020000000000017"
    stage.proved()


def test_account_numbers_are_encrypted_in_the_row(office: Office) -> None:
    open_advances(office)
    stage.composed(office)
    raw = db.session.scalar(select(func.max(Payment.__table__.c.payee_account.cast(db.String))))
    assert raw is not None
    assert "6222020000000000017" not in raw


def test_it_is_noted_without_personal_data(office: Office) -> None:
    open_advances(office)
    batch = stage.composed(office)
    (entry,) = journal.of(f"batches:{batch.id}")
    assert entry.verb == "compose"
    assert entry.detail["total"] == "12000.00"
    assert "6222" not in str(entry.detail)


def test_only_a_preparer_composes(office: Office) -> None:
    assert refused(office, open_advances(office), login="checker") == "move-role"


def test_an_empty_choice_is_refused(office: Office) -> None:
    assert refused(office, []) == "nothing-chosen"


def test_a_due_is_never_in_two_batches(office: Office) -> None:
    ids = open_advances(office)
    stage.composed(office)
    assert refused(office, ids) == "due-not-open"


def test_a_due_that_does_not_exist_is_refused(office: Office) -> None:
    assert refused(office, [999]) == "due-not-open"


def test_money_to_come_back_is_never_paid(office: Office) -> None:
    stage.prepaid_claim(office, 1, uncertified={1})
    stage.plan()
    (back,) = stage.dues(DueKind.RECOVERY)
    assert refused(office, [back.id], kind=DueKind.RECOVERY) == "due-not-open"


def test_advances_and_balances_do_not_share_a_batch(office: Office) -> None:
    advances = open_advances(office)
    stage.cleared_claim(office, stage.approved_cohort(office, advance=0))
    stage.plan()
    assert refused(office, [*advances, stage.dues(DueKind.BALANCE)[0].id]) == "mixed-batch"


def test_another_offices_dues_are_not_mixed_in(office: Office) -> None:
    stage.approved_cohort(office, payee=office.other_enterprise)
    stage.plan()
    assert refused(office, [due.id for due in stage.dues()]) == "mixed-batch"


@pytest.mark.parametrize("source", ["", "  ", "省级/专账"])
def test_a_funding_source_is_needed(office: Office, source: str) -> None:
    assert refused(office, open_advances(office), funding_source=source) == "funding-source-missing"


def test_a_budget_item_is_needed(office: Office) -> None:
    assert refused(office, open_advances(office), budget_item=" ") == "budget-item-missing"


@pytest.mark.parametrize("missing", ["payee_name", "payee_account", "payee_bank"])
def test_a_firm_without_an_account_is_named(office: Office, missing: str) -> None:
    ids = open_advances(office)
    with transaction.unit():
        setattr(db.session.merge(office.enterprise), missing, None if missing == "payee_account" else "")
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.compose(stage.account(stage.dues()), ids, by=office.actor("preparer"))
    assert refusal.value.code == "payee-account-missing"
    assert refusal.value.values["firms"] == "雅安示例机械制造有限公司"


def test_nobody_pays_their_relatives(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    stage.plan()
    with transaction.unit():
        index = stage.enrolments(cohort)[1].person.id_number_index
        db.session.add(
            Relative(account_id=office.accounts["preparer"].id, id_number_index=index, declared_at=clock.now())
        )
    assert refused(office, [due.id for due in stage.dues()]) == "relative"


def test_a_group_that_changed_since_it_was_seen_is_not_found(office: Office) -> None:
    open_advances(office)
    by = office.actor("preparer")
    (group,) = queries.dues.payables(by)
    assert (group.people, group.payable, group.ready) == (3, YUAN(12_000), True)
    assert len(queries.dues.open_dues([group.key], by) or []) == 3
    stage.composed(office, stage.dues()[:1])
    assert queries.dues.open_dues([group.key], by) is None
