"""Takes the bank's answer: all of it or nothing, once, and what follows from every line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import FINANCE, Actor
from trainingadmin.payments import queries
from trainingadmin.payments.actions import settling, strays
from trainingadmin.payments.bank import answers as answered
from trainingadmin.payments.bank import remittance
from trainingadmin.payments.bank.answers import AnswerReading
from trainingadmin.payments.models import BankAnswer, Batch
from trainingadmin.payments.queries import locks, rows
from trainingadmin.payments.states import BatchState
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import uncollected
from trainingadmin.plumbing.database import db
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


@uncollected()
def answer(batch: Batch, filename: str, data: bytes, *, by: Actor, part: int = 1) -> BankAnswer:
    """Settle the lines a bank's answer to one file speaks of; the same bytes again change nothing and return the first record.

    Refusals `move-role`, `not-released`, `relative`, those of reading a spreadsheet, `answer-empty`, and `answer-differs` with
    every disagreement by its cell; a line that was settled cannot become another. What was not sent is kept as a stray.
    """
    if not by.has(*FINANCE):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    sheets = _sheets(data)
    batch = locks.batch(batch.id)
    if batch.state not in (BatchState.RELEASED, BatchState.SETTLED):
        raise Refusal("not-released", N_("批次尚未放款，不能导入回单。"), field=_FIELD)
    sha256 = hashlib.sha256(data).hexdigest()
    people.refuse_relatives(rows.persons(rows.due_ids(batch.id)), by=by)
    if (before := queries.answer_with(batch.id, sha256)) is not None:
        return before
    reading = _held_against(batch, part, sheets)
    record = _record(batch, part, filename, store().keep(data), reading, by)
    strays.keep(batch, record, reading.strays)
    settling.settle(batch, reading.fresh, by)
    return record


def _sheets(data: bytes) -> tuple[Sheet, ...]:
    try:
        return read_workbook(data).sheets
    except Refusal as refusal:
        refusal.field = _FIELD
        raise


def _held_against(batch: Batch, part: int, sheets: Sequence[Sheet]) -> AnswerReading:
    sent, elsewhere = remittance.rows(batch.id), dict[int, int]()
    files = remittance.files_of(batch.id)
    for other in files:
        if other.part != part:
            elsewhere |= dict.fromkeys(range(other.first, other.last + 1), other.part)
    mine = [row for row in sent if row.position not in elsewhere]
    reading = answered.read_answer(sheets, mine, rows.settled(batch.id), elsewhere)
    if not reading.importable:
        if not reading.findings:
            raise Refusal("answer-empty", N_("文件里没有回单明细。"), field=_FIELD)
        raise AnswerRefused(reading.findings)
    return reading


def _record(batch: Batch, part: int, filename: str, sha256: str, reading: AnswerReading, by: Actor) -> BankAnswer:
    record = BankAnswer(
        batch_id=batch.id,
        part=part,
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
    journal.record("bank-answer", f"batches:{batch.id}", by=by, part=part, strays=len(reading.strays), **facts)
    return record
