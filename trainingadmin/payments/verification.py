"""Proves the books: every sum that must be equal to another is computed from the rows, and every difference is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.claims.models import ClaimLine
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.payments import ledger, remittance
from trainingadmin.payments.models import Appropriation, Batch, BudgetLine, Due, Offset, Payment, Transfer
from trainingadmin.payments.states import BatchState, DueKind, DueState, PaymentState, TransferCode
from trainingadmin.plumbing.database import db

D, P = DueState, PaymentState
_NOTHING: ColumnElement[int] = literal_column("0")
_LIVE_KINDS = (DueKind.ADVANCE, DueKind.BALANCE)


@dataclass(frozen=True, slots=True)
class Breach:
    """A row that contradicts the others: which rule, which row, and what it should have been."""

    rule: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was wrong."""

    counts: dict[str, int]
    breaches: list[Breach] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing contradicts anything."""
        return not self.breaches


Rule = Callable[[], Iterator[Breach]]


def verify(more: Sequence[Rule] = ()) -> Report:
    """Check every rule of the books, and those of stages after them, against every row; reads only."""
    breaches = [breach for rule in (*_RULES, *more) for breach in rule()]
    counts = {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Transfer, Due, Offset, Batch, Payment)
    }
    return Report(counts, breaches)


def named(rule: str, prefix: str, offenders: Select[*tuple[Any, ...]], detail: str = "") -> Iterator[Breach]:
    """Turn the rows that contradict a rule into breaches; the first column is the row's id."""
    for row in db.session.execute(offenders):
        yield Breach(rule, f"{prefix}:{row[0]}", detail or " ".join(str(value) for value in row[1:]))


def _sum(amount: Any, *where: ColumnElement[bool]) -> Any:
    return select(type_coerce(func.coalesce(func.sum(amount), _NOTHING), BigInteger)).where(*where).scalar_subquery()


def debits_equal_credits() -> Iterator[Breach]:
    """The trial balance adds up to nothing."""
    sums = ledger.add_up(ledger.trial_balance())
    if sums.debit != sums.credit:
        yield Breach("debits-equal-credits", "ledger", f"{sums.debit} {sums.credit}")


def dues_are_booked_once() -> Iterator[Breach]:
    """Every due was accrued with its amount, and reversed exactly if it was cancelled."""
    accrued = _sum(Transfer.amount, Transfer.due_id == Due.id, Transfer.code == TransferCode.ACCRUE)
    reversed_ = _sum(Transfer.amount, Transfer.due_id == Due.id, Transfer.code == TransferCode.REVERSE)
    expected = case((Due.state == D.CANCELLED, Due.amount), else_=_NOTHING)
    yield from named(
        "dues-booked",
        "dues",
        select(Due.id, Due.amount, accrued, reversed_).where(or_(accrued != Due.amount, reversed_ != expected)),
    )


def offsets_are_booked() -> Iterator[Breach]:
    """What was taken from a due is what its offsets and set-offs say, and each is booked."""
    taken = _sum(Offset.amount, Offset.due_id == Due.id)
    booked = _sum(Transfer.amount, Transfer.due_id == Due.id, Transfer.code == TransferCode.OFFSET)
    decided = _sum(Transfer.amount, Transfer.due_id == Due.id, Transfer.code == TransferCode.SET_OFF)
    wrong = or_(taken != booked, taken + decided != Due.offset)
    owed = select(Due.id, Due.offset, taken, booked, decided).where(Due.kind != DueKind.RECOVERY)
    yield from named("offsets-booked", "dues", owed.where(wrong))


def recoveries_are_booked() -> Iterator[Breach]:
    """What is no longer owed of a recovery was repaid, set off or written off, and it is settled when nothing is left."""
    codes = (TransferCode.RECOVER, TransferCode.SET_OFF, TransferCode.WRITE_OFF)
    booked = _sum(Transfer.amount, Transfer.due_id == Due.id, Transfer.code.in_(codes))
    done = and_(Due.state == D.SETTLED, Due.offset != Due.amount)
    left = and_(Due.state == D.OPEN, Due.offset == Due.amount)
    back = select(Due.id, Due.offset, booked).where(Due.kind == DueKind.RECOVERY)
    yield from named("recoveries-booked", "dues", back.where(or_(booked != Due.offset, done, left)))


def nothing_is_asked_back_that_was_not_paid() -> Iterator[Breach]:
    """Of nobody more is ordered back than was paid."""
    mine = Due.enrolment_id == Enrolment.id
    paid = _sum(Due.amount, mine, Due.kind.in_(_LIVE_KINDS), Due.state == D.SETTLED)
    back = _sum(Due.amount, mine, Due.kind == DueKind.RECOVERY, Due.state != D.CANCELLED)
    yield from named("asked-back", "enrolments", select(Enrolment.id, paid, back).where(back > paid))


def paid_dues_are_paid() -> Iterator[Breach]:
    """A settled due was paid what was left of it, any other nothing; a recovery never."""
    paid = _sum(Payment.amount, Payment.due_id == Due.id, Payment.state == P.PAID)
    owed = case((and_(Due.state == D.SETTLED, Due.kind.in_(_LIVE_KINDS)), Due.amount - Due.offset), else_=_NOTHING)
    yield from named("dues-paid", "dues", select(Due.id, owed, paid).where(paid != owed))


