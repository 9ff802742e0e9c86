"""Reads what can be asked back: of whom how much was paid, and how much of it was earned or ordered back already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal_column, select, type_coerce

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import LIVE
from trainingadmin.cohorts.models import Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState, Outcome
from trainingadmin.kernel.money import Money
from trainingadmin.payments.models import Batch, Due, Offset, Payment
from trainingadmin.payments.states import DueKind, DueState, PaymentState
from trainingadmin.people.models import Person
from trainingadmin.plumbing.database import db

_NOTHING: ColumnElement[int] = literal_column("0")


class Recoverable(NamedTuple):
    """One person of a filing: what was paid, what of it was asked back before, how the training ended."""

    enrolment_id: int
    person_id: int
    position: int
    person: str
    id_number: str
    claim_line_id: int | None
    paid: Money
    back: Money
    taken: Money
    left_early: bool
    failed: bool

    @property
    def left(self) -> Money:
        """What can still be asked back."""
        return self.paid - self.back - self.taken


def _sum(amount: object, *where: ColumnElement[bool]) -> ColumnElement[int]:
    added = select(type_coerce(func.coalesce(func.sum(amount), _NOTHING), BigInteger)).where(*where)
    return added.correlate(Enrolment, ClaimLine).scalar_subquery()


def of_cohort(cohort_id: int) -> list[Recoverable]:
    """Return everybody of a filing for whom something was paid, in the order of the roster."""
    mine = Due.enrolment_id == Enrolment.id
    paid = _sum(Due.amount, mine, Due.kind != DueKind.RECOVERY, Due.state == DueState.SETTLED)
    back = _sum(Due.amount, mine, Due.kind == DueKind.RECOVERY, Due.state != DueState.CANCELLED)
    taken = _sum(Offset.amount, Offset.claim_line_id == ClaimLine.id)
    live = select(Claim.id).where(Claim.cohort_id == cohort_id, Claim.state.in_(LIVE)).scalar_subquery()
    told: Select[*tuple[Any, ...]] = (
        select(
            Enrolment.id,
            Person.id,
            Enrolment.position,
            Person.name,
            Person.id_number,
            ClaimLine.id,
            paid,
            back,
            taken,
            Enrolment.state == EnrolmentState.LEFT,
            func.coalesce(Result.outcome == Outcome.FAILED, False),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(ClaimLine, (ClaimLine.enrolment_id == Enrolment.id) & (ClaimLine.claim_id == live))
        .outerjoin(Result, Result.enrolment_id == Enrolment.id)
        .where(Enrolment.cohort_id == cohort_id, paid > 0)
        .order_by(Enrolment.position, Enrolment.id)
    )
    return [_read(row) for row in db.session.execute(told)]


def _read(row: Sequence[Any]) -> Recoverable:
    sums: list[Any] = [Money(int(fen)) for fen in row[6:9]]
    return Recoverable(*row[:6], *sums, *row[9:])


def sources_of(cohort_id: int) -> list[str]:
    """Return the funding sources that paid a filing, the one that paid most first."""
    paid = (
        select(Batch.funding_source)
        .join(Payment, Payment.batch_id == Batch.id)
        .join(Due, Due.id == Payment.due_id)
        .where(Due.cohort_id == cohort_id, Payment.state == PaymentState.PAID)
        .group_by(Batch.funding_source)
        .order_by(func.sum(Payment.amount).desc(), Batch.funding_source)
    )
    return list(db.session.scalars(paid))


def bearers(organisation_id: int, scheme: str, office_code: str) -> Sequence[Due]:
    """Return what is still to be paid to an organisation and no batch holds, by filing and roster."""
    waiting = (
        select(Due)
        .join(Due.enrolment)
        .where(
            Due.payee_id == organisation_id,
            Due.scheme == scheme,
            Due.office_code == office_code,
            Due.kind == DueKind.BALANCE,
            Due.state == DueState.OPEN,
        )
        .order_by(Due.cohort_id, Enrolment.position, Due.id)
    )
    return list(db.session.scalars(waiting))
