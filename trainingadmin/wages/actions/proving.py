"""Takes in the proof of wages: a sheet for many months at once, a scan for each month, and a month struck out again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions.holding import in_training, require_enterprise, subject
from trainingadmin.cohorts.actions.papers import clean_name, form_of
from trainingadmin.cohorts.actions.sheets import kept, sheets_of
from trainingadmin.cohorts.models import Cohort, RosterUpload
from trainingadmin.cohorts.states import UploadKind
from trainingadmin.kernel.dates import month_text
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.storage import store
from trainingadmin.wages import queries, sheet, sheet_columns
from trainingadmin.wages.models import WagePaper, WageProof
from trainingadmin.wages.sheet import WageContext, WageReading, WageRow, Worker


def wage_form(cohort: Cohort, *, by: Actor) -> bytes:
    """Return the sheet to fill in, a line for everybody; it names them whole, so only for the firm itself."""
    require_enterprise(cohort, by)
    people = [(one.person.name, one.person.id_number) for one in cohorts.active_people(cohort.id)]
    return sheet_columns.template(people, title=f"{cohort.title} 工资发放明细", translate=gettext)


def upload_wages(cohort: Cohort, filename: str, data: bytes, *, by: Actor) -> RosterUpload:
    """Read a sheet of wages without keeping them; refusals `not-in-training`, `not-the-enterprise`, `read_workbook`'s."""
    _to_prove(cohort, by)
    reading = _read(cohort, sheets_of(data))
    upload = kept(cohort, UploadKind.WAGES, filename, data, reading.findings, people=reading.lines, by=by)
    journal.record("upload-wages", subject(cohort), by=by, upload=upload.id, sha256=upload.sha256)
    return upload


def import_wages(upload: RosterUpload, *, by: Actor) -> bool:
    """Keep the wages of an upload, all or none; False when nothing differs from what counts already.

    Refusals `not-in-training`, `not-the-enterprise`, `wages-have-errors`.
    """
    cohort = db.session.get_one(Cohort, upload.cohort_id)
    _to_prove(cohort, by)
    reading = _read(cohort, sheets_of(store().read(upload.sha256)))
    if not reading.importable:
        raise Refusal("wages-have-errors", N_("工资明细还有错误，没有登记任何内容。请改正后重新上传。"))
    enrolled = {one.person.id_number: one.id for one in cohorts.active_people(cohort.id)}
    counting = queries.proofs(cohort.id)
    fresh = [
        (enrolled[row.id_number.text], row)
        for row in reading.rows
        if _told(row) != _known(counting.get((enrolled[row.id_number.text], row.month)))
    ]
    bulk_insert(WageProof, [_proof(enrolment_id, row, upload, by) for enrolment_id, row in fresh])
    upload.imported_at, upload.people = clock.now(), len(reading.rows)
    if fresh:
        journal.record("import-wages", subject(cohort), by=by, upload=upload.id, months=len(fresh))
    return bool(fresh)


def _to_prove(cohort: Cohort, by: Actor) -> None:
    in_training(cohort)
    require_enterprise(cohort, by)


def _read(cohort: Cohort, sheets: Sequence[Sheet]) -> WageReading:
    people = {one.person.id_number: Worker(one.person.name, one.starts_on) for one in cohorts.active_people(cohort.id)}
    return sheet.read(sheets, WageContext(people, queries.months_of(cohort), clock.today()))


def _told(row: WageRow) -> tuple[Any, ...]:
    return row.amount, row.paid_on, row.voucher


def _known(proof: queries.Proof | None) -> tuple[Any, ...] | None:
    return None if proof is None else (proof.amount, proof.paid_on, proof.voucher)


def _proof(enrolment_id: int, row: WageRow, upload: RosterUpload, by: Actor) -> dict[str, Any]:
    return {
        "enrolment_id": enrolment_id,
        "month": row.month,
        "amount": row.amount,
        "paid_on": row.paid_on,
        "voucher": row.voucher,
        "reason": "",
        "upload_id": upload.id,
        "account_id": by.id,
        "at": clock.now(),
    }


def strike(cohort: Cohort, enrolment_id: int, month: date, reason: str, *, by: Actor) -> None:
    """Take one person's month out again; what was entered stays on record. Refusals `nothing-entered`, `reason-missing`."""
    _to_prove(cohort, by)
    if (enrolment_id, month) not in queries.proofs(cohort.id):
        raise Refusal("nothing-entered", N_("这个月份没有登记工资。"))
    if not reason.strip():
        raise Refusal("reason-missing", N_("请写明撤销的原因。"), field="reason")
    db.session.add(
        WageProof(
            enrolment_id=enrolment_id,
            month=month,
            amount=ZERO,
            reason=reason.strip(),
            account_id=by.id,
            at=clock.now(),
        )
    )
    journal.record("strike-wage", subject(cohort), by=by, enrolment=enrolment_id, month=month_text(month))


def attach(cohort: Cohort, month: date, filename: str, data: bytes, *, by: Actor) -> WagePaper:
    """Keep a scan (PDF, JPG or PNG, at most 5 MB) that proves a month's wages; the same scan twice is one.

    Refusals `not-in-training`, `not-the-enterprise`, `month-outside`, `file-missing`, `file-too-big`, `file-kind`.
    """
    _to_prove(cohort, by)
    if month not in queries.months_of(cohort):
        raise Refusal("month-outside", N_("请选择申报期间内的月份。"), field="month")
    media_type, ending = form_of(data)
    same = {"cohort_id": cohort.id, "month": month, "sha256": hashlib.sha256(data).hexdigest()}
    known = db.session.scalars(select(WagePaper).filter_by(**same)).one_or_none()
    if known is not None:
        return known
    paper = WagePaper(
        cohort_id=cohort.id,
        month=month,
        filename=clean_name(filename, ending),
        media_type=media_type,
        size=len(data),
        sha256=store().keep(data),
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(paper)
    db.session.flush()
    journal.record("attach-wage-paper", subject(cohort), by=by, month=month_text(month), sha256=paper.sha256)
    return paper
