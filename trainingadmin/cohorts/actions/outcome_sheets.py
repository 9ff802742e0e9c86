"""Takes results from a spreadsheet: the form with everybody in it, the dry run, then all or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from trainingadmin.cohorts import evidence, queries, results_sheet
from trainingadmin.cohorts.actions.holding import in_training, subject
from trainingadmin.cohorts.actions.outcomes import ResultEntry, record_results, require_reporter
from trainingadmin.cohorts.actions.sheets import errors_in, kept, sheets_of
from trainingadmin.cohorts.models import Cohort, Enrolment, RosterUpload
from trainingadmin.cohorts.results_sheet import Apprentice, ResultsContext, ResultsReading
from trainingadmin.cohorts.states import EnrolmentState, UploadKind
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, has_errors, in_order
from trainingadmin.plumbing.storage import store

_TWICE = (
    "certificate-twice",
    N_("这个证书编号已登记在另一件备案的学徒名下"),
    N_("请对照证书核对编号"),
)


def results_form(cohort: Cohort, *, by: Actor) -> bytes:
    """Return the sheet to fill in, with the apprentices still in training; it names them whole, so only reporters."""
    require_reporter(cohort, by)
    people = [one for one in queries.people(cohort.id) if one.state is EnrolmentState.ACTIVE]
    return results_sheet.template(_apprentices(people), title=f"{cohort.title} 考核结果", translate=gettext)


def _apprentices(people: Sequence[Enrolment]) -> dict[str, Apprentice]:
    return {
        one.person.id_number: Apprentice(
            one.person.name, one.occupation, one.level, one.starts_on, evidence.last_day(one), one.position
        )
        for one in people
    }


def upload_results(cohort: Cohort, filename: str, data: bytes, *, by: Actor) -> RosterUpload:
    """Read a sheet of results without recording them; refusals `not-in-training`, `not-yours`, `read_workbook`'s."""
    in_training(cohort)
    require_reporter(cohort, by)
    reading, found = _read(cohort, sheets_of(data), queries.people(cohort.id))
    upload = kept(cohort, UploadKind.RESULTS, filename, data, found, people=reading.lines, by=by)
    journal.record("upload-results", subject(cohort), by=by, upload=upload.id, sha256=upload.sha256)
    return upload


def _read(
    cohort: Cohort, sheets: Sequence[Sheet], people: Sequence[Enrolment]
) -> tuple[ResultsReading, tuple[CellFinding, ...]]:
    reading = results_sheet.read(sheets, ResultsContext(_apprentices(people), clock.today()))
    numbers = [row.certificate_number for row in reading.rows if row.certificate_number]
    taken = queries.certificate_numbers_elsewhere(cohort.id, numbers)
    rows = [(row, row.certificate_number) for row in reading.rows if row.certificate_number in taken]
    fields, anchors = results_sheet.FIELDS, results_sheet.ANCHORS
    twice = errors_in(sheets, fields, anchors, "certificate_number", rows, _TWICE)
    return reading, in_order([*reading.findings, *twice])


def import_results(upload: RosterUpload, *, by: Actor) -> bool:
    """Record the results of an upload, all or none; False when nothing differs from what is on record.

    Refusals `results-have-errors` and those of `record_results`.
    """
    cohort = db.session.get_one(Cohort, upload.cohort_id)
    in_training(cohort)
    require_reporter(cohort, by)
    people = queries.people(cohort.id)
    reading, found = _read(cohort, sheets_of(store().read(upload.sha256)), people)
    if has_errors(found) or not reading.importable:
        raise Refusal("results-have-errors", N_("成绩表还有错误，没有登记任何结果。请改正后重新上传。"))
    enrolled = {one.person.id_number: one for one in people}
    entries = [
        ResultEntry(
            enrolled[row.id_number.text].id,
            row.outcome,
            row.ended_on or evidence.last_day(enrolled[row.id_number.text]),
            row.certificate_number,
            row.occupation,
            row.level,
            row.issued_on,
        )
        for row in reading.rows
    ]
    changed = record_results(cohort, entries, by=by)
    upload.imported_at, upload.people = clock.now(), len(entries)
    return changed > 0
