"""Reads of what is owed: payables by filing, recoveries, statements; `dues_visible_to` is the only door."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Batch, Due, Offset, Payment
from trainingadmin.payments.states import OUTWARD, DueKind, DueState, PaymentState
from trainingadmin.people.models import Organisation, PayoutAccount, Person
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.plumbing.membership import among


def dues_visible_to(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the dues one may see: staff their district's, an organisation its own."""
    own = Due.payee_id == actor.organisation_id if actor.organisation_id else None
    seen = office_filter(Due.office_code, actor)
    return select(Due).where(seen if own is None else or_(own, seen))


def due(due_id: int, *, actor: Actor) -> Due:
    """Return one visible due with its person and payee, or answer 404."""
    loaded = (joinedload(Due.payee), joinedload(Due.person))
    found: Due = db.one_or_404(dues_visible_to(actor).where(Due.id == due_id).options(*loaded))
    return found


class Group(NamedTuple):
    """What is owed of one kind for one filing, or to people of one scheme and office without any: what the preparer ticks.

    `key` says exactly what was seen; `unready` counts the dues whose payee's account is not complete.
    """

    cohort_id: int | None
    about: str
    title: str
    payee_id: int | None
    payee: str | None
    office_code: str
    scheme: str
    kind: DueKind
    people: int
    unready: int
    amount: Money
    offset: Money
    notice: str

    @property
    def pile(self) -> str:
        """The name of the group: the filing's id, or scheme and office."""
        return pile_of(self.cohort_id, self.scheme, self.office_code)

    @property
    def ready(self) -> bool:
        """Whether everybody's account is complete."""
        return not self.unready

    @property
    def payable(self) -> Money:
        """What the bank would pay."""
        return self.amount - self.offset

    @property
    def key(self) -> str:
        """The group as it was seen: its name, kind, dues and sum in fen."""
        return f"{self.pile}.{self.kind.value}.{self.people}.{self.payable.fen}"


def pile_of(cohort_id: int | None, scheme: str, office_code: str) -> str:
    """Return the name of the group that a due of this filing, or of none, is in."""
    return str(cohort_id) if cohort_id is not None else f"{scheme}-{office_code}"


def in_pile(pile: str) -> ColumnElement[bool]:
    """Tell of a due that it is in the group of this name."""
    if pile.isascii() and pile.isdecimal() and len(pile) < _LONGEST_ID:
        return Due.cohort_id == int(pile)
    scheme, _, office_code = pile.rpartition("-")
    return and_(Due.cohort_id.is_(None), Due.scheme == scheme, Due.office_code == office_code)


_LONGEST_ID = 10
_FIRM_READY = (
    (Organisation.payee_name != "") & Organisation.payee_account.is_not(None) & (Organisation.payee_bank != "")
)
_PERSON_READY = Due.payee_id.is_(None) & exists().where(PayoutAccount.person_id == Due.person_id)
_UNREADY = func.sum(case((or_(_FIRM_READY, _PERSON_READY), 0), else_=1))


def _of_filing(column: Any) -> Any:
    return case((Due.cohort_id.is_not(None), column), else_="")


def payables(actor: Actor) -> list[Group]:
    """Return what waits for a batch, by payee and filing, or by scheme and office where people are paid without one."""
    return [Group(*row) for row in driver.rows(_payables(actor))]


@remembered
def _payables(actor: Actor) -> Select[*tuple[Any, ...]]:
    by = (
        Due.cohort_id,
        _of_filing(Due.about).label("about"),
        _of_filing(Due.title).label("title"),
        Due.payee_id,
        Organisation.name,
        Due.office_code,
        Due.scheme,
        Due.kind,
    )
    return (
        dues_visible_to(actor)
        .where(Due.state == DueState.OPEN, Due.kind != DueKind.RECOVERY)
        .outerjoin(Organisation, Organisation.id == Due.payee_id)
        .with_only_columns(
            *by, func.count(), _UNREADY, func.sum(Due.amount), func.sum(Due.offset), func.max(Due.notice_number)
        )
        .group_by(*by)
        .order_by(Organisation.name, "about", Due.scheme, Due.kind)
    )


def open_dues(keys: Collection[str], actor: Actor) -> list[Due] | None:
    """Return the open dues of groups as `Group.key` names them, or None when a group is not what was seen."""
    known = {group.key: group for group in payables(actor)}
    if not set(keys) <= known.keys():
        return None
    return [due for key in sorted(set(keys)) for due in _group_dues(known[key], actor)]


def _group_dues(group: Group, actor: Actor) -> list[Due]:
    mine = dues_visible_to(actor).where(Due.state == DueState.OPEN, in_pile(group.pile), Due.kind == group.kind)
    return list(db.session.scalars(mine.order_by(Due.id)))


