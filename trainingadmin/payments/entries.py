"""What is written into the books: append-only double entries in fen between accounts named by path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due, Transfer
from trainingadmin.payments.queries.rows import PaymentRow
from trainingadmin.payments.states import DueKind, TransferCode
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db


def expense(scheme: str, office_code: str) -> str:
    """Name the account of what an office spent on a scheme."""
    return f"expense/{scheme}/{office_code}"


def payable(owner: str) -> str:
    """Name the account of what is owed to an organisation or a person."""
    return f"payable/{owner}"


def receivable(owner: str) -> str:
    """Name the account of what an organisation or a person has to give back."""
    return f"receivable/{owner}"


def clearing(owner: str) -> str:
    """Name the account that a set-off passes through between two dues of one payee; it is always empty."""
    return f"clearing/{owner}"


def written_off(scheme: str, office_code: str) -> str:
    """Name the account of what an office gave up getting back."""
    return f"written_off/{scheme}/{office_code}"


def bank(funding_source: str, office_code: str) -> str:
    """Name the account of an office's money from one funding source."""
    return f"bank/{funding_source}/{office_code}"


class Entry(NamedTuple):
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
    of_now = {"account_id": by.id, "at": clock.now()}
    bulk_insert(Transfer, [entry._asdict() | of_now for entry in entries])


def accrual(due: Due) -> Entry:
    """Book a due: what is owed to an organisation was spent, what it owes back was not."""
    spent = expense(due.scheme, due.office_code)
    backwards = due.kind is DueKind.RECOVERY
    debit, credit = (receivable(due.owner), spent) if backwards else (spent, payable(due.owner))
    return Entry(f"accrue:{due.id}", debit, credit, due.amount, TransferCode.ACCRUE, due.id)


def offset(offset_id: int, due: Due, amount: Money) -> Entry:
    """Book an unearned advance taken from a due: less is owed, and less was spent."""
    return Entry(
        f"offset:{offset_id}",
        payable(due.owner),
        expense(due.scheme, due.office_code),
        amount,
        TransferCode.OFFSET,
        due.id,
    )


def payment(made: PaymentRow, owner: str, bank_account: str) -> Entry:
    """Book what the bank confirmed: less is owed to the payee, and less is in the bank."""
    return Entry(f"pay:{made.id}", payable(owner), bank_account, made.amount, TransferCode.PAY, made.due_id, made.id)


def recovered(key: str, due: Due, amount: Money, bank_account: str) -> Entry:
    """Book what came back: less is owed to the bureau, and more is in the bank."""
    return _of_recovery(key, due, bank_account, amount, TransferCode.RECOVER)


def let_off(key: str, due: Due, amount: Money) -> Entry:
    """Book what was given up: less is owed to the bureau, and as much is lost."""
    return _of_recovery(key, due, written_off(due.scheme, due.office_code), amount, TransferCode.WRITE_OFF)


def set_off(key: str, due: Due, amount: Money) -> Entry:
    """Book one half of a set-off: less is owed, by the bureau or to it; the other half clears it."""
    if due.kind is DueKind.RECOVERY:
        return _of_recovery(key, due, clearing(due.owner), amount, TransferCode.SET_OFF)
    accounts = payable(due.owner), clearing(due.owner)
    return Entry(f"{key}:{due.id}", *accounts, amount, TransferCode.SET_OFF, due.id)


def _of_recovery(key: str, due: Due, debit: str, amount: Money, code: TransferCode) -> Entry:
    return Entry(f"{key}:{due.id}", debit, receivable(due.owner), amount, code, due.id)


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


def accounts_in(transfers: Sequence[Any]) -> set[str]:
    """Return the accounts that transfers touch."""
    return {row.debit for row in transfers} | {row.credit for row in transfers}


def of_due(due_id: int) -> Sequence[Any]:
    """Return what was booked for one due, oldest first."""
    booked = select(Transfer.at, Transfer.code, Transfer.debit, Transfer.credit, Transfer.amount)
    return db.session.execute(booked.where(Transfer.due_id == due_id).order_by(Transfer.id)).all()