def dues_have_the_payments_of_their_state() -> Iterator[Breach]:
    """A due in a batch has one pending payment, any other none; no due has two live payments."""

    def tried(*states: PaymentState) -> Any:
        return (
            select(func.count())
            .where(Payment.due_id == Due.id, Payment.state.in_(states))
            .correlate(Due)
            .scalar_subquery()
        )

    pending = case((Due.state == D.IN_BATCH, 1), else_=0)
    wrong = or_(
        tried(P.PENDING) != pending, tried(P.PENDING, P.PAID) > 1, and_(Due.state == D.FAILED, tried(P.FAILED) == 0)
    )
    yield from named(
        "one-live-payment", "dues", select(Due.id, Due.state, tried(P.PENDING), tried(P.PAID)).where(wrong)
    )


def payments_are_booked_once() -> Iterator[Breach]:
    """Every paid payment has one transfer of its amount to the bank, and nothing else has one."""
    booked = aliased(Transfer)
    count = (
        select(func.count())
        .where(booked.payment_id == Payment.id, booked.code == TransferCode.PAY)
        .correlate(Payment)
        .scalar_subquery()
    )
    amount = _sum(booked.amount, booked.payment_id == Payment.id, booked.code == TransferCode.PAY)
    times = case((Payment.state == P.PAID, 1), else_=0)
    owed = case((Payment.state == P.PAID, Payment.amount), else_=_NOTHING)
    yield from named(
        "payments-booked",
        "payments",
        select(Payment.id, owed, count, amount).where(or_(count != times, amount != owed)),
    )
    loose = select(Transfer.id).where(Transfer.code == TransferCode.PAY, Transfer.payment_id.is_(None))
    yield from named("payments-booked", "transfers", loose)


def batches_add_up() -> Iterator[Breach]:
    """Count and total of a batch are those of its rows, and its state is theirs."""
    count = select(func.count()).where(Payment.batch_id == Batch.id).correlate(Batch).scalar_subquery()
    amount = _sum(Payment.amount, Payment.batch_id == Batch.id)
    yield from named(
        "batch-total",
        "batches",
        select(Batch.id, Batch.total, amount).where(or_(count != Batch.count, amount != Batch.total)),
    )
    allowed = {
        BatchState.COMPOSED: (P.PENDING,),
        BatchState.RELEASED: (P.PENDING, P.PAID, P.FAILED),
        BatchState.SETTLED: (P.PAID, P.FAILED),
        BatchState.CANCELLED: (P.CANCELLED,),
    }
    fits = or_(*(and_(Batch.state == state, Payment.state.in_(states)) for state, states in allowed.items()))
    yield from named(
        "batch-state",
        "batches",
        select(Batch.id, Batch.state).distinct().join(Payment, Payment.batch_id == Batch.id).where(not_(fits)),
    )


def digests_hold() -> Iterator[Breach]:
    """The rows of every batch are still those that were composed and released."""
    for batch_id, digest in db.session.execute(select(Batch.id, Batch.digest).order_by(Batch.id)):
        if remittance.digest(remittance.rows(batch_id)) != digest:
            yield Breach("batch-digest", f"batches:{batch_id}")


def entitlements_are_accounted_for() -> Iterator[Breach]:
    """Advance paid, balance, offset and recovery of a line add up to what it earned, and never to more."""
    line_of = (Due.claim_line_id == ClaimLine.id, Due.state != D.CANCELLED)
    owed = _sum(Due.amount, *line_of, Due.kind == DueKind.BALANCE)
    back = _sum(Due.amount, *line_of, Due.kind == DueKind.RECOVERY, Due.period == "")
    ordered = _sum(
        Due.amount,
        Due.enrolment_id == ClaimLine.enrolment_id,
        Due.state != D.CANCELLED,
        Due.kind == DueKind.RECOVERY,
        Due.period != "",
    )
    taken = _sum(Offset.amount, Offset.claim_line_id == ClaimLine.id)
    ahead = _sum(
        Due.amount, Due.enrolment_id == ClaimLine.enrolment_id, Due.kind == DueKind.ADVANCE, Due.state == D.SETTLED
    )
    touched = owed + back + taken > 0
    unequal = or_(
        and_(owed > 0, ahead + owed != ClaimLine.entitlement),
        and_(back + taken > 0, ahead - back - taken < ClaimLine.entitlement),
        and_(back > 0, ahead - back - taken - ordered > ClaimLine.entitlement),
    )
    found = select(ClaimLine.id, ClaimLine.entitlement, ahead, owed, taken, back)
    yield from named("entitlement", "claim_lines", found.where(touched, unequal))


