"""Releasing and cancelling a batch: another human, and exactly the rows that were seen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.factories import Office
from tests.payments import stage
from tests.payments.stage import YUAN
from trainingadmin.claims.states import LineState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch
from trainingadmin.payments.states import BatchState, DueState, PaymentState
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def batch(office: Office) -> Batch:
    stage.approved_cohort(office)
    stage.plan()
    return stage.composed(office)


def refused(office: Office, batch: Batch, *, login: str = "checker", **changes: Any) -> str:
    seen = {"count": batch.count, "total": batch.total, "digest": batch.digest, **changes}
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.release(batch, **seen, by=office.actor(login))
    return refusal.value.code


def cancel_refused(office: Office, batch: Batch, note: str, *, login: str = "preparer") -> str:
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.cancel(batch, note, by=office.actor(login))
    return refusal.value.code


def test_a_checker_releases_what_a_preparer_composed(office: Office, batch: Batch) -> None:
    stage.release(office, batch)
    assert (batch.state, batch.released_name) == (BatchState.RELEASED, "checker")
    assert batch.released_human != batch.composed_human
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
        actions.note_export(batch, "xlsx", by=office.actor("preparer"))
    assert refusal.value.code == "not-released"
