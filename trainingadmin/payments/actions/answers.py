"""Takes the bank's answer: all of it or nothing, once, and what follows from every line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.claims import actions as claims
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import FINANCE, Actor
from trainingadmin.payments import bankfile, ledger, queries, remittance, vouchers
from trainingadmin.payments.actions.batches import hold, move_dues
from trainingadmin.payments.bankfile import AnswerLine, AnswerReading
from trainingadmin.payments.models import BankAnswer, Batch, Payment
from trainingadmin.payments.queries import locks, rows
from trainingadmin.payments.states import BATCH, PAYMENT, BatchState, DueKind, PaymentState
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, write_rows
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.storage import store

_FIELD = "answer"


class AnswerRefused(Refusal):
    """The bank's answer does not agree with what was sent; `findings` say where."""

    def __init__(self, findings: Sequence[CellFinding]) -> None:
        message = N_("回单与发出的批次不一致，没有入账。请对照下面 %(count)s 处问题，向银行索取正确的回单。")
        super().__init__("answer-differs", message, field=_FIELD, count=len(findings))
        self.findings = tuple(findings)


def answer(batch: Batch, filename: str, data: bytes, *, by: Actor) -> BankAnswer:
    """Settle the lines a bank's answer speaks of; the same bytes again change nothing and return the first record.

    Refusals `move-role`, `not-released`, those of reading a spreadsheet, `answer-empty`, and `answer-differs` with every
    disagreement by its cell; a line that was settled cannot become another.
    """
    if not by.has(*FINANCE):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    sheets = _sheets(data)
    batch = locks.batch(batch.id)
    if batch.state not in (BatchState.RELEASED, BatchState.SETTLED):
        raise Refusal("not-released", N_("批次尚未复核放款，不能导入回单。"), field=_FIELD)
    sha256 = hashlib.sha256(data).hexdigest()
    if (before := queries.answer_with(batch.id, sha256)) is not None:
        return before
    reading = _held_against(batch, sheets)
    record = _record(batch, filename, store().keep(data), reading, by)
    _settle(batch, reading.fresh, by)
    return record


def _sheets(data: bytes) -> tuple[Sheet, ...]:
    try:
        return read_workbook(data).sheets
    except Refusal as refusal:
        refusal.field = _FIELD
        raise


def _held_against(batch: Batch, sheets: Sequence[Sheet]) -> AnswerReading:
    reading = bankfile.read_answer(sheets, remittance.rows(batch.id), rows.settled(batch.id))
    if not reading.importable:
        if not reading.findings:
            raise Refusal("answer-empty", N_("文件里没有回单明细。"), field=_FIELD)
        raise AnswerRefused(reading.findings)
    return reading


def _record(batch: Batch, filename: str, sha256: str, reading: AnswerReading, by: Actor) -> BankAnswer:
    record = BankAnswer(
        batch_id=batch.id,
        filename=filename[-120:],
        sha256=sha256,
        paid=reading.paid,
        failed=reading.failed,
        remarks=[finding.as_json() for finding in reading.findings],
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(record)
    db.session.flush()
    facts = {"sha256": sha256, "paid": reading.paid, "failed": reading.failed, "fresh": len(reading.fresh)}
    journal.record("bank-answer", f"batches:{batch.id}", by=by, **facts)
    return record


def _settle(batch: Batch, told: Sequence[AnswerLine], by: Actor) -> None:
    due_of = dict(enumerate(rows.due_ids(batch.id), start=1))  # positions are numbered when a batch is composed
    hold([due_of[line.position] for line in told])
    by_position = {payment.position: payment for payment in rows.payments(batch.id)}
    paid = [by_position[line.position] for line in told if line.paid]
    failed = [(by_position[line.position], line.reason) for line in told if not line.paid]
    _pay(batch, paid, by)
    _fail(failed, by)
    _follow(paid, "pay", by)
    _follow([payment for payment, _ in failed], "fail", by)
    if all(payment.state is not PaymentState.PENDING for payment in by_position.values()) and told:
        batch.state = BATCH.check("settle", state=batch.state, actor=by, past=()).target
        batch.settled_at = clock.now()
    db.session.flush()
    certificates.issue_many(CertificateKind.PAYMENT, vouchers.orders(batch, paid), by=by)


def _pay(batch: Batch, paid: Sequence[Payment], by: Actor) -> None:
    now, account = clock.now(), ledger.bank(batch.funding_source, batch.office_code)
    targets = [PAYMENT.check("pay", state=payment.state, actor=by, past=()).target for payment in paid]
    write_rows(paid, [{"state": target, "settled_at": now} for target in targets])
    ledger.post([ledger.payment(payment, account) for payment in paid], by=by)
    ahead = {payment.due.enrolment_id: payment.amount for payment in paid if payment.due.kind is DueKind.ADVANCE}
    cohorts.advance_settled(ahead, by=by)


def _fail(failed: Sequence[tuple[Payment, str]], by: Actor) -> None:
    targets = [PAYMENT.check("fail", state=payment.state, actor=by, past=()).target for payment, _ in failed]
    told = [{"state": target, "failure": reason} for target, (_, reason) in zip(targets, failed, strict=True)]
    write_rows([payment for payment, _ in failed], told)


def _follow(payments: Sequence[Payment], name: str, by: Actor) -> None:
    """Move the dues and claim lines of answered payments."""
    move_dues([payment.due for payment in payments], name, by=by)
    lines = rows.lines([payment.due_id for payment in payments])
    claims.move_lines(lines, "settle" if name == "pay" else name, by=by)
