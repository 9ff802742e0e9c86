"""Reads of stray lines, and of the payments that each may be about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Batch, Due, Payment, StrayLine
from trainingadmin.payments.queries import Hand
from trainingadmin.payments.states import BatchState, PaymentState, StrayState
from trainingadmin.people.models import Person
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing.database import db, one_or_404
from trainingadmin.plumbing.secrets import blind_index

UNSETTLED = (StrayState.OPEN, StrayState.PROPOSED)


def hands(stray: StrayLine) -> list[Hand]:
    """Return who said what a line is about."""
    return [Hand("match", stray.proposed_human)] if stray.proposed_human else []


def index_of(told: Any) -> str:
    """Return what stands for what a line says, without showing it."""
    said = (told.position, told.account, told.name, told.amount.fen, told.paid)
    return blind_index(json.dumps(said, ensure_ascii=False))


def indexes_of(batch_id: int) -> set[str]:
    """Return what stands for the stray lines of a batch that are kept."""
    return set(db.session.scalars(select(StrayLine.line_index).filter_by(batch_id=batch_id)))


def visible(actor: Actor, *, state: str = "") -> Select[*tuple[Any, ...]]:
    """Select the stray lines of the offices one may see, those not settled first."""
    seen = (
        select(
            StrayLine.id,
            StrayLine.row,
            StrayLine.position,
            StrayLine.account,
            StrayLine.name,
            StrayLine.amount,
            StrayLine.paid,
            StrayLine.reason,
            StrayLine.state,
            StrayLine.note,
            StrayLine.proposed_name,
            Batch.number,
        )
        .join(Batch, Batch.id == StrayLine.batch_id)
        .where(office_filter(Batch.office_code, actor))
    )
    if state in set(StrayState):
        seen = seen.where(StrayLine.state == StrayState(state))
    return seen.order_by(StrayLine.state.in_(UNSETTLED).desc(), StrayLine.id.desc())


def one(stray_id: int, *, actor: Actor) -> StrayLine:
    """Return one visible line or answer 404."""
    mine = select(StrayLine).join(Batch, Batch.id == StrayLine.batch_id)
    return one_or_404(mine.where(StrayLine.id == stray_id, office_filter(Batch.office_code, actor)))


def unsettled(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the number of lines that nobody has settled."""
    counted = select(func.count()).select_from(StrayLine).join(Batch, Batch.id == StrayLine.batch_id)
    return counted.where(StrayLine.state.in_(UNSETTLED), office_filter(Batch.office_code, actor))


def batch_of(stray: StrayLine) -> int:
    """Return the batch of the payment a line is matched to, or its own."""
    return db.session.scalar(select(Payment.batch_id).filter_by(id=stray.payment_id)) or stray.batch_id


class Candidate(NamedTuple):
    """A payment that a stray line may be about: it waits for the bank, account and amount are the same."""

    id: int
    number: str
    batch_id: int
    position: int
    due_id: int
    payee: str
    account: str
    person: str
    id_number: str
    amount: Money


def candidates(stray: StrayLine, payment_id: int | None = None) -> Sequence[Candidate]:
    """Return what a line may be about, of its own batch first; or the one payment it was matched to."""
    told: Select[*tuple[Any, ...]] = (
        select(
            Payment.id,
            Batch.number,
            Payment.batch_id,
            Payment.position,
            Payment.due_id,
            Payment.payee_name,
            Payment.payee_account,
            Person.name,
            Person.id_number,
            Payment.amount,
        )
        .join(Batch, Batch.id == Payment.batch_id)
        .join(Due, Due.id == Payment.due_id)
        .join(Person, Person.id == Payment.person_id)
        .where(Batch.office_code == _office(stray))
        .order_by((Payment.batch_id == stray.batch_id).desc(), Payment.batch_id, Payment.position)
    )
    if payment_id is not None:
        told = told.where(Payment.id == payment_id)
    else:
        sent = (Batch.state == BatchState.RELEASED, Payment.state == PaymentState.PENDING)
        told = told.where(*sent, Payment.amount == stray.amount)
    found = (Candidate(*row) for row in db.session.execute(told))
    return [one for one in found if one.account == stray.account]


def fits(stray: StrayLine, payment: Payment) -> bool:
    """Whether a line can be about a payment: of the same office, released, to the same account, of the same amount."""
    batch = db.session.get_one(Batch, payment.batch_id)
    same = (payment.payee_account, payment.amount) == (stray.account, stray.amount)
    return same and batch.state is BatchState.RELEASED and batch.office_code == _office(stray)


def _office(stray: StrayLine) -> str:
    return str(db.session.scalar(select(Batch.office_code).filter_by(id=stray.batch_id)))


def taken(payment_id: int, stray_id: int) -> bool:
    """Whether another line is matched to a payment."""
    other = select(StrayLine.id).where(StrayLine.payment_id == payment_id, StrayLine.id != stray_id)
    return db.session.scalar(other.limit(1)) is not None
