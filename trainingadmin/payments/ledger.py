"""The books: append-only double entries in fen, accounts named by path, and what they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due, Payment, Transfer
from trainingadmin.payments.states import DueKind, TransferCode
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import bulk_insert, db


def expense(scheme: str, office_code: str) -> str:
    """Name the account of what an office spent on a scheme."""
    return f"expense/{scheme}/{office_code}"


def payable(organisation_id: int) -> str:
    """Name the account of what is owed to an organisation."""
    return f"payable/{organisation_id}"


def receivable(organisation_id: int) -> str:
    """Name the account of what an organisation has to give back."""
    return f"receivable/{organisation_id}"


def clearing(organisation_id: int) -> str:
    """Name the account that a set-off passes through between two dues of an organisation; it is always empty."""
    return f"clearing/{organisation_id}"


def written_off(scheme: str, office_code: str) -> str:
    """Name the account of what an office gave up getting back."""
    return f"written_off/{scheme}/{office_code}"


def bank(funding_source: str, office_code: str) -> str:
    """Name the account of an office's money from one funding source."""
    return f"bank/{funding_source}/{office_code}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A transfer to be written: `client_id` says what it is for, and makes it unique."""

    client_id: str
    debit: str
    credit: str
    amount: Money
    code: TransferCode
    due_id: int | None
    payment_id: int | None = None
    reverses_id: int | None = None


def post(entries: Sequence[Entry], *, by: Actor) -> None:
    """Write transfers; integrity error when one was written before, or moves nothing, or stays in one account."""
    now = clock.now()
    bulk_insert(
        Transfer, [{**asdict(entry), "amount": entry.amount, "account_id": by.id, "at": now} for entry in entries]
    )


def accrual(due: Due) -> Entry:
    """Book a due: what is owed to an organisation was spent, what it owes back was not."""
    spent = expense(due.scheme, due.office_code)
    backwards = due.kind is DueKind.RECOVERY
    debit, credit = (receivable(due.payee_id), spent) if backwards else (spent, payable(due.payee_id))
    return Entry(f"accrue:{due.id}", debit, credit, due.amount, TransferCode.ACCRUE, due.id)


def offset(offset_id: int, due: Due, amount: Money) -> Entry:
    """Book an unearned advance taken from a due: less is owed, and less was spent."""
    return Entry(
        f"offset:{offset_id}",
        payable(due.payee_id),
        expense(due.scheme, due.office_code),
        amount,
        TransferCode.OFFSET,
        due.id,
    )


def payment(made: Payment, bank_account: str) -> Entry:
    """Book what the bank confirmed: less is owed, and less is in the bank."""
    return Entry(
        f"pay:{made.id}", payable(made.due.payee_id), bank_account, made.amount, TransferCode.PAY, made.due_id, made.id
    )


def recovered(key: str, due: Due, amount: Money, bank_account: str) -> Entry:
    """Book what came back: less is owed to the bureau, and more is in the bank."""
    return _of_recovery(key, due, bank_account, amount, TransferCode.RECOVER)


def let_off(key: str, due: Due, amount: Money) -> Entry:
    """Book what was given up: less is owed to the bureau, and as much is lost."""
    return _of_recovery(key, due, written_off(due.scheme, due.office_code), amount, TransferCode.WRITE_OFF)


def set_off(key: str, due: Due, amount: Money) -> Entry:
    """Book one half of a set-off: less is owed, by the bureau or to it; the other half clears it."""
    if due.kind is DueKind.RECOVERY:
        return _of_recovery(key, due, clearing(due.payee_id), amount, TransferCode.SET_OFF)
    accounts = payable(due.payee_id), clearing(due.payee_id)
    return Entry(f"{key}:{due.id}", *accounts, amount, TransferCode.SET_OFF, due.id)


def _of_recovery(key: str, due: Due, debit: str, amount: Money, code: TransferCode) -> Entry:
    return Entry(f"{key}:{due.id}", debit, receivable(due.payee_id), amount, code, due.id)


def appropriation(appropriation_id: int, funding_source: str, office_code: str, amount: Money) -> Entry:
    """Book money given to an office from a source, or taken back where it is negative."""
    accounts = bank(funding_source, office_code), f"appropriation/{funding_source}/{office_code}"
    debit, credit = accounts if amount > ZERO else accounts[::-1]
    code = TransferCode.APPROPRIATE
    return Entry(f"appropriate:{appropriation_id}", debit, credit, Money(abs(amount.fen)), code, None)


def reversal(of: Transfer) -> Entry:
    """Undo a transfer by a linked one the other way round."""
    return Entry(
        f"reverse:{of.id}", of.credit, of.debit, of.amount, TransferCode.REVERSE, of.due_id, of.payment_id, of.id
    )


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
    debit, credit = _sides(Transfer.debit, actor, on), _sides(Transfer.credit, actor, on)
    return [
        AccountSum(account, debit.get(account, ZERO), credit.get(account, ZERO))
        for account in sorted(debit.keys() | credit.keys())
    ]


@dataclass(frozen=True, slots=True)
class BookSums:
    """What all accounts together took in and gave out."""

    debit: Money
    credit: Money


def add_up(accounts: Sequence[AccountSum]) -> BookSums:
    """Add up a trial balance; debit and credit are equal in sound books."""
    return BookSums(total(account.debit for account in accounts), total(account.credit for account in accounts))


def _sides(side: InstrumentedAttribute[str], actor: Actor | None, on: date | None) -> dict[str, Money]:
    sums: Select[str, Money] = select(side, func.sum(Transfer.amount)).group_by(side)
    if actor is not None:
        sums = sums.outerjoin(Due, Due.id == Transfer.due_id).where(_of_offices(actor))
    if on is not None:
        sums = sums.where(Transfer.at < clock.end_of(on))
    return {row[0]: row[1] for row in db.session.execute(sums)}


def _of_offices(actor: Actor) -> ColumnElement[bool]:
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
        .where(_of_offices(actor))
        .order_by(Transfer.at.desc(), Transfer.id)
    )


def rows(actor: Actor, account: str, on: date | None = None) -> Select[*tuple[Any, ...]]:
    """Select the visible transfers in and out of one account until the end of a day."""
    both = visible_to(actor).where(or_(Transfer.debit == account, Transfer.credit == account))
    return both if on is None else both.where(Transfer.at < clock.end_of(on))


def accounts_in(transfers: Sequence[Any]) -> set[str]:
    """Return the accounts that transfers touch."""
    return {row.debit for row in transfers} | {row.credit for row in transfers}


def of_due(due_id: int) -> Sequence[Any]:
    """Return what was booked for one due, oldest first."""
    booked = select(Transfer.at, Transfer.code, Transfer.debit, Transfer.credit, Transfer.amount)
    return db.session.execute(booked.where(Transfer.due_id == due_id).order_by(Transfer.id)).all()
