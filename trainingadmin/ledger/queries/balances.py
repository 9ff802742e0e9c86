"""What the books add up to: balances, the trial balance of a day, the transfers in and out of an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due, Transfer
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


def visible_to(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the transfers of the offices that `actor` may see, newest first, as columns."""
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
            Transfer.reverses_id,
        )
        .outerjoin(Due, Due.id == Transfer.due_id)
        .where(of_offices(actor))
        .order_by(Transfer.at.desc(), Transfer.id)
    )


def rows(actor: Actor, account: str, on: date | None = None) -> Select[*tuple[Any, ...]]:
    """Select the visible transfers in and out of one account until the end of a day."""
    both = visible_to(actor).where(or_(Transfer.debit == account, Transfer.credit == account))
    return both if on is None else both.where(Transfer.at < clock.end_of(on))
