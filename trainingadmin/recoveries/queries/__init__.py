"""Reads of recoveries: orders, their people and acts, what has not been ordered yet; `visible_to` is the only door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, exists, func, or_, select

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState, Outcome
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due
from trainingadmin.payments.queries import recoverable
from trainingadmin.payments.queries.recoverable import Origin, of_filing, of_line
from trainingadmin.payments.states import DueKind, DueState
from trainingadmin.people.models import Account, Office, Organisation, Person
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import clock, driver, journal
from trainingadmin.plumbing.database import db, locked, one_or_404, remembered
from trainingadmin.recoveries.models import RecoveryAct, RecoveryLine, RecoveryOrder
from trainingadmin.recoveries.queries.deaths import Dead, dead, deaths
from trainingadmin.recoveries.queries.pile import to_decide, to_issue, undecided
from trainingadmin.recoveries.states import DRAFT, PROPOSE, ActState, Cause, OrderState

__all__ = ["Dead", "dead", "deaths", "of_filing", "of_line", "to_decide", "to_issue"]

ISSUED = (OrderState.ISSUED, OrderState.SETTLED)


class Hand(NamedTuple):
    """Somebody had a hand in it, as the separation of duties judges."""

    move: str
    human: str


def hands(order: RecoveryOrder) -> list[Hand]:
    """Return who has had a hand in an order so far."""
    drafted = Hand(DRAFT, order.drafted_human)
    return [drafted, Hand("issue", order.issued_human)] if order.issued_human else [drafted]


def proposer(act: RecoveryAct) -> list[Hand]:
    """Return who entered an act."""
    return [Hand(PROPOSE, act.proposed_human)]


def visible_to(actor: Actor) -> Select[RecoveryOrder]:
    """Select the orders one may see: staff their district's, an organisation those it was sent."""
    seen = office_filter(RecoveryOrder.office_code, actor)
    if actor.organisation_id is not None:
        sent = (RecoveryOrder.payee_id == actor.organisation_id) & RecoveryOrder.state.in_(ISSUED)
        seen = or_(sent, seen)
    return select(RecoveryOrder).where(seen)


def order(order_id: int, *, actor: Actor) -> RecoveryOrder:
    """Return one visible order or answer 404."""
    return one_or_404(visible_to(actor).where(RecoveryOrder.id == order_id))


def act(order_id: int, act_id: int) -> RecoveryAct:
    """Return one act of an order or answer 404."""
    return one_or_404(select(RecoveryAct).where(RecoveryAct.id == act_id, RecoveryAct.order_id == order_id))


def _overdue(on: date) -> Any:
    return (RecoveryOrder.state == OrderState.ISSUED) & (RecoveryOrder.due_on < on)


