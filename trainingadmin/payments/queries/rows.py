"""Reads what a batch is made of: its payments and rows, their payees, people and claim lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, null, select

from trainingadmin.claims.models import ClaimLine
from trainingadmin.claims.queries import LineRow
from trainingadmin.kernel.money import Money
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.states import DueKind, DueState, PaymentState, owner
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.queries import payout_accounts
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.membership import among


class DueRow(NamedTuple):
    """A due as batches move it by thousands: the columns, without an entity."""

    id: int
    kind: DueKind
    scheme: str
    cohort_id: int | None
    enrolment_id: int | None
    claim_line_id: int | None
    period: str
    person_id: int
    payee_id: int | None
    office_code: str
    about: str
    title: str
    position: int
    amount: Money
    offset: Money
    state: DueState
    version: int

    @property
    def owner(self) -> str:
        """As `Due.owner`."""
        return owner(self.payee_id, self.person_id)


_DUE = [getattr(Due, name) for name in DueRow._fields]


def due_columns(ids: Iterable[int]) -> Select[Any]:
    """Select the columns of dues, oldest first."""
    return select(*_DUE).where(among(Due.id, ids)).order_by(Due.id)


class PaymentRow(NamedTuple):
    """A payment of a batch with its person, without an entity."""

    id: int
    due_id: int
    position: int
    payee_name: str
    payee_account: str
    payee_bank: str
    amount: Money
    state: PaymentState
    follows_id: int | None
    person_id: int
    person: str
    id_number: str

    def __repr__(self) -> str:
        return f"PaymentRow({self.id})"


class Payee(NamedTuple):
    """Whom dues are owed to, and the account as it is now: in whose name, its number and bank."""

    name: str
    holder: str
    number: str
    bank: str

    @property
    def complete(self) -> bool:
        """Whether all of the account is known."""
        return bool(self.holder and self.number and self.bank)

    @property
    def account(self) -> tuple[str, str, str]:
        """What a payment copies: holder, number, bank."""
        return self.holder, self.number, self.bank


def payees(dues: Sequence[Due | DueRow]) -> dict[str, Payee]:
    """Return the organisations and people that dues are owed to, as they are now, by `Due.owner`."""
    firms = select(Organisation).where(Organisation.id.in_({due.payee_id for due in dues} - {None}))
    found = {
        str(firm.id): Payee(firm.name, firm.payee_name, firm.payee_account or "", firm.payee_bank)
        for firm in db.session.scalars(firms.execution_options(populate_existing=True))
    }
    people = {due.person_id for due in dues if due.payee_id is None}
    accounts = payout_accounts(people) if people else {}
    for person_id, name in db.session.execute(select(Person.id, Person.name).where(among(Person.id, people))):
        held = accounts.get(person_id)
        account = (held.holder, held.number, held.bank) if held else ("", "", "")
        found[f"person/{person_id}"] = Payee(name, *account)
    return found


def moved_payees(batch_id: int) -> list[str]:
    """Return who in a batch is to be paid to another account by now than when it was composed."""
    # A payee's rows were copied from one account: the first of them speaks for all.
    by = (Due.payee_id, case((Due.payee_id.is_(None), Due.person_id)))
    first = select(func.min(Payment.id)).join(Due).where(Payment.batch_id == batch_id).group_by(*by)
    told = select(Due, Payment.payee_name, Payment.payee_account, Payment.payee_bank).join(Payment)
    found = db.session.execute(told.where(Payment.id.in_(first))).all()
    now = payees([due for due, *_ in found])
    return sorted({now[due.owner].name for due, *then in found if now[due.owner].account != tuple(then)})


def persons(due_ids: Iterable[int]) -> Iterator[int]:
    """Yield the people whom dues are for; nothing is read unless somebody wants to know."""
    yield from db.session.scalars(select(Due.person_id).where(among(Due.id, due_ids)).distinct())


class Holding(NamedTuple):
    """The batch that a due is in: who composed it, and when."""

    who: str
    at: datetime
    number: str


def batch_holding(due_ids: Iterable[int]) -> Holding | None:
    """Return the open batch that holds one of some dues, the one composed last, if any does."""
    held = select(Batch.composed_name, Batch.composed_at, Batch.number).join(Payment, Payment.batch_id == Batch.id)
    mine = held.where(among(Payment.due_id, due_ids), Payment.state == PaymentState.PENDING)
    found = db.session.execute(mine.order_by(Batch.id.desc()).limit(1)).first()
    return Holding(*found) if found is not None else None


def claims_of(batch_id: int) -> set[int]:
    """Return the claims that a batch pays for; an advance has none."""
    paid_for = select(ClaimLine.claim_id).join(Due, Due.claim_line_id == ClaimLine.id).join(Payment)
    return set(db.session.scalars(paid_for.where(Payment.batch_id == batch_id).distinct()))


def lines(due_ids: Iterable[int], *, told: bool) -> list[LineRow]:
    """Return the claim lines of dues as they are now, with what they are about where it is to be `told`; an advance has none."""
    mine = select(Due.claim_line_id).where(among(Due.id, due_ids), Due.kind != DueKind.RECOVERY)
    line = ClaimLine
    columns = (line.id, line.claim_id, line.state, line.version, line.entitlement, line.advance)
    owed = select(*columns, line.particulars if told else null()).where(line.id.in_(mine)).order_by(line.id)
    return [LineRow._make(row) for row in db.session.execute(owed)]


def states_by_line(due_ids: Iterable[int]) -> dict[int, set[DueState]]:
    """Return the states of all that is to be paid for the claim lines of these dues, by line."""
    found: dict[int, set[DueState]] = {}
    mine = select(Due.claim_line_id).where(among(Due.id, due_ids), Due.claim_line_id.is_not(None))
    owed = select(Due.claim_line_id, Due.state).where(Due.claim_line_id.in_(mine))
    live = owed.where(Due.kind != DueKind.RECOVERY, Due.state != DueState.CANCELLED).distinct()
    for line_id, state in db.session.execute(live):
        found.setdefault(line_id or 0, set()).add(state)
    return found


def payments(batch_id: int) -> list[PaymentRow]:
    """Return the payments of a batch in its order, each with its person."""
    own = [getattr(Payment, name) for name in PaymentRow._fields[:-2]]
    told = select(*own, Person.name, Person.id_number).join(Person, Person.id == Payment.person_id)
    of_batch = told.where(Payment.batch_id == batch_id).order_by(Payment.position)
    return [PaymentRow._make(row) for row in db.session.execute(of_batch)]


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
    tried = select(Payment).where(among(Payment.due_id, due_ids), Payment.state.in_(states)).order_by(Payment.id)
    return {payment.due_id: payment for payment in db.session.scalars(tried)}
