"""Reads what can be asked back: of whom how much was paid, and how much of it was earned or ordered back already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal_column, select, type_coerce

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import LIVE
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState, Outcome
from trainingadmin.kernel.money import Money
from trainingadmin.payments.models import Batch, Due, Offset, Payment
from trainingadmin.payments.states import DueKind, DueState, PaymentState
from trainingadmin.people.models import Person
from trainingadmin.plumbing.database import db
from trainingadmin.policies.queries import by_digest

_NOTHING: ColumnElement[int] = literal_column("0")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where money came from that may be asked back: a filing, as its organisation was paid; a claim line, as its person was.

    `payee_id` is the organisation, none where the person of `person_id` was paid; `about` and `title` as in `Due`.
    """

    scheme: str
    office_code: str
    about: str
    title: str
    document: str
    payee_id: int | None
    person_id: int | None
    cohort_id: int | None
    claim_line_id: int | None

    @property
    def dues(self) -> tuple[ColumnElement[bool], ...]:
        """What tells the dues of this origin from all others."""
        if self.person_id is not None:
            return Due.claim_line_id == self.claim_line_id, Due.payee_id.is_(None)
        return Due.cohort_id == self.cohort_id, Due.payee_id.is_not(None)


def of_filing(filing: Cohort) -> Origin:
    """Return a filing as an origin: what its organisation was paid for its people."""
    document = str((filing.policy or {}).get("document", ""))
    told = (filing.scheme, filing.office_code, filing.number, filing.title, document)
    return Origin(*told, filing.operator_id, None, filing.id, None)


def of_line(line: ClaimLine) -> Origin:
    """Return a claim line as an origin: what its person was paid, a grant or a living allowance."""
    claim = line.claim
    version = by_digest(claim.policy_digest) if claim.policy_digest is not None else None
    about = claim.cohort.number if claim.cohort is not None else claim.number
    told = (claim.scheme, claim.office_code, about, claim.title, version.document if version is not None else "")
    return Origin(*told, None, line.person_id, claim.cohort_id, line.id)


class Recoverable(NamedTuple):
    """One person of an origin: what was paid, what of it was asked back before, how the training ended."""

    enrolment_id: int | None
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


def of_origin(origin: Origin) -> list[Recoverable]:
    """Return everybody of an origin for whom something was paid, in the order of the roster."""
    if origin.person_id is not None:
        return _of_line(origin.claim_line_id)
    return _of_cohort(origin.cohort_id)


def _paid_and_back(*mine: ColumnElement[bool]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    paid = _sum(Due.amount, *mine, Due.kind != DueKind.RECOVERY, Due.state == DueState.SETTLED)
    return paid, _sum(Due.amount, *mine, Due.kind == DueKind.RECOVERY, Due.state != DueState.CANCELLED)


def _of_line(line_id: int | None) -> list[Recoverable]:
    paid, back = _paid_and_back(Due.claim_line_id == ClaimLine.id, Due.payee_id.is_(None))
    columns = (ClaimLine.enrolment_id, Person.id, ClaimLine.position, Person.name, Person.id_number, ClaimLine.id)
    told: Select[*tuple[Any, ...]] = select(*columns, paid, back).join(Person, Person.id == ClaimLine.person_id)
    rows = db.session.execute(told.where(ClaimLine.id == line_id, paid > 0))
    return [_read([*row, 0, False, False]) for row in rows]


def _of_cohort(cohort_id: int | None) -> list[Recoverable]:
    paid, back = _paid_and_back(Due.enrolment_id == Enrolment.id, Due.payee_id.is_not(None))
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


def sources_of(origin: Origin) -> list[str]:
    """Return the funding sources that paid an origin, the one that paid most first."""
    paid = (
        select(Batch.funding_source)
        .join(Payment, Payment.batch_id == Batch.id)
        .join(Due, Due.id == Payment.due_id)
        .where(*origin.dues, Payment.state == PaymentState.PAID)
        .group_by(Batch.funding_source)
        .order_by(func.sum(Payment.amount).desc(), Batch.funding_source)
    )
    return list(db.session.scalars(paid))


def bearers(organisation_id: int, scheme: str, office_code: str) -> Sequence[Due]:
    """Return what is still to be paid to an organisation and no batch holds, by filing and roster."""
    waiting = _balances(organisation_id, scheme, office_code, DueState.OPEN)
    return list(db.session.scalars(waiting.order_by(Due.cohort_id, Due.position, Due.id)))


def held(organisation_id: int, scheme: str, office_code: str, cohort_id: int) -> list[int]:
    """Return of the same kind what a batch holds of one filing."""
    there = _balances(organisation_id, scheme, office_code, DueState.IN_BATCH).where(Due.cohort_id == cohort_id)
    return list(db.session.scalars(there.with_only_columns(Due.id)))


def _balances(organisation_id: int, scheme: str, office_code: str, state: DueState) -> Select[Due]:
    return select(Due).where(
        Due.payee_id == organisation_id,
        Due.scheme == scheme,
        Due.office_code == office_code,
        Due.kind == DueKind.BALANCE,
        Due.state == state,
    )