def advances_are_on_record() -> Iterator[Breach]:
    """What a filing knows to have been paid ahead is what the bank confirmed."""
    ahead = _sum(
        Payment.amount,
        Payment.due_id == Due.id,
        Payment.state == P.PAID,
        Due.enrolment_id == Enrolment.id,
        Due.kind == DueKind.ADVANCE,
    )
    yield from named(
        "advance",
        "enrolments",
        select(Enrolment.id, Enrolment.advance_paid, ahead).where(
            func.coalesce(Enrolment.advance_paid, _NOTHING) != ahead
        ),
    )


def accounts_agree_with_dues() -> Iterator[Breach]:
    """What the books say is owed either way is what the dues say."""
    waiting = (Due.state.in_((D.OPEN, D.IN_BATCH, D.FAILED)), Due.kind.in_(_LIVE_KINDS))
    owed = select(Due.payee_id, func.sum(Due.amount), func.sum(Due.offset)).where(*waiting).group_by(Due.payee_id)
    expected = {ledger.payable(payee): -(amount - offset) for payee, amount, offset in db.session.execute(owed)}
    back = select(Due.payee_id, func.sum(Due.amount), func.sum(Due.offset)).where(
        Due.kind == DueKind.RECOVERY, Due.state == D.OPEN
    )
    for payee, amount, returned in db.session.execute(back.group_by(Due.payee_id)):
        expected[ledger.receivable(payee)] = amount - returned
    told = ("payable/", "receivable/", "clearing/")
    booked = {a.account: a.balance for a in ledger.trial_balance() if a.account.startswith(told)}
    for account in sorted(expected.keys() | booked.keys()):
        if expected.get(account, ZERO) != booked.get(account, ZERO):
            yield Breach("account-balance", account, f"{expected.get(account, ZERO)} {booked.get(account, ZERO)}")


def banks_hold_what_is_left() -> Iterator[Breach]:
    """Of every source and office: appropriated, less paid, plus what came back, is what the bank account says."""
    expected: dict[str, Money] = defaultdict(lambda: ZERO)
    given = select(BudgetLine.funding_source, BudgetLine.office_code, func.sum(Appropriation.amount)).group_by(
        BudgetLine.funding_source, BudgetLine.office_code
    )
    for source, office, amount in db.session.execute(given.join(Appropriation)):
        expected[ledger.bank(source, office)] += amount
    paid = select(Batch.funding_source, Batch.office_code, func.sum(Payment.amount)).join(Payment)
    paid = paid.where(Payment.state == P.PAID).group_by(Batch.funding_source, Batch.office_code)
    for source, office, amount in db.session.execute(paid):
        expected[ledger.bank(source, office)] -= amount
    back = select(Transfer.debit, func.sum(Transfer.amount)).where(Transfer.code == TransferCode.RECOVER)
    for account, amount in db.session.execute(back.group_by(Transfer.debit)):
        expected[account] += amount
    booked = {a.account: a.balance for a in ledger.trial_balance() if a.account.startswith("bank/")}
    for account in sorted(expected.keys() | booked.keys()):
        if expected[account] != booked.get(account, ZERO):
            yield Breach("bank-balance", account, f"{expected[account]} {booked.get(account, ZERO)}")


def budgets_are_kept() -> Iterator[Breach]:
    """A budget line is the sum of its appropriations, and its batches are of its terms and hold no more than it."""
    given = _sum(Appropriation.amount, Appropriation.budget_line_id == BudgetLine.id)
    held = (Batch.budget_line_id == BudgetLine.id, Payment.state.in_((P.PENDING, P.PAID)))
    held_sum = _sum(Payment.amount, Payment.batch_id == Batch.id, *held)
    wrong = or_(given != BudgetLine.ceiling, held_sum > BudgetLine.ceiling)
    yield from named("budget", "budget_lines", select(BudgetLine.id, BudgetLine.ceiling, given, held_sum).where(wrong))
    other = or_(
        Batch.office_code != BudgetLine.office_code,
        Batch.funding_source != BudgetLine.funding_source,
        Batch.budget_item != BudgetLine.budget_item,
    )
    strays = select(Batch.id).join(BudgetLine, BudgetLine.id == Batch.budget_line_id).where(other)
    yield from named("budget", "batches", strays)


def paid_payments_are_certified() -> Iterator[Breach]:
    """Every paid payment has its certificate, and nothing unpaid has one."""
    of_payments = select(Certificate.subject).where(Certificate.kind == CertificateKind.PAYMENT)
    certified = set(db.session.scalars(of_payments))
    for payment_id, state in db.session.execute(select(Payment.id, Payment.state).order_by(Payment.id)):
        if (f"payment:{payment_id}" in certified) != (state is P.PAID):
            yield Breach("certificate", f"payments:{payment_id}", state.value)


_RULES: tuple[Rule, ...] = (
    debits_equal_credits,
    dues_are_booked_once,
    offsets_are_booked,
    recoveries_are_booked,
    nothing_is_asked_back_that_was_not_paid,
    paid_dues_are_paid,
    dues_have_the_payments_of_their_state,
    payments_are_booked_once,
    batches_add_up,
    digests_hold,
    entitlements_are_accounted_for,
    advances_are_on_record,
    accounts_agree_with_dues,
    banks_hold_what_is_left,
    budgets_are_kept,
    paid_payments_are_certified,
)
