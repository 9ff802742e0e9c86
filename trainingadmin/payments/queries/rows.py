"""Reads what a batch is made of: its payments and rows, their payees, people and claim lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from trainingadmin.claims.models import ClaimLine
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due, Payment
from trainingadmin.payments.states import DueState, PaymentState
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.queries import relatives_of
from trainingadmin.plumbing.database import db, in_chunks

_CHUNK = 500


class Place(NamedTuple):
    """Whose due it is, and where on the roster."""

    person_id: int
    position: int


def places(due_ids: Iterable[int]) -> dict[int, Place]:
    """Return whose dues these are."""
    found: dict[int, Place] = {}
    for chunk in in_chunks(due_ids, _CHUNK):
        owed = select(Due.id, Enrolment.person_id, Enrolment.position).join(Due.enrolment).where(Due.id.in_(chunk))
        found.update((due_id, Place(person_id, position)) for due_id, person_id, position in db.session.execute(owed))
    return found


def payees(dues: Sequence[Due]) -> list[Organisation]:
    """Return the organisations dues are owed to, as they are now."""
    ids = {due.payee_id for due in dues}
    fresh = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
    return list(db.session.scalars(fresh.execution_options(populate_existing=True)))


def names_relative(due_ids: Iterable[int], actor: Actor) -> bool:
    """Whether any of these dues is for the actor or a declared relative."""
    indexes = relatives_of(actor)
    if not indexes:
        return False
    return any(
        db.session.scalar(
            select(Due.id)
            .join(Due.enrolment)
            .join(Person, Person.id == Enrolment.person_id)
            .where(Due.id.in_(chunk), Person.id_number_index.in_(indexes))
            .limit(1)
        )
        for chunk in in_chunks(due_ids, _CHUNK)
    )


def lines(due_ids: Iterable[int]) -> list[ClaimLine]:
    """Return the claim lines of dues as they are now; an advance has none."""
    found: list[ClaimLine] = []
    for chunk in in_chunks(due_ids, _CHUNK):
        owed = (
            select(ClaimLine)
            .join(Due, Due.claim_line_id == ClaimLine.id)
            .where(Due.id.in_(chunk))
            .order_by(ClaimLine.id)
        )
        found += db.session.scalars(owed.execution_options(populate_existing=True))
    return found


def payments(batch_id: int) -> list[Payment]:
    """Return the payments of a batch in its order, each with its due and person."""
    of_batch = select(Payment).where(Payment.batch_id == batch_id).order_by(Payment.position)
    loaded = of_batch.options(joinedload(Payment.due).joinedload(Due.enrolment), joinedload(Payment.person))
    return list(db.session.scalars(loaded.execution_options(populate_existing=True)))


def settled(batch_id: int) -> dict[int, bool]:
    """Return the positions the bank has answered, and whether they were paid."""
    final = select(Payment.position, Payment.state).where(
        Payment.batch_id == batch_id, Payment.state.in_((PaymentState.PAID, PaymentState.FAILED))
    )
    return {position: state is PaymentState.PAID for position, state in db.session.execute(final)}


def due_ids(batch_id: int) -> list[int]:
    """Return the dues that a batch pays, in its order."""
    return list(
        db.session.scalars(select(Payment.due_id).where(Payment.batch_id == batch_id).order_by(Payment.position))
    )


def failed_dues(batch_id: int) -> list[int]:
    """Return the dues that failed in this batch last and wait to be issued again."""
    last = select(func.max(Payment.id)).where(Payment.due_id == Due.id, Payment.state == PaymentState.FAILED)
    here = select(Due.id).join(Payment, Payment.id == last.correlate(Due).scalar_subquery())
    waiting = here.where(Payment.batch_id == batch_id, Due.state == DueState.FAILED)
    return list(db.session.scalars(waiting.order_by(Payment.position)))


def latest_payments(due_ids: Iterable[int], *states: PaymentState) -> dict[int, Payment]:
    """Return the last attempt to pay each due, of those that ended in one of `states`."""
    found: dict[int, Payment] = {}
    for chunk in in_chunks(due_ids, _CHUNK):
        tried = select(Payment).where(Payment.due_id.in_(chunk), Payment.state.in_(states)).order_by(Payment.id)
        found.update((payment.due_id, payment) for payment in db.session.scalars(tried))
    return found