def orders(actor: Actor, *, q: str = "", state: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of the list, the next due first; `state` may be "overdue" or "proposed"."""
    return _orders(actor, q, state, clock.today())


@remembered
def _orders(actor: Actor, q: str, state: str, today: date) -> Select[*tuple[Any, ...]]:
    payee = func.coalesce(Organisation.name, Person.name)
    seen = (
        visible_to(actor)
        .outerjoin(Organisation, Organisation.id == RecoveryOrder.payee_id)
        .outerjoin(Person, Person.id == RecoveryOrder.person_id)
        .with_only_columns(
            RecoveryOrder.id,
            RecoveryOrder.number,
            RecoveryOrder.payee_id,
            payee.label("payee"),
            RecoveryOrder.about,
            RecoveryOrder.amount,
            RecoveryOrder.closed,
            RecoveryOrder.due_on,
            RecoveryOrder.state,
            undecided().label("undecided"),
        )
    )
    if q:
        seen = seen.where(
            or_(
                RecoveryOrder.number.contains(q.upper(), autoescape=True),
                payee.contains(q, autoescape=True),
            )
        )
    if state == "overdue":
        seen = seen.where(_overdue(today))
    elif state == ActState.PROPOSED.value:
        seen = seen.where(undecided())
    elif state in set(OrderState):
        seen = seen.where(RecoveryOrder.state == OrderState(state))
    open_first = (RecoveryOrder.state.in_((OrderState.SETTLED, OrderState.WITHDRAWN))).asc()
    return seen.order_by(open_first, RecoveryOrder.due_on, RecoveryOrder.id)


class Sums(NamedTuple):
    """How much has still to come back, how much of it is late, how much was closed, how much is not ordered yet."""

    left: Money
    overdue: Money
    closed: Money
    unordered: Money


def sums(actor: Actor) -> Sums:
    """Add up what one may see."""
    ((left, late, closed),) = driver.rows(_sums(actor, clock.today()))
    unordered = Money(sum(group.amount.fen for group in waiting(actor)))
    return Sums(left or ZERO, late or ZERO, closed or ZERO, unordered)


@remembered
def _sums(actor: Actor, today: date) -> Select[*tuple[Any, ...]]:
    left = func.sum(RecoveryOrder.amount - RecoveryOrder.closed, type_=RecoveryOrder.amount.type)
    return visible_to(actor).with_only_columns(
        left.filter(RecoveryOrder.state == OrderState.ISSUED),
        left.filter(_overdue(today)),
        func.sum(RecoveryOrder.closed).filter(RecoveryOrder.state.in_(ISSUED)),
    )


def owed_by(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select how many issued orders an organisation has not closed yet and what it still owes by them, by due date."""
    left = func.sum(RecoveryOrder.amount - RecoveryOrder.closed)
    mine = (RecoveryOrder.payee_id == actor.organisation_id) & (RecoveryOrder.state == OrderState.ISSUED)
    return select(cast(RecoveryOrder.due_on, String), func.count(), left).where(mine).group_by(RecoveryOrder.due_on)


class Asked(NamedTuple):
    """What a person is asked to give back: the order's number, its sum, what of it is closed, until when, whom to call."""

    number: str
    amount: Money
    closed: Money
    due_on: date
    office: str
    phone: str


def asked_of(person_id: int) -> list[Asked]:
    """Return the issued orders that a person has not closed yet, the next due first."""
    told = (
        select(
            RecoveryOrder.number,
            RecoveryOrder.amount,
            RecoveryOrder.closed,
            RecoveryOrder.due_on,
            Office.name,
            Office.phone,
        )
        .join(Office, Office.code == RecoveryOrder.office_code)
        .where(RecoveryOrder.person_id == person_id, RecoveryOrder.state == OrderState.ISSUED)
        .order_by(RecoveryOrder.due_on, RecoveryOrder.id)
    )
    return [Asked._make(row) for row in db.session.execute(told)]


class Waiting(NamedTuple):
    """What one filing has to give back and nobody has ordered yet."""

    cohort_id: int
    cohort: str
    title: str
    payee_id: int
    payee: str
    people: int
    amount: Money


def _unordered() -> Any:
    ordered = exists().where(RecoveryLine.due_id == Due.id)
    return (Due.kind == DueKind.RECOVERY) & (Due.state == DueState.OPEN) & ~ordered


def waiting(actor: Actor) -> list[Waiting]:
    """Return the shortfalls of claims that no order asks for yet, by organisation and filing."""
    return [Waiting(*row) for row in driver.rows(_waiting(actor))]


@remembered
def _waiting(actor: Actor) -> Select[*tuple[Any, ...]]:
    by = (Cohort.id, Cohort.number, Cohort.title, Organisation.id, Organisation.name)
    return (
        select(*by, func.count(), func.sum(Due.amount))
        .select_from(Due)
        .join(Cohort, Cohort.id == Due.cohort_id)
        .join(Organisation, Organisation.id == Due.payee_id)
        .where(_unordered(), office_filter(Due.office_code, actor))
        .group_by(*by)
        .order_by(Organisation.name, Cohort.number)
    )


def unordered_dues(cohort_id: int | None) -> list[tuple[Due, Cause]]:
    """Return a filing's shortfalls that no order asks for yet with why each came about, in the order of the roster."""
    left, failed = Enrolment.state == EnrolmentState.LEFT, Result.outcome == Outcome.FAILED
    told = (
        select(Due, left, func.coalesce(failed, True))
        .join(Due.enrolment)
        .outerjoin(Result, Result.enrolment_id == Enrolment.id)
        .where(_unordered(), Due.cohort_id == cohort_id)
        .order_by(Enrolment.position, Due.id)
    )
    return [(due, _cause(gone, unpassed)) for due, gone, unpassed in db.session.execute(told)]


def _cause(gone: bool, unpassed: bool) -> Cause:
    return Cause.DROP_OUT if gone else Cause.NO_CERTIFICATE if unpassed else Cause.AUDIT


def filing(cohort_id: int, *, actor: Actor) -> Cohort:
    """Return a filing of the offices that a member of staff may see, or answer 404."""
    return one_or_404(select(Cohort).where(Cohort.id == cohort_id, office_filter(Cohort.office_code, actor)))


def line(claim_line_id: int, *, actor: Actor) -> ClaimLine:
    """Return a claim line of the offices that a member of staff may see, or answer 404."""
    seen = select(ClaimLine).join(Claim, Claim.id == ClaimLine.claim_id)
    return one_or_404(seen.where(ClaimLine.id == claim_line_id, office_filter(Claim.office_code, actor)))


def origin_of(order: RecoveryOrder) -> Origin:
    """Return where the money that an order asks back came from."""
    if order.claim_line_id is not None:
        return recoverable.of_line(db.session.get_one(ClaimLine, order.claim_line_id))
    return recoverable.of_filing(db.session.get_one(Cohort, order.cohort_id))


def sources_of(origin: Origin) -> list[str]:
    """Return the funding sources that paid an origin, the one that paid most first."""
    return recoverable.sources_of(origin)


def recoverable_of(origin: Origin) -> list[recoverable.Recoverable]:
    """Return the people of an origin from whom something can still be asked back."""
    return [one for one in recoverable.of_origin(origin) if one.left > ZERO]


def lines(order_id: int) -> Sequence[Any]:
    """Return the people of an order with what has come back of each, in the order of the roster."""
    told = (
        select(
            RecoveryLine.id,
            RecoveryLine.due_id,
            RecoveryLine.cause,
            RecoveryLine.amount,
            Due.offset.label("closed"),
            RecoveryLine.position,
            RecoveryLine.person_id,
            Person.name.label("person"),
            Person.id_number,
            ClaimLine.claim_id,
        )
        .join(Person, Person.id == RecoveryLine.person_id)
        .outerjoin(Due, Due.id == RecoveryLine.due_id)
        .outerjoin(ClaimLine, ClaimLine.id == Due.claim_line_id)
        .where(RecoveryLine.order_id == order_id)
        .order_by(RecoveryLine.position, RecoveryLine.id)
    )
    return db.session.execute(told).all()


def due_ids(order_id: int) -> list[int]:
    """Return the recoveries an order asks for, in the order of the roster."""
    return [line.due_id for line in lines(order_id) if line.due_id is not None]


def acts(order_id: int) -> list[RecoveryAct]:
    """Return what was entered to close an order, newest first."""
    mine = select(RecoveryAct).where(RecoveryAct.order_id == order_id)
    return list(db.session.scalars(mine.order_by(RecoveryAct.id.desc())))


def proposed(order_id: int) -> Money:
    """Add up what waits for a second person."""
    waiting_acts = select(func.sum(RecoveryAct.amount)).where(
        RecoveryAct.order_id == order_id, RecoveryAct.state == ActState.PROPOSED
    )
    return db.session.scalar(waiting_acts) or ZERO


class Bearer(NamedTuple):
    """What a filing is still to be paid and could bear instead."""

    cohort_id: int
    cohort: str
    amount: Money


def bearers(found: RecoveryOrder) -> list[Bearer]:
    """Return the filings of the same organisation, scheme and office with balances that no batch holds.

    What a person was paid is borne by nothing else: policy §2 knows set-offs of enterprises alone.
    """
    if found.payee_id is None:
        return []
    dues = recoverable.bearers(found.payee_id, found.scheme, found.office_code)
    sums: dict[int, int] = {}
    for due in dues:
        if due.cohort_id is None:
            continue
        sums[due.cohort_id] = sums.get(due.cohort_id, 0) + (due.amount - due.offset).fen
    numbers = dict(db.session.execute(select(Cohort.id, Cohort.number).where(Cohort.id.in_(sums))).all())
    return [Bearer(cohort_id, numbers[cohort_id], Money(fen)) for cohort_id, fen in sums.items()]


def bearing_dues(found: RecoveryOrder, cohort_id: int) -> list[int]:
    """Return the balances of one of those filings."""
    assert found.payee_id is not None
    dues = recoverable.bearers(found.payee_id, found.scheme, found.office_code)
    return [due.id for due in dues if due.cohort_id == cohort_id]


def held_dues(found: RecoveryOrder, cohort_id: int) -> list[int]:
    """Return the balances of one filing that could bear an order if no batch held them."""
    if found.payee_id is None:
        return []
    return recoverable.held(found.payee_id, found.scheme, found.office_code, cohort_id)


def cohort_number(cohort_id: int | None) -> str:
    """Return the number of a filing, or nothing."""
    return (cohort_id and db.session.scalar(select(Cohort.number).where(Cohort.id == cohort_id))) or ""


def reference_taken(reference: str) -> bool:
    """Whether money with this bank number was recorded before."""
    known = select(RecoveryAct.id).where(RecoveryAct.reference == reference, RecoveryAct.state != ActState.REJECTED)
    return db.session.scalar(known.limit(1)) is not None


def locked_order(order_id: int) -> RecoveryOrder:
    """Lock one order and return it as it is now."""
    db.session.execute(locked(select(RecoveryOrder.id).where(RecoveryOrder.id == order_id)))
    fresh = select(RecoveryOrder).where(RecoveryOrder.id == order_id)
    return db.session.scalars(fresh.execution_options(populate_existing=True)).one()


def overdue(on: date) -> Sequence[Any]:
    """Return the orders that are late on a day: id, number, due date, organisation or none, and the people of each."""
    columns = (RecoveryOrder.id, RecoveryOrder.number, RecoveryOrder.due_on, RecoveryOrder.payee_id)
    told = (
        select(*columns, RecoveryLine.person_id)
        .join(RecoveryLine, RecoveryLine.order_id == RecoveryOrder.id)
        .where(_overdue(on))
        .order_by(RecoveryOrder.id, RecoveryLine.person_id)
    )
    return db.session.execute(told).all()


def history(order_id: int) -> list[tuple[journal.JournalEntry, str]]:
    """Return what was done to an order and by whom, newest first."""
    entry = journal.JournalEntry
    told = select(entry, Account.name).outerjoin(Account, Account.id == entry.account_id)
    mine = told.where(entry.subject == f"recoveries:{order_id}").order_by(entry.id.desc())
    return [(found, name or "") for found, name in db.session.execute(mine)]