def by_ids(due_ids: Collection[int], actor: Actor) -> list[Due]:
    """Return the visible ones of these dues."""
    return list(db.session.scalars(dues_visible_to(actor).where(among(Due.id, due_ids)).order_by(Due.id)))


def group(actor: Actor, pile: str, kind: str) -> Any:
    """Return filing, number, title and payee of a group one may see dues of, or answer 404."""
    if kind not in set(DueKind):
        abort(404)
    of = (
        dues_visible_to(actor)
        .where(in_pile(pile), Due.kind == kind)
        .outerjoin(Organisation, Organisation.id == Due.payee_id)
        .with_only_columns(
            Due.cohort_id,
            _of_filing(Due.about).label("about"),
            _of_filing(Due.title).label("title"),
            Due.payee_id,
            Organisation.name.label("payee"),
            Due.scheme,
            Due.kind,
        )
        .limit(1)
    )
    found = db.session.execute(of).first()
    return found if found is not None else abort(404)


def group_rows(actor: Actor, pile: str, kind: str, *, state: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of a group's dues in their order; 404 is the caller's when there are none."""
    seen = (
        dues_visible_to(actor)
        .where(in_pile(pile), Due.kind == kind)
        .join(Person, Person.id == Due.person_id)
        .outerjoin(ClaimLine, ClaimLine.id == Due.claim_line_id)
        .with_only_columns(
            Due.id,
            Due.position,
            Due.period,
            Due.about,
            Person.name.label("person"),
            Person.id_number,
            Due.amount,
            Due.offset,
            Due.state,
            Due.notice_number,
            ClaimLine.claim_id,
        )
        .order_by(Due.about, Due.position, Due.period, Due.id)
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
    found = {(kind, state): amount - offset for kind, state, amount, offset in driver.rows(_summed(actor))}

    def of(state: DueState, *kinds: DueKind) -> Money:
        return Money(sum(found.get((kind, state), ZERO).fen for kind in kinds))

    return Sums(
        of(DueState.OPEN, *OUTWARD),
        of(DueState.IN_BATCH, *OUTWARD),
        of(DueState.FAILED, *OUTWARD),
        of(DueState.OPEN, DueKind.RECOVERY),
    )


@remembered
def _summed(actor: Actor) -> Select[*tuple[Any, ...]]:
    sums = (func.sum(Due.amount), func.sum(Due.offset))
    return dues_visible_to(actor).with_only_columns(Due.kind, Due.state, *sums).group_by(Due.kind, Due.state)


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
    about: str
    person: str
    masked: str


def of_person(person_id: int) -> list[PaidTo]:
    """Return a trainee's dues with the last attempt to pay each, newest first."""
    return [_paid_to(row) for row in db.session.execute(_last_attempts().where(Due.person_id == person_id))]


def statement(organisation_id: int, state: str = "") -> Select[*tuple[Any, ...]]:
    """Select an organisation's dues, or those in a state, with the last attempt to pay each, newest first."""
    rows = _last_attempts().where(Due.payee_id == organisation_id)
    return rows.where(Due.state == state) if state in set(DueState) else rows


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
            Due.about,
            Person.name.label("person"),
            Person.id_number,
        )
        .join(Person, Person.id == Due.person_id)
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
        row.about,
        row.person,
        mask_id(row.id_number),
    )


def share_of(found: Due) -> Money | None:
    """Return what was planned for the person whose advance a due is; None for any other due."""
    if found.kind is not DueKind.ADVANCE or found.enrolment is None:
        return None
    return found.enrolment.planned


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


def behind(payment_id: int, *, actor: Actor) -> Any:
    """Return due, batch and claim of a payment one may see, or None."""
    told = (
        dues_visible_to(actor)
        .join(Payment, Payment.due_id == Due.id)
        .join(Batch, Batch.id == Payment.batch_id)
        .outerjoin(ClaimLine, ClaimLine.id == Due.claim_line_id)
        .outerjoin(Claim, Claim.id == ClaimLine.claim_id)
    )
    columns = (Due.id.label("due_id"), Batch.id.label("batch_id"), Batch.number.label("batch"))
    told = told.with_only_columns(*columns, ClaimLine.claim_id, Claim.number.label("claim"))
    return db.session.execute(told.where(Payment.id == payment_id)).first()


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
        return Money(sum(found.get((kind, state), ZERO).fen for kind in OUTWARD for state in states))

    back = found.get((DueKind.RECOVERY, DueState.OPEN), ZERO)
    return Totals(of(DueState.SETTLED), of(DueState.OPEN, DueState.IN_BATCH), of(DueState.FAILED), back)
