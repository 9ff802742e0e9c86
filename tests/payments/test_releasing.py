"""Checking, releasing and cancelling a batch: another human, and exactly the rows that were seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from tests.factories import Office, person
from tests.payments import stage
from tests.payments.stage import YUAN
from trainingadmin.claims.states import LineState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.payments import actions
from trainingadmin.payments.bank import remittance
from trainingadmin.payments.models import Batch
from trainingadmin.payments.states import BatchState, DueState, PaymentState
from trainingadmin.plumbing import journal, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def batch(office: Office) -> Batch:
    stage.approved_cohort(office)
    stage.plan()
    return stage.composed(office)


def refused(office: Office, batch: Batch, *, login: str = "checker", step: str = "check", **changes: Any) -> str:
    seen = replace(stage.seen(batch), **changes)
    act = {"check": actions.check, "release": actions.release}[step]
    with pytest.raises(Refusal) as refusal, transaction.unit():
        act(batch, seen, by=office.actor(login))
    return refusal.value.code


def cancel_refused(office: Office, batch: Batch, note: str, *, login: str = "preparer") -> str:
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.cancel(batch, note, by=office.actor(login))
    return refusal.value.code


def test_a_checker_checks_and_releases_what_a_preparer_composed(office: Office, batch: Batch) -> None:
    stage.check(office, batch)
    assert (batch.state, batch.checked_name, batch.released_name) == (BatchState.CHECKED, "checker", None)
    stage.proved()
    stage.release(office, batch)
    assert (batch.state, batch.released_name) == (BatchState.RELEASED, "checker")
    assert batch.composed_human not in (batch.checked_human, batch.released_human)
    assert [entry.verb for entry in journal.of(f"batches:{batch.id}")] == ["compose", "check", "release"]
    stage.proved()


def test_nothing_is_released_unchecked(office: Office, batch: Batch) -> None:
    assert refused(office, batch, step="release") == "move-state"


def test_one_may_check_and_another_release(office: Office, batch: Batch) -> None:
    with transaction.unit():
        office.add("second_checker", [Role.CHECKER], office_code="511824", person_id=person(950, "复核二员").id)
    stage.check(office, batch, login="second_checker")
    stage.release(office, batch)
    assert (batch.checked_name, batch.released_name) == ("second_checker", "checker")


def test_an_account_changed_after_composing_is_not_released(office: Office, batch: Batch) -> None:
    stage.check(office, batch)
    with transaction.unit():
        office.enterprise.payee_account = "6222020000000000025"
    assert refused(office, batch, step="release") == "account-changed"
    with transaction.unit():
        actions.cancel(batch, "账户有变化", by=office.actor("checker"))
    stage.release(office, stage.composed(office))
    stage.proved()


def test_a_row_changed_between_check_and_release_is_not_released(office: Office, batch: Batch) -> None:
    stage.check(office, batch)
    with transaction.unit():
        db.session.execute(text("UPDATE payments SET amount = amount + 1 WHERE position = 2"))
    db.session.expire_all()
    assert refused(office, batch, step="release") == "batch-changed"


def test_a_checked_batch_can_still_be_cancelled(office: Office, batch: Batch) -> None:
    stage.check(office, batch)
    with transaction.unit():
        actions.cancel(batch, "资金来源选错", by=office.actor("preparer"))
    assert batch.state is BatchState.CANCELLED
    stage.proved()


def test_who_composed_it_cannot_release_it_with_another_account(office: Office, batch: Batch) -> None:
    with transaction.unit():
        human = office.accounts["preparer"].person_id
        office.add("second_account", [Role.CHECKER], office_code="511824", person_id=human)
    assert refused(office, batch, login="second_account") == "move-same-person"


def test_a_preparer_releases_nothing(office: Office, batch: Batch) -> None:
    assert refused(office, batch, login="preparer") == "move-role"


def test_it_is_released_once(office: Office, batch: Batch) -> None:
    stage.release(office, batch)
    assert refused(office, batch) == "move-state"


@pytest.mark.parametrize("seen", [{"count": 2}, {"total": YUAN(1)}, {"digest": "0" * 64}])
def test_rows_other_than_those_seen_are_not_released(office: Office, batch: Batch, seen: dict[str, Any]) -> None:
    assert refused(office, batch, **seen) == "batch-changed"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments SET payee_name = '别的公司' WHERE position = 2",
        "UPDATE payments SET amount = amount + 1 WHERE position = 2",
        "UPDATE payments SET payee_bank = '别的银行' WHERE position = 2",
        "UPDATE payments SET purpose = '工资' WHERE position = 2",
        "UPDATE payments SET position = 9 WHERE position = 2",
    ],
)
def test_a_row_changed_behind_the_programs_back_is_not_released(office: Office, batch: Batch, change: str) -> None:
    with transaction.unit():
        db.session.execute(text(change))
    db.session.expire_all()
    assert refused(office, batch) == "batch-changed"


def test_a_swapped_account_number_is_not_released(office: Office, batch: Batch) -> None:
    with transaction.unit():
        stage.payments(batch)[1].payee_account = "6222020000000000025"
    assert refused(office, batch) == "batch-changed"


def test_a_cancelled_batch_gives_its_dues_back(office: Office) -> None:
    claim = stage.cleared_claim(office, stage.approved_cohort(office, advance=0))
    stage.plan()
    batch = stage.composed(office)
    with transaction.unit():
        actions.cancel(batch, "资金来源选错", by=office.actor("preparer"))
    assert batch.state is BatchState.CANCELLED
    assert {due.state for due in stage.dues()} == {DueState.OPEN}
    assert {payment.state for payment in stage.payments(batch)} == {PaymentState.CANCELLED}
    assert {line.state for line in stage.lines(claim)} == {LineState.CLEARED}
    stage.proved()
    assert stage.composed(office).number == "PAY-511824-2022-0002"
    stage.proved()


def test_cancelling_needs_a_reason(office: Office, batch: Batch) -> None:
    assert cancel_refused(office, batch, " ") == "move-note"


def test_a_released_batch_is_not_cancelled(office: Office, batch: Batch) -> None:
    stage.release(office, batch)
    assert cancel_refused(office, batch, "反悔") == "move-state"


def test_the_bank_file_is_not_for_taking_before_the_release(office: Office, batch: Batch) -> None:
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.note_export(batch, remittance.files_of(batch.id)[0], "xlsx", by=office.actor("preparer"))
    assert refusal.value.code == "not-released"
