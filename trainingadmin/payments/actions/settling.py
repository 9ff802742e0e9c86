"""Books what the bank said of payments: dues, claim lines, the ledger and certificates follow."""

from __future__ import annotations

from collections.abc import Sequence

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.claims.queries import LineRow
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments import entries, vouchers
from trainingadmin.payments.actions.following import follow_dues, hold_rows, move_dues
from trainingadmin.payments.bank.answers import AnswerLine
from trainingadmin.payments.models import Batch, Payment
from trainingadmin.payments.queries import rows
from trainingadmin.payments.queries.rows import DueRow, PaymentRow
from trainingadmin.payments.states import BATCH, PAYMENT, DueKind, PaymentState
from trainingadmin.payments.vouchers import Paid
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db, write_rows, write_same


def settle(batch: Batch, told: Sequence[AnswerLine], by: Actor) -> None:
    """Book what the bank said of these lines of a locked batch, and what follows from it."""
    due_of = dict(enumerate(rows.due_ids(batch.id), start=1))  # positions are numbered when a batch is composed
    held = {due.id: due for due in hold_rows([due_of[line.position] for line in told])}
    by_position = {payment.position: payment for payment in rows.payments(batch.id)}
    paid = [Paid(made := by_position[line.position], held[made.due_id]) for line in told if line.paid]
    failed = [(by_position[line.position], line.reason) for line in told if not line.paid]
    _pay(batch, paid, by)
    _fail(failed, by)
    lines = _follow([due for _, due in paid], "pay", by)
    _follow([held[payment.due_id] for payment, _ in failed], "fail", by)
    unanswered = by_position.keys() - {line.position for line in told}
    if told and all(by_position[position].state is not PaymentState.PENDING for position in unanswered):
        batch.state = BATCH.check("settle", state=batch.state, actor=by, past=()).target
        batch.settled_at = clock.now()
    db.session.flush()
    certificates.issue_many(
        CertificateKind.PAYMENT, vouchers.orders(batch, paid, {line.id: line for line in lines}), by=by
    )


def _pay(batch: Batch, paid: Sequence[Paid], by: Actor) -> None:
    now, account = clock.now(), entries.bank(batch.funding_source, batch.office_code)
    for state in dict.fromkeys(made.state for made, _ in paid):
        PAYMENT.check("pay", state=state, actor=by, past=())
    write_same(Payment, [made.id for made, _ in paid], state=PAYMENT.moves["pay"].target, settled_at=now)
    entries.post([entries.payment(made, due.owner, account) for made, due in paid], by=by)
    ahead = {due.enrolment_id or 0: made.amount for made, due in paid if due.kind is DueKind.ADVANCE}
    cohorts.advance_settled(ahead, by=by)


def _fail(failed: Sequence[tuple[PaymentRow, str]], by: Actor) -> None:
    for state in dict.fromkeys(made.state for made, _ in failed):
        PAYMENT.check("fail", state=state, actor=by, past=())
    target = PAYMENT.moves["fail"].target
    write_rows(Payment, [{"id": made.id, "state": target, "failure": reason} for made, reason in failed])


def _follow(dues: Sequence[DueRow], name: str, by: Actor) -> list[LineRow]:
    """Move the dues of answered payments and the claim lines after them; return the lines."""
    move_dues(dues, name, by=by)
    return follow_dues([due.id for due in dues], by=by, told=True)
