"""Rules of what went to the bank: files, payments, certificates and bookings are the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import String, and_, case, cast, func, not_, or_, select
from sqlalchemy.orm import aliased

from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.ledger.verification.breaches import NOTHING, Breach, Rule, named, summed
from trainingadmin.payments.bank import remittance
from trainingadmin.payments.models import (
    Batch,
    Payment,
    StrayLine,
    Transfer,
)
from trainingadmin.payments.states import (
    BatchState,
    DueState,
    PaymentState,
    StrayState,
    TransferCode,
)
from trainingadmin.plumbing.database import db

D, P = DueState, PaymentState


def payments_are_booked_once() -> Iterator[Breach]:
    """Every paid payment has one transfer of its amount to the bank, and nothing else has one."""
    booked = aliased(Transfer)
    count = (
        select(func.count())
        .where(booked.payment_id == Payment.id, booked.code == TransferCode.PAY)
        .correlate(Payment)
        .scalar_subquery()
    )
    amount = summed(booked.amount, booked.payment_id == Payment.id, booked.code == TransferCode.PAY)
    times = case((Payment.state == P.PAID, 1), else_=0)
    owed = case((Payment.state == P.PAID, Payment.amount), else_=NOTHING)
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
    amount = summed(Payment.amount, Payment.batch_id == Batch.id)
    yield from named(
        "batch-total",
        "batches",
        select(Batch.id, Batch.total, amount).where(or_(count != Batch.count, amount != Batch.total)),
    )
    allowed = {
        BatchState.COMPOSED: (P.PENDING,),
        BatchState.CHECKED: (P.PENDING,),
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


def files_are_what_was_sent() -> Iterator[Breach]:
    """The rows of every batch are still those that were composed and released, as a whole and file by file."""
    for batch_id, digest in db.session.execute(select(Batch.id, Batch.digest).order_by(Batch.id)):
        told, files = remittance.rows(batch_id), remittance.files_of(batch_id)
        if remittance.digest(told) != digest:
            yield Breach("batch-digest", f"batches:{batch_id}")
        ends = [0, *(file.last for file in files)]
        apart = any(file.first != before + 1 for file, before in zip(files, ends, strict=False))
        if apart or ends[-1] != len(told):
            yield Breach("bank-file", f"batches:{batch_id}", "does not hold every row once")
            continue
        for file in files:
            part = remittance.of_part(file, told)
            if remittance.digest(part) != file.digest:
                yield Breach("file-digest", f"batch_files:{file.id}")
            if sum(row.amount.fen for row in part) != file.total.fen:
                yield Breach("bank-file", f"batch_files:{file.id}", str(file.total))


def paid_payments_are_certified() -> Iterator[Breach]:
    """Every paid payment has its certificate of the same amount, and nothing unpaid has one."""
    of_payments = select(Certificate.subject, Certificate.public).where(Certificate.kind == CertificateKind.PAYMENT)
    told_of = db.session.execute(of_payments.order_by(Certificate.id))  # the last one speaks, where it was replaced
    certified = {subject: str(public.get("amount")) for subject, public in told_of}
    payments = select(Payment.id, Payment.state, Payment.amount).order_by(Payment.id)
    for payment_id, state, amount in db.session.execute(payments):
        told = certified.get(f"payment:{payment_id}")
        if (told is not None) != (state is P.PAID):
            yield Breach("certificate", f"payments:{payment_id}", state.value)
        elif told is not None and told != str(amount):
            yield Breach("certificate-amount", f"payments:{payment_id}", f"{amount} {told}")


def matched_lines_are_booked() -> Iterator[Breach]:
    """A stray line that two people matched is of its payment's amount, and the payment ended as the bank said."""
    ended = case((StrayLine.paid, P.PAID.value), else_=P.FAILED.value)
    wrong = or_(Payment.amount != StrayLine.amount, cast(Payment.state, String) != ended)
    matched = select(StrayLine.id, StrayLine.amount, Payment.amount).join(Payment, Payment.id == StrayLine.payment_id)
    yield from named("stray-line", "stray_lines", matched.where(StrayLine.state == StrayState.MATCHED, wrong))


RULES: tuple[Rule, ...] = (
    payments_are_booked_once,
    batches_add_up,
    files_are_what_was_sent,
    paid_payments_are_certified,
    matched_lines_are_booked,
)
