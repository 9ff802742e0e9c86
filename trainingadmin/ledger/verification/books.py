"""Rules of the accounts: they balance, agree with the dues, and say what is left of every source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.ledger.queries import balances
from trainingadmin.ledger.verification.breaches import Breach, Rule, named, summed
from trainingadmin.payments import entries
from trainingadmin.payments.models import (
    Appropriation,
    Batch,
    BudgetLine,
    Due,
    Payment,
    Transfer,
)
from trainingadmin.payments.states import (
    OUTWARD,
    DueKind,
    DueState,
    PaymentState,
    TransferCode,
)
from trainingadmin.plumbing.database import db

D, P = DueState, PaymentState


def debits_equal_credits() -> Iterator[Breach]:
    """The trial balance adds up to nothing."""
    sums = balances.add_up(balances.trial_balance())
    if sums.debit != sums.credit:
        yield Breach("debits-equal-credits", "ledger", f"{sums.debit} {sums.credit}")


def accounts_agree_with_dues() -> Iterator[Breach]:
    """What the books say is owed either way is what the dues say."""
    waiting = (Due.state.in_((D.OPEN, D.IN_BATCH, D.FAILED)), Due.kind.in_(OUTWARD))
    expected = {entries.payable(owner): -left for owner, left in _by_owner(*waiting)}
    back = (Due.kind == DueKind.RECOVERY, Due.state == D.OPEN)
    expected |= {entries.receivable(owner): left for owner, left in _by_owner(*back)}
    told = ("payable/", "receivable/", "clearing/")
    booked = {a.account: a.balance for a in balances.trial_balance() if a.account.startswith(told)}
    for account in sorted(expected.keys() | booked.keys()):
        if expected.get(account, ZERO) != booked.get(account, ZERO):
            yield Breach("account-balance", account, f"{expected.get(account, ZERO)} {booked.get(account, ZERO)}")


def _by_owner(*where: ColumnElement[bool]) -> Iterator[tuple[str, Money]]:
    """Add up what is left of dues by whose account in the books it is."""
    person = case((Due.payee_id.is_(None), Due.person_id))
    sums: Select[*tuple[Any, ...]] = select(Due.payee_id, person, func.sum(Due.amount), func.sum(Due.offset))
    for payee_id, person_id, amount, offset in db.session.execute(sums.where(*where).group_by(Due.payee_id, person)):
        yield str(payee_id) if payee_id is not None else f"person/{person_id}", amount - offset


def banks_hold_what_is_left() -> Iterator[Breach]:
    """Of every source and office: appropriated, less paid, plus what came back, is what the bank account says."""
    expected: dict[str, Money] = defaultdict(lambda: ZERO)
    given = select(BudgetLine.funding_source, BudgetLine.office_code, func.sum(Appropriation.amount)).group_by(
        BudgetLine.funding_source, BudgetLine.office_code
    )
    for source, office, amount in db.session.execute(given.join(Appropriation)):
        expected[entries.bank(source, office)] += amount
    paid = select(Batch.funding_source, Batch.office_code, func.sum(Payment.amount)).join(Payment)
    paid = paid.where(Payment.state == P.PAID).group_by(Batch.funding_source, Batch.office_code)
    for source, office, amount in db.session.execute(paid):
        expected[entries.bank(source, office)] -= amount
    back = select(Transfer.debit, func.sum(Transfer.amount)).where(Transfer.code == TransferCode.RECOVER)
    for account, amount in db.session.execute(back.group_by(Transfer.debit)):
        expected[account] += amount
    booked = {a.account: a.balance for a in balances.trial_balance() if a.account.startswith("bank/")}
    for account in sorted(expected.keys() | booked.keys()):
        if expected[account] != booked.get(account, ZERO):
            yield Breach("bank-balance", account, f"{expected[account]} {booked.get(account, ZERO)}")


def budgets_are_kept() -> Iterator[Breach]:
    """A budget line is the sum of its appropriations, and its batches are of its terms and hold no more than it."""
    given = summed(Appropriation.amount, Appropriation.budget_line_id == BudgetLine.id)
    held = (Batch.budget_line_id == BudgetLine.id, Payment.state.in_((P.PENDING, P.PAID)))
    held_sum = summed(Payment.amount, Payment.batch_id == Batch.id, *held)
    wrong = or_(given != BudgetLine.ceiling, held_sum > BudgetLine.ceiling)
    yield from named("budget", "budget_lines", select(BudgetLine.id, BudgetLine.ceiling, given, held_sum).where(wrong))
    other = or_(
        Batch.office_code != BudgetLine.office_code,
        Batch.funding_source != BudgetLine.funding_source,
        Batch.budget_item != BudgetLine.budget_item,
    )
    strays = select(Batch.id).join(BudgetLine, BudgetLine.id == Batch.budget_line_id).where(other)
    yield from named("budget", "batches", strays)


RULES: tuple[Rule, ...] = (
    debits_equal_credits,
    accounts_agree_with_dues,
    banks_hold_what_is_left,
    budgets_are_kept,
)
