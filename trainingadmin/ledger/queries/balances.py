"""What the books add up to: balances, the trial balance of a day, the transfers in and out of an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Batch, Due, Payment, Transfer
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db, remembered


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What went into and out of one account."""

    account: str
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        """Debits less credits: negative where more is owed or was paid out than came in."""
        return self.debit - self.credit


def balance(account: str) -> Money:
    """Return debits less credits of one account."""
    return _sum(Transfer.debit, account) - _sum(Transfer.credit, account)


def _sum(side: InstrumentedAttribute[str], account: str) -> Money:
    return db.session.scalar(select(func.sum(Transfer.amount)).where(side == account)) or ZERO


def trial_balance(actor: Actor | None = None, on: date | None = None) -> list[AccountSum]:
    """Return every account with what went in and out until the end of a day: all, or what `actor` may see."""
    return by_account(driver.rows(_between_accounts(actor, on)))


def by_account(summed: Iterable[Any]) -> list[AccountSum]:
    """Return every account in sums of what went from one account (`credit`) to another (`debit`), in order."""
    debit: dict[str, int] = defaultdict(int)
    credit: dict[str, int] = defaultdict(int)
    for row in summed:
        debit[row.debit] += row.amount.fen
        credit[row.credit] += row.amount.fen
    return [
        AccountSum(account, Money(debit.get(account, 0)), Money(credit.get(account, 0)))
        for account in sorted(debit.keys() | credit.keys())
    ]


@remembered
def _between_accounts(actor: Actor | None, on: date | None) -> Select[str, str, Money]:
    """Add up what went from each account to each other one: one reading of the books tells both sides."""
    both = (Transfer.debit, Transfer.credit)
    sums: Select[str, str, Money] = select(*both, func.sum(Transfer.amount).label("amount")).group_by(*both)
    if actor is not None:
        sums = sums.outerjoin(Due, Due.id == Transfer.due_id).where(of_offices(actor))
    return sums if on is None else sums.where(Transfer.at < clock.end_of(on))


@dataclass(frozen=True, slots=True)
class BookSums:
    """What all accounts together took in and gave out."""

    debit: Money
    credit: Money


def add_up(accounts: Sequence[AccountSum]) -> BookSums:
    """Add up a trial balance; debit and credit are equal in sound books."""
    return BookSums(total(account.debit for account in accounts), total(account.credit for account in accounts))


def of_offices(actor: Actor) -> ColumnElement[bool]:
    """Limit transfers to the offices one may see; what is about no due names its office last in its account."""
    if not actor.is_staff:
        return false()
    if actor.sees_whole_city:
        return true()
    appropriated = Transfer.due_id.is_(None) & Transfer.debit.endswith(f"/{actor.office}", autoescape=True)
    return or_(Due.office_code == actor.office, appropriated)


def rows(actor: Actor, account: str, on: date | None = None, since: date | None = None) -> Select[*tuple[Any, ...]]:
    """Select the visible transfers in and out of one account, newest first, from one day until the end of another.

    Each comes with the person and batch it is about, and `balance`: debits less credits until and with it, those
    before `since` included.
    """
    told = _running(actor, account).subquery()
    columns = (Person.name.label("person"), Person.id_number, Batch.id.label("batch_id"), Batch.number.label("batch"))
    both: Select[*tuple[Any, ...]] = (
        select(*told.c, Due.kind, Due.about, *columns)
        .select_from(told)
        .outerjoin(Due, Due.id == told.c.due_id)
        .outerjoin(Person, Person.id == Due.person_id)
        .outerjoin(Payment, Payment.id == told.c.payment_id)
        .outerjoin(Batch, Batch.id == Payment.batch_id)
        .order_by(told.c.at.desc(), told.c.id.desc())
    )
    both = both if on is None else both.where(told.c.at < clock.end_of(on))
    return both if since is None else both.where(told.c.at >= clock.end_of(since - timedelta(days=1)))


def _running(actor: Actor, account: str) -> Select[*tuple[Any, ...]]:
    signed = case((Transfer.debit == account, Transfer.amount), else_=-Transfer.amount)
    balance = func.sum(signed, type_=Transfer.amount.type).over(order_by=(Transfer.at, Transfer.id))
    return (
        select(
            Transfer.id,
            Transfer.at,
            Transfer.code,
            Transfer.debit,
            Transfer.credit,
            Transfer.amount,
            Transfer.due_id,
            Transfer.payment_id,
            balance.label("balance"),
        )
        .outerjoin(Due, Due.id == Transfer.due_id)
        .where(of_offices(actor), or_(Transfer.debit == account, Transfer.credit == account))
    )
