"""Reads of what is owed: payables by filing, recoveries, statements; `dues_visible_to` is the only door."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Batch, Due, Offset, Payment
from trainingadmin.payments.states import DueKind, DueState, PaymentState
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing.database import db, in_chunks

_CHUNK = 500


def dues_visible_to(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the dues one may see: staff their district's, an organisation its own."""
    own = Due.payee_id == actor.organisation_id if actor.organisation_id else None
    seen = office_filter(Due.office_code, actor)
    return select(Due).where(seen if own is None else or_(own, seen))


def due(due_id: int, *, actor: Actor) -> Due:
    """Return one visible due with its person and payee, or answer 404."""
    loaded = (joinedload(Due.payee), joinedload(Due.enrolment).joinedload(Enrolment.person))
    found: Due = db.one_or_404(dues_visible_to(actor).where(Due.id == due_id).options(*loaded))
    return found


class Group(NamedTuple):
    """What one filing is owed of one kind: what the preparer ticks. `key` says exactly what was seen."""

    cohort_id: int
    cohort: str
    title: str
    payee_id: int
    payee: str
    ready: bool
    office_code: str
    scheme: str
    kind: DueKind
    people: int
    amount: Money
    offset: Money
    notice: str

    @property
    def payable(self) -> Money:
        """What the bank would pay."""
        return self.amount - self.offset

    @property
    def key(self) -> str:
        """The group as it was seen: filing, kind, people and sum in fen."""
        return f"{self.cohort_id}.{self.kind.value}.{self.people}.{self.payable.fen}"


def payables(actor: Actor) -> list[Group]:
    """Return what waits for a batch, by enterprise and filing."""
    ready = (Organisation.payee_name != "") & Organisation.payee_account.is_not(None) & (Organisation.payee_bank != "")
    by = (
        Due.cohort_id,
        Cohort.number,
        Cohort.title,
        Due.payee_id,
        Organisation.name,
        ready,
        Due.office_code,
        Due.scheme,
        Due.kind,
    )
    waiting = (
        dues_visible_to(actor)
        .where(Due.state == DueState.OPEN, Due.kind != DueKind.RECOVERY)
        .join(Cohort, Cohort.id == Due.cohort_id)
        .join(Organisation, Organisation.id == Due.payee_id)
        .with_only_columns(*by, func.count(), func.sum(Due.amount), func.sum(Due.offset), func.max(Due.notice_number))
        .group_by(*by)
        .order_by(Organisation.name, Cohort.number, Due.kind)
    )
    return [Group(*tuple(row)) for row in db.session.execute(waiting)]


def open_dues(keys: Collection[str], actor: Actor) -> list[Due] | None:
    """Return the open dues of groups as `Group.key` names them, or None when a group is not what was seen."""
    known = {group.key: group for group in payables(actor)}
    if not set(keys) <= known.keys():
        return None
    return [due for key in sorted(set(keys)) for due in _group_dues(known[key], actor)]


def _group_dues(group: Group, actor: Actor) -> list[Due]:
    mine = dues_visible_to(actor).where(
        Due.state == DueState.OPEN, Due.cohort_id == group.cohort_id, Due.kind == group.kind
    )
    return list(db.session.scalars(mine.order_by(Due.id)))


def by_ids(due_ids: Collection[int], actor: Actor) -> list[Due]:
    """Return the visible ones of these dues."""
    found: list[Due] = []
    for chunk in in_chunks(due_ids, _CHUNK):
        found += db.session.scalars(dues_visible_to(actor).where(Due.id.in_(chunk)).order_by(Due.id))
    return found


def group(actor: Actor, cohort_id: int, kind: str) -> Any:
    """Return number, title and payee of a filing one may see dues of, or answer 404."""
    if kind not in set(DueKind):
        abort(404)
    of = (
        dues_visible_to(actor)
        .where(Due.cohort_id == cohort_id, Due.kind == kind)
        .join(Cohort, Cohort.id == Due.cohort_id)
        .join(Organisation, Organisation.id == Due.payee_id)
        .with_only_columns(
            Cohort.id, Cohort.number, Cohort.title, Due.payee_id, Organisation.name.label("payee"), Due.kind
        )
        .limit(1)
    )
    found = db.session.execute(of).first()
    return found if found is not None else abort(404)


