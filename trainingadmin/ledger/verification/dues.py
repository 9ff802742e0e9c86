"""Rules of what is owed: booked once, paid once, and no more than was earned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from trainingadmin.claims.models import ClaimLine
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.ledger.verification.breaches import NOTHING, Breach, Rule, named, summed
from trainingadmin.payments.models import (
    Due,
    Offset,
    Payment,
    Transfer,
)
from trainingadmin.payments.states import (
    EARNED,
    OUTWARD,
    DueKind,
    DueState,
    PaymentState,
    TransferCode,
)

D, P = DueState, PaymentState


def dues_are_booked_once() -> Iterator[Breach]:
    """Every due was accrued with its amount, and reversed exactly if it was cancelled."""
    accrued = summed(Transfer.amount, Transfer.due_id == Due.id, Transfer.code == TransferCode.ACCRUE)
    reversed_ = summed(Transfer.amount, Transfer.due_id == Due.id, Transfer.code == TransferCode.REVERSE)
    expected = case((Due.state == D.CANCELLED, Due.amount), else_=NOTHING)
    yield from named(
        "dues-booked",
        "dues",
        select(Due.id, Due.amount, accrued, reversed_).where(or_(accrued != Due.amount, reversed_ != expected)),
    )


def offsets_are_booked() -> Iterator[Breach]:
    """What was taken from a due is what its offsets and set-offs say, and each is booked."""
    taken = summed(Offset.amount, Offset.due_id == Due.id)
    booked = summed(Transfer.amount, Transfer.due_id == Due.id, Transfer.code == TransferCode.OFFSET)
    decided = summed(Transfer.amount, Transfer.due_id == Due.id, Transfer.code == TransferCode.SET_OFF)
    wrong = or_(taken != booked, taken + decided != Due.offset)
    owed = select(Due.id, Due.offset, taken, booked, decided).where(Due.kind != DueKind.RECOVERY)
    yield from named("offsets-booked", "dues", owed.where(wrong))


def recoveries_are_booked() -> Iterator[Breach]:
    """What is no longer owed of a recovery was repaid, set off or written off, and it is settled when nothing is left."""
    codes = (TransferCode.RECOVER, TransferCode.SET_OFF, TransferCode.WRITE_OFF)
    booked = summed(Transfer.amount, Transfer.due_id == Due.id, Transfer.code.in_(codes))
    done = and_(Due.state == D.SETTLED, Due.offset != Due.amount)
    left = and_(Due.state == D.OPEN, Due.offset == Due.amount)
    back = select(Due.id, Due.offset, booked).where(Due.kind == DueKind.RECOVERY)
    yield from named("recoveries-booked", "dues", back.where(or_(booked != Due.offset, done, left)))


def nothing_is_asked_back_that_was_not_paid() -> Iterator[Breach]:
    """Of nobody more is ordered back than was paid: to the organisation of a filing, or on a line to the person."""
    for table, *mine in (
        (Enrolment, Due.enrolment_id == Enrolment.id, Due.payee_id.is_not(None)),
        (ClaimLine, Due.claim_line_id == ClaimLine.id, Due.payee_id.is_(None)),
    ):
        paid = summed(Due.amount, *mine, Due.kind.in_(OUTWARD), Due.state == D.SETTLED)
        back = summed(Due.amount, *mine, Due.kind == DueKind.RECOVERY, Due.state != D.CANCELLED)
        yield from named("asked-back", table.__tablename__, select(table.id, paid, back).where(back > paid))


def paid_dues_are_paid() -> Iterator[Breach]:
    """A settled due was paid what was left of it, any other nothing; a recovery never."""
    paid = summed(Payment.amount, Payment.due_id == Due.id, Payment.state == P.PAID)
    owed = case((and_(Due.state == D.SETTLED, Due.kind.in_(OUTWARD)), Due.amount - Due.offset), else_=NOTHING)
    yield from named("dues-paid", "dues", select(Due.id, owed, paid).where(paid != owed))


def dues_have_the_payments_of_their_state() -> Iterator[Breach]:
    """A due in a batch has one pending payment, any other none; none has two live ones; what failed once is never open again."""

    def tried(*states: PaymentState) -> Any:
        return (
            select(func.count())
            .where(Payment.due_id == Due.id, Payment.state.in_(states))
            .correlate(Due)
            .scalar_subquery()
        )

    pending = case((Due.state == D.IN_BATCH, 1), else_=0)
    wrong = or_(
        tried(P.PENDING) != pending,
        tried(P.PENDING, P.PAID) > 1,
        and_(Due.state == D.FAILED, tried(P.FAILED) == 0),
        and_(Due.state == D.OPEN, tried(P.FAILED) > 0),
    )
    yield from named(
        "one-live-payment", "dues", select(Due.id, Due.state, tried(P.PENDING), tried(P.PAID)).where(wrong)
    )


def entitlements_are_accounted_for() -> Iterator[Breach]:
    """Advance paid, balance, offset and recovery of a line add up to what it earned, and never to more."""
    line_of = (Due.claim_line_id == ClaimLine.id, Due.state != D.CANCELLED)
    owed = summed(Due.amount, *line_of, Due.kind.in_(EARNED))
    beside = summed(Due.amount, *line_of, Due.kind == DueKind.ALLOWANCE)
    back = summed(Due.amount, *line_of, Due.kind == DueKind.RECOVERY, Due.period == "")
    ordered = summed(
        Due.amount,
        Due.enrolment_id == ClaimLine.enrolment_id,
        Due.state != D.CANCELLED,
        Due.kind == DueKind.RECOVERY,
        Due.period != "",
        Due.payee_id.is_not(None),
    )
    taken = summed(Offset.amount, Offset.claim_line_id == ClaimLine.id)
    ahead = summed(
        Due.amount, Due.enrolment_id == ClaimLine.enrolment_id, Due.kind == DueKind.ADVANCE, Due.state == D.SETTLED
    )
    touched = owed + back + taken + beside > 0
    unequal = or_(
        and_(beside > 0, beside != ClaimLine.beside),
        and_(owed > 0, ahead + owed != ClaimLine.entitlement),
        and_(back + taken > 0, ahead - back - taken < ClaimLine.entitlement),
        and_(back > 0, ahead - back - taken - ordered > ClaimLine.entitlement),
    )
    found = select(ClaimLine.id, ClaimLine.entitlement, ahead, owed, taken, back)
    yield from named("entitlement", "claim_lines", found.where(touched, unequal))


def advances_are_on_record() -> Iterator[Breach]:
    """What a filing knows to have been paid ahead is what the bank confirmed."""
    ahead = summed(
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
            func.coalesce(Enrolment.advance_paid, NOTHING) != ahead
        ),
    )


RULES: tuple[Rule, ...] = (
    dues_are_booked_once,
    offsets_are_booked,
    recoveries_are_booked,
    nothing_is_asked_back_that_was_not_paid,
    paid_dues_are_paid,
    dues_have_the_payments_of_their_state,
    entitlements_are_accounted_for,
    advances_are_on_record,
)
