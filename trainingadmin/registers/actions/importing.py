"""Takes other departments' lists in: dry run first, then all or nothing, once per file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import CITY, Actor
from trainingadmin.people.models import Office
from trainingadmin.people.name_keys import index_of
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db, locked
from trainingadmin.plumbing.secrets import current
from trainingadmin.plumbing.spreadsheets.annotating import annotate, sentence
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity
from trainingadmin.plumbing.spreadsheets.reading import SpreadsheetRefused, read_workbook
from trainingadmin.plumbing.storage import store
from trainingadmin.registers import queries, sheet
from trainingadmin.registers.actions.attesting import ATTESTORS
from trainingadmin.registers.models import RegisterList, RegisterRow
from trainingadmin.registers.sheet import ListReading, ListRow

_NAME_CHARACTERS = 80


def upload_list(filename: str, data: bytes, *, by: Actor) -> RegisterList:
    """Read a list without importing it; a file imported before is answered with its own version.

    Refusals `register-role` and those of `read_workbook`, at the field `sheet`.
    """
    _refuse_wrong_hands(by)
    office = by.office or CITY
    known = queries.imported_file(office, hashlib.sha256(data).hexdigest())
    if known is not None:
        return known
    reading = _read(data)
    found = reading.findings
    sent = RegisterList(
        kind=reading.kind,
        topic=reading.topic,
        department=reading.department,
        as_of=reading.as_of,
        office_code=office,
        filename=_clean(filename, ".xlsx" if data.startswith(b"PK") else ".csv"),
        sha256=store().keep(data),
        annotated_sha256=_annotated(data, found),
        lines=reading.lines,
        findings=[finding.as_json() for finding in found],
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(sent)
    db.session.flush()
    journal.record("upload-list", _subject(sent), by=by, sha256=sent.sha256, lines=sent.lines)
    return sent


def import_list(sent: RegisterList, *, by: Actor) -> bool:
    """Import an upload whole, as the newest version of its register; False when this file is imported already.

    The versions before it are kept. The file is read again from the store, so no line is ever kept half-way.
    Refusals `register-role`, `list-not-yours`, `list-has-errors`.
    """
    _refuse_wrong_hands(by)
    if sent.office_code != (by.office or CITY):
        raise Refusal("list-not-yours", N_("只能导入本局上传的名单。"))
    # Two at once would both find the file new.
    db.session.execute(locked(select(Office.code).where(Office.code == sent.office_code)))
    if queries.imported_file(sent.office_code, sent.sha256) is not None:
        return False
    reading = _read(store().read(sent.sha256))
    if not reading.importable:
        raise Refusal("list-has-errors", N_("名单还有错误，没有导入任何内容，原来的名单继续有效。请改正后重新上传。"))
    bulk_insert(RegisterRow, [_row(sent.id, row) for row in reading.rows])
    sent.imported_at, sent.lines = clock.now(), len(reading.rows)
    assert sent.kind is not None
    assert sent.as_of is not None
    journal.record(
        "import-list", _subject(sent), by=by, kind=sent.kind.value, as_of=sent.as_of.isoformat(), lines=sent.lines
    )
    return True


def problems(sent: RegisterList) -> list[dict[str, Any]]:
    """Return what was found in an upload in the reader's language, cell by cell, what bars the import first."""
    gravity = list(Severity)
    found = sorted((CellFinding.from_json(one) for one in sent.findings), key=lambda one: gravity.index(one.severity))
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


def annotated_name(sent: RegisterList) -> str:
    """Return what the copy with its mistakes marked is called; it is always .xlsx."""
    return f"{sent.filename.rpartition('.')[0]}.xlsx"


def _read(data: bytes) -> ListReading:
    try:
        return sheet.read(read_workbook(data).sheets, clock.today())
    except SpreadsheetRefused as refusal:
        refusal.field = "sheet"
        raise


def _refuse_wrong_hands(by: Actor) -> None:
    if not by.has(*ATTESTORS):
        raise Refusal("register-role", N_("外部名单由受理岗或初审岗导入。"))


def _row(list_id: int, row: ListRow) -> dict[str, Any]:
    blind_index = current().blind_index
    said = (row.id_number, row.legacy, fold(row.name), row.from_on, row.to_on, row.word, row.standing, row.credit_code)
    return {
        "list_id": list_id,
        "row": row.row,
        "id_index": blind_index(row.id_number),
        "id_number": row.id_number,
        "name": row.name,
        "name_index": index_of(row.name),
        "legacy": row.legacy,
        "odd": row.odd,
        "from_on": row.from_on,
        "to_on": row.to_on,
        "word": row.word,
        "standing": row.standing,
        "unit": row.unit,
        "credit_code": row.credit_code,
        "details": dict(row.details),
        "digest": blind_index("|".join(map(str, said))),
    }


def _annotated(data: bytes, findings: Sequence[CellFinding]) -> str | None:
    if not findings:
        return None
    try:
        return store().keep(annotate(data, findings, lambda text: gettext(text) if text else ""))
    except SpreadsheetRefused:
        return None


def _clean(filename: str, ending: str) -> str:
    """Return a file name without folders or controls, ending as its bytes say."""
    last = fold(filename.replace("\\", "/").rpartition("/")[2])
    stem = "".join(mark for mark in last.rpartition(".")[0] or last if mark.isprintable() and mark not in '<>:"|?*')
    return (stem.strip(". ")[:_NAME_CHARACTERS] or "list") + ending


def _subject(sent: RegisterList) -> str:
    return f"register-lists:{sent.id}"
