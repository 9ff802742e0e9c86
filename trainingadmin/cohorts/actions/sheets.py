"""What all uploaded spreadsheets share: reading them, finding a column again, keeping the copy with its mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from flask_babel import gettext

from trainingadmin.cohorts.actions.papers import clean_name
from trainingadmin.cohorts.models import Cohort, RosterUpload
from trainingadmin.cohorts.states import UploadKind
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.annotating import sentence
from trainingadmin.plumbing.spreadsheets.cells import Sheet, column_letters
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity
from trainingadmin.plumbing.spreadsheets.keeping import keep_annotated
from trainingadmin.plumbing.spreadsheets.reading import SpreadsheetRefused, read_workbook
from trainingadmin.plumbing.spreadsheets.tables import Field, find_table
from trainingadmin.plumbing.storage import store


class _Row(Protocol):
    @property
    def row(self) -> int: ...


def sheets_of(data: bytes) -> tuple[Sheet, ...]:
    """Read a spreadsheet; the refusals of `read_workbook`, at the field `sheet`."""
    try:
        return read_workbook(data).sheets
    except SpreadsheetRefused as refusal:
        refusal.field = "sheet"
        raise


def errors_in(
    sheets: Sequence[Sheet],
    fields: Sequence[Field],
    anchors: Iterable[str],
    key: str,
    rows: Sequence[tuple[_Row, str]],
    texts: tuple[str, str, str],
) -> list[CellFinding]:
    """Return an error (code, reason, advice) in the column `key` for each row and the value shown with it."""
    table = find_table(sheets, fields, anchors) if rows else None
    if table is None or key not in table.columns:
        return []
    letters, title, sheet = column_letters(table.columns[key]), table.title(key), table.sheet.name
    code, reason, advice = texts
    return [
        CellFinding(one.row, letters, title, value, Severity.ERROR, code, reason, advice, {}, sheet)
        for one, value in rows
    ]


def kept(
    cohort: Cohort,
    kind: UploadKind,
    filename: str,
    data: bytes,
    found: Sequence[CellFinding],
    *,
    people: int,
    by: Actor,
) -> RosterUpload:
    """Keep an upload as it was read, with a copy that shows what was found."""
    upload = RosterUpload(
        cohort_id=cohort.id,
        kind=kind,
        filename=clean_name(filename, ".xlsx" if data.startswith(b"PK") else ".csv"),
        sha256=store().keep(data),
        annotated_sha256=keep_annotated(data, found),
        people=people,
        findings=[finding.as_json() for finding in found],
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def problems(upload: RosterUpload) -> list[dict[str, Any]]:
    """Return what was found in an upload in the reader's language, cell by cell, what bars the import first."""
    gravity = list(Severity)
    found = sorted((CellFinding.from_json(one) for one in upload.findings), key=lambda one: gravity.index(one.severity))
    return [
        {
            "row": one.row if one.last_row <= one.row else f"{one.row}–{one.last_row}",
            "column": f"{one.column} {one.column_name}".strip(),
            "value": one.value,
            "kind": one.severity.value,
            "reason": sentence(one.reason, one, gettext),
            "advice": sentence(one.advice, one, gettext) if one.advice else "",
        }
        for one in found
    ]
