"""What a desk counts is what the lists it leads to hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests.factories import Office
from tests.payments import stage
from trainingadmin.claims.models import Claim
from trainingadmin.desk import tally
from trainingadmin.desk.tally import What
from trainingadmin.payments.models import Batch
from trainingadmin.payments.states import BatchState, DueState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def batch(office: Office) -> Batch:
    """Three people's subsidies in a batch at the bank."""
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    return stage.released(office)


def test_money_is_counted_and_added_up_by_state_and_month(office: Office, batch: Batch) -> None:
    with clock.at(stage.PAYABLE_ON):
        before = tally.of(office.actor("checker"))
    assert before.number(What.BATCHES, BatchState.RELEASED) == 1
    assert before.number(What.DUES, DueState.IN_BATCH) == batch.count
    assert before.sum(What.DUES, DueState.IN_BATCH) == batch.total
    assert before.number(What.DUES, DueState.SETTLED) == 0
    stage.answer(office, batch)
    with clock.at(stage.PAYABLE_ON):
        after = tally.of(office.actor("checker"))
    assert after.number(What.DUES, DueState.SETTLED) == batch.count
    months = after.paid_by_month()
    assert [month for month, _paid in months] == sorted(month for month, _paid in months)
    assert {month: paid for month, paid in months if paid} == {f"{stage.PAYABLE_ON:%Y-%m}": batch.total}
    assert len(months) == 12


def test_a_payment_of_the_last_night_of_a_month_is_of_that_month(office: Office, batch: Batch) -> None:
    stage.answer(office, batch)
    with transaction.unit():
        for payment, at in zip(stage.payments(batch), _ENDS, strict=True):
            payment.settled_at = at
    with clock.at(date(2022, 12, 1)):
        months = dict(tally.of(office.actor("checker")).paid_by_month())
    assert [months[month].fen > 0 for month in ("2022-08", "2022-09", "2022-10", "2022-11")] == [
        False,
        True,
        True,
        False,
    ]
    assert "2021-12" not in months


_ENDS = (
    datetime(2022, 9, 30, 15, 59, 59, tzinfo=UTC),  # the last second of September on our clock
    datetime(2022, 9, 30, 16, tzinfo=UTC),
    datetime(2021, 12, 31, 15, 59, 59, tzinfo=UTC),
)


def test_nothing_of_another_office_is_counted(office: Office, batch: Batch) -> None:
    told = tally.of(office.actor("other_office"))
    assert not any(number for (what, _state), (number, _sum) in told.found.items() if what != What.YEARS)


def test_claims_are_counted_by_state(office: Office, batch: Batch) -> None:
    (state,) = (claim.state for claim in db.session.scalars(select(Claim)))
    for login in ("enterprise", "first_review", "approval"):
        assert tally.of(office.actor(login)).number(What.CLAIMS, state) == 1
    assert tally.of(office.actor("checker")).number(What.CLAIMS, state) == 0, "of no use to who pays"