def group_rows(actor: Actor, cohort_id: int, kind: str, *, state: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of one filing's dues of one kind in roster order; 404 is the caller's when there are none."""
    seen = (
        dues_visible_to(actor)
        .where(Due.cohort_id == cohort_id, Due.kind == kind)
        .join(Enrolment, Enrolment.id == Due.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(ClaimLine, ClaimLine.id == Due.claim_line_id)
        .with_only_columns(
            Due.id,
            Enrolment.position,
            Person.name.label("person"),
            Person.id_number,
            Due.amount,
            Due.offset,
            Due.state,
            Due.notice_number,
            ClaimLine.claim_id,
        )
        .order_by(Enrolment.position, Due.id)
    )
    return seen.where(Due.state == state) if state in set(DueState) else seen


class Sums(NamedTuple):
    """How much waits: open, in batches, to be issued again, to come back."""

    open: Money
    in_batch: Money
    failed: Money
    back: Money


def sums(actor: Actor) -> Sums:
    """Add up what one may see of the dues that are not done."""
    grouped = dues_visible_to(actor).with_only_columns(Due.kind, Due.state, func.sum(Due.amount), func.sum(Due.offset))
    found = {
        (kind, state): amount - offset
        for kind, state, amount, offset in db.session.execute(grouped.group_by(Due.kind, Due.state))
    }

    def of(state: DueState, *kinds: DueKind) -> Money:
        return Money(sum(found.get((kind, state), ZERO).fen for kind in kinds))

    out = (DueKind.ADVANCE, DueKind.BALANCE)
    return Sums(
        of(DueState.OPEN, *out),
        of(DueState.IN_BATCH, *out),
        of(DueState.FAILED, *out),
        of(DueState.OPEN, DueKind.RECOVERY),
    )


class PaidTo(NamedTuple):
    """One attempt to pay, as its person or organisation sees it."""

    kind: DueKind
    amount: Money
    offset: Money
    due_state: DueState
    batch: str | None
    payment_state: PaymentState | None
    failure: str | None
    settled_at: Any
    cohort: str
    person: str
    masked: str


def of_person(person_id: int) -> list[PaidTo]:
    """Return a trainee's dues with the last attempt to pay each, newest first."""
    return [_paid_to(row) for row in db.session.execute(_last_attempts().where(Enrolment.person_id == person_id))]


def statement(organisation_id: int) -> Select[*tuple[Any, ...]]:
    """Select an organisation's dues with the last attempt to pay each, newest first; `paid_to` reads a row."""
    return _last_attempts().where(Due.payee_id == organisation_id)


def _last_attempts() -> Select[*tuple[Any, ...]]:
    last = select(func.max(Payment.id)).where(Payment.due_id == Due.id).correlate(Due).scalar_subquery()
    return (
        select(
            Due.id,
            Due.kind,
            Due.amount,
            Due.offset,
            Due.state,
            Batch.number.label("batch"),
            Payment.state.label("payment_state"),
            Payment.failure,
            Payment.settled_at,
            Cohort.number.label("cohort"),
            Person.name.label("person"),
            Person.id_number,
        )
        .join(Enrolment, Enrolment.id == Due.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Due.cohort_id)
        .outerjoin(Payment, Payment.id == last)
        .outerjoin(Batch, Batch.id == Payment.batch_id)
        .order_by(Due.created_at.desc(), Due.id)
    )


def _paid_to(row: Any) -> PaidTo:
    return PaidTo(
        row.kind,
        row.amount,
        row.offset,
        row.state,
        row.batch,
        row.payment_state,
        row.failure,
        row.settled_at,
        row.cohort,
        row.person,
        mask_id(row.id_number),
    )


def attempts(due_id: int) -> Sequence[Any]:
    """Return every attempt to pay a due with its batch, oldest first."""
    tried = select(
        Payment.id,
        Payment.batch_id,
        Batch.number,
        Payment.state,
        Payment.amount,
        Payment.failure,
        Payment.settled_at,
        Payment.payee_name,
        Payment.payee_account,
    ).join(Batch, Batch.id == Payment.batch_id)
    return db.session.execute(tried.where(Payment.due_id == due_id).order_by(Payment.id)).all()


def line_of(found: Due) -> Any:
    """Return claim, entitlement and advance of the line behind a due, or None for an advance."""
    about = select(ClaimLine.id, ClaimLine.claim_id, Claim.number, ClaimLine.entitlement, ClaimLine.advance)
    return db.session.execute(
        about.join(Claim, Claim.id == ClaimLine.claim_id).where(ClaimLine.id == found.claim_line_id)
    ).first()


def cohort_of(found: Due) -> Any:
    """Return number and title of the filing behind a due."""
    return db.session.execute(select(Cohort.id, Cohort.number, Cohort.title).where(Cohort.id == found.cohort_id)).one()


def taken_from(due_id: int) -> Sequence[Any]:
    """Return whose unearned advances were taken from a due."""
    told = (
        select(Offset.amount, Offset.at, ClaimLine.claim_id, Person.name.label("person"), Person.id_number)
        .join(ClaimLine, ClaimLine.id == Offset.claim_line_id)
        .join(Person, Person.id == ClaimLine.person_id)
    )
    return db.session.execute(told.where(Offset.due_id == due_id).order_by(Offset.id)).all()


class Totals(NamedTuple):
    """What an organisation was paid, is owed, has failed, and has to give back."""

    paid: Money
    open: Money
    failed: Money
    back: Money


def totals(organisation_id: int) -> Totals:
    """Add up an organisation's dues."""
    grouped = select(Due.kind, Due.state, func.sum(Due.amount), func.sum(Due.offset)).where(
        Due.payee_id == organisation_id
    )
    found = {
        (kind, state): amount - offset
        for kind, state, amount, offset in db.session.execute(grouped.group_by(Due.kind, Due.state))
    }

    def of(*states: DueState) -> Money:
        return Money(
            sum(found.get((kind, state), ZERO).fen for kind in (DueKind.ADVANCE, DueKind.BALANCE) for state in states)
        )

    back = found.get((DueKind.RECOVERY, DueState.OPEN), ZERO)
    return Totals(of(DueState.SETTLED), of(DueState.OPEN, DueState.IN_BATCH), of(DueState.FAILED), back)


_OF_ORGANISATIONS = ("payable/", "receivable/", "clearing/")


def account_names(accounts: Collection[str]) -> dict[str, str]:
    """Return the name behind each account path that is an organisation's."""
    theirs = {path: int(path.partition("/")[2]) for path in accounts if path.startswith(_OF_ORGANISATIONS)}
    known = select(Organisation.id, Organisation.name).where(Organisation.id.in_(set(theirs.values())))
    names = dict(db.session.execute(known).all())
    return {path: names.get(organisation_id, "") for path, organisation_id in theirs.items()}
