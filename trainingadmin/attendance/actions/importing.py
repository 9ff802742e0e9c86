"""Takes in sign-in files: dry run first, then all or nothing, and nothing that is known already."""

from __future__ import annotations

import hashlib

from flask_babel import gettext
from sqlalchemy import update

from trainingadmin.attendance import queries
from trainingadmin.attendance.actions.checking import Intake, NewMark, check
from trainingadmin.attendance.actions.holding import require_recorder, to_record
from trainingadmin.attendance.actions.marking import Noted, write_marks
from trainingadmin.attendance.models import AttendanceUpload, MarkSource, MarkStatus, Session, SessionKind
from trainingadmin.attendance.sheet import SessionKey
from trainingadmin.attendance.sheet_columns import template
from trainingadmin.cohorts.actions.holding import subject
from trainingadmin.cohorts.actions.papers import clean_name
from trainingadmin.cohorts.actions.sheets import sheets_of
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import active_people
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.keeping import keep_annotated
from trainingadmin.plumbing.storage import store

_ZIP = b"PK\x03\x04"


def upload_sheet(cohort: Cohort, filename: str, data: bytes, *, by: Actor) -> AttendanceUpload:
    """Read a sign-in file without importing it; bytes imported before are answered with that upload.

    Refusals of `to_record` and of `read_workbook`, the latter at the field `sheet`.
    """
    to_record(cohort, by)
    before = queries.imported(cohort.id, hashlib.sha256(data).hexdigest())
    if before is not None:
        return before
    intake = check(cohort, sheets_of(data))
    upload = AttendanceUpload(
        cohort_id=cohort.id,
        filename=clean_name(filename, ".xlsx" if data.startswith(_ZIP) else ".csv"),
        sha256=store().keep(data),
        annotated_sha256=keep_annotated(data, intake.findings),
        lines=intake.reading.lines,
        findings=[finding.as_json() for finding in intake.findings],
        counts=intake.counts,
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(upload)
    db.session.flush()
    told = {"upload": upload.id, "sha256": upload.sha256, "lines": upload.lines}
    journal.record("upload-attendance", subject(cohort), by=by, **told)
    return upload


def sheet_form(cohort: Cohort, *, by: Actor) -> bytes:
    """Return the sign-in lines to fill in, with those still in training; it names them whole, so only who may record.

    Refusal `not-the-recorder`.
    """
    require_recorder(cohort, by)
    rows = [
        {
            "cohort_number": cohort.number,
            "group": one.shift_group,
            "position": str(one.position),
            "name": one.person.name,
            "id_number": one.person.id_number,
        }
        for one in active_people(cohort.id)
    ]
    return template(rows, translate=gettext)


def import_sheet(upload: AttendanceUpload, *, by: Actor) -> int:
    """Import an upload whole; return how many marks it added, none of which was there before.

    The file is read again from the store and held against what is known now. Refusals of `to_record`,
    `attendance-has-errors`.
    """
    cohort = db.session.get_one(Cohort, upload.cohort_id)
    to_record(cohort, by)
    if upload.imported_at is not None:
        return 0
    intake = check(cohort, sheets_of(store().read(upload.sha256)))
    if not intake.importable:
        raise Refusal("attendance-has-errors", N_("文件还有错误，没有导入任何考勤。请改正后重新上传。"))
    _set_groups(intake)
    ids = _add_sessions(cohort, intake)
    upload.imported_at, upload.added, upload.counts = clock.now(), len(intake.marks), intake.counts
    write_marks(cohort, [_noted(one, ids) for one in intake.marks], by=by, upload_id=upload.id)
    told = {"upload": upload.id, "sessions": len(intake.new_sessions), "marks": upload.added}
    journal.record("import-attendance", subject(cohort), by=by, **told)
    return upload.added


def _set_groups(intake: Intake) -> None:
    if intake.groups:
        rows = [{"id": enrolment_id, "shift_group": group} for enrolment_id, group in intake.groups.items()]
        db.session.execute(update(Enrolment), rows)


def _add_sessions(cohort: Cohort, intake: Intake) -> dict[SessionKey, int]:
    """Add what is not on the plan yet; return the id of every session of the filing."""
    if not intake.new_sessions:
        return intake.known_sessions
    bulk_insert(
        Session,
        [
            {
                "cohort_id": cohort.id,
                "shift_group": one.group,
                "held_on": one.held_on,
                "starts_at": one.starts_at,
                "ends_at": one.ends_at,
                "course": one.course,
                "teacher": one.teacher,
                "kind": SessionKind.THEORY,
                "planned_minutes": one.planned_minutes,
            }
            for one in intake.new_sessions
        ],
    )
    # Read back in one go: an INSERT that returns ids is sent row by row on SQLite.
    return queries.session_ids(cohort.id)


def _noted(one: NewMark, session_ids: dict[SessionKey, int]) -> Noted:
    row = one.row
    return Noted(
        session_ids[row.session.key],
        one.enrolment_id,
        MarkStatus(row.status),
        row.credited_minutes,
        MarkSource.IMPORT,
        row.in_at,
        row.out_at,
        one.flags,
    )
