"""What maintainers do with the catalogue: read a file, import it whole, propose, publish, return or drop a batch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from trainingadmin.courses import queries, sheet
from trainingadmin.courses.models import CatalogueBatch, CatalogueItem, CatalogueStep, CatalogueUpload
from trainingadmin.courses.sheet import BatchRow, ItemRow, KnownVersion, Reading
from trainingadmin.courses.states import CATALOGUE, ENTER, CatalogueState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Offer
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import CITY, Actor, Role
from trainingadmin.people.models import Office
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db, locked
from trainingadmin.plumbing.spreadsheets.annotating import annotate, sentence
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity
from trainingadmin.plumbing.spreadsheets.reading import SpreadsheetRefused, read_workbook
from trainingadmin.plumbing.storage import store

_NAME_CHARACTERS = 80


def upload_catalogue(filename: str, data: bytes, *, by: Actor) -> CatalogueUpload:
    """Read a catalogue without importing it; a file imported before is answered with its own upload.

    Refusals `catalogue-role` and those of `read_workbook`, at the field `sheet`.
    """
    _refuse_wrong_hands(by)
    known = queries.imported_file(hashlib.sha256(data).hexdigest())
    if known is not None:
        return known
    reading = _read(data)
    sent = CatalogueUpload(
        filename=_clean(filename, ".xlsx" if data.startswith(b"PK") else ".csv"),
        sha256=store().keep(data),
        annotated_sha256=_annotated(data, reading.findings),
        batches=len(reading.batches),
        lines=reading.lines,
        findings=[finding.as_json() for finding in reading.findings],
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(sent)
    db.session.flush()
    journal.record("upload-catalogue", _subject(sent), by=by, sha256=sent.sha256, lines=sent.lines)
    return sent


def import_catalogue(sent: CatalogueUpload, *, by: Actor) -> bool:
    """Import an upload whole, as batches that wait to be proposed; False when this file is imported already.

    The file is read again from the store against the catalogue of this moment. Refusals `catalogue-role`,
    `catalogue-has-errors`.
    """
    _refuse_wrong_hands(by)
    # Two at once would both find the batches new.
    db.session.execute(locked(select(Office.code).where(Office.code == CITY)))
    if queries.imported_file(sent.sha256) is not None:
        return False
    reading = _read(store().read(sent.sha256))
    if not reading.importable:
        raise Refusal("catalogue-has-errors", N_("目录还有错误，没有导入任何内容。请改正后重新上传。"))
    for row in reading.batches:
        _enter(sent, row, [item for item in reading.items if item.batch == row.code], by)
    sent.imported_at, sent.lines, sent.batches = clock.now(), len(reading.items), len(reading.batches)
    journal.record("import-catalogue", _subject(sent), by=by, batches=sent.batches, lines=sent.lines)
    return True


def _enter(sent: CatalogueUpload, row: BatchRow, items: Sequence[ItemRow], by: Actor) -> None:
    made = CatalogueBatch(
        code=row.code,
        document=row.document,
        published_on=row.published_on,
        title=row.title or gettext("专项职业能力培训项目 %(batch)s", batch=row.code),
        upload_id=sent.id,
    )
    made.steps.append(_step(ENTER, CATALOGUE.start, by))
    db.session.add(made)
    db.session.flush()
    bulk_insert(CatalogueItem, [_item(made.id, item) for item in items])


def move(batch: CatalogueBatch, name: str, *, by: Actor, note: str = "") -> None:
    """Make a move of the batch's lifecycle; publishing takes a person who did not enter or propose it.

    Refusals: those of `Lifecycle.check`; publishing: `batch-future` before the day of its document.
    """
    db.session.refresh(batch, ["state", "version"], with_for_update=True)
    allowed = CATALOGUE.check(name, state=batch.state, actor=by, past=batch.steps, note=note)
    if name == "publish" and batch.published_on > clock.today():
        raise Refusal("batch-future", N_("文件的发布日期未到，不能提前发布。"))
    batch.state = allowed.target
    batch.steps.append(_step(name, allowed.target, by, note))
    db.session.flush()
    journal.record(f"{name}-catalogue-batch", f"catalogue-batches:{batch.id}", by=by, state=allowed.target.value)


def offers(batch: CatalogueBatch, actor: Actor) -> list[Offer[CatalogueState]]:
    """List the moves that leave the batch's state, each allowed or with the reason why not."""
    return CATALOGUE.offers(state=batch.state, actor=actor, past=batch.steps)


def problems(sent: CatalogueUpload) -> list[dict[str, Any]]:
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


def annotated_name(sent: CatalogueUpload) -> str:
    """Return what the copy with its mistakes marked is called; it is always .xlsx."""
    return f"{sent.filename.rpartition('.')[0]}.xlsx"


def _read(data: bytes) -> Reading:
    known = [KnownVersion(*row) for row in queries.live_items()]
    try:
        return sheet.read(read_workbook(data).sheets, known, queries.live_batch_codes())
    except SpreadsheetRefused as refusal:
        refusal.field = "sheet"
        raise


def _refuse_wrong_hands(by: Actor) -> None:
    if not by.has(Role.CATALOGUE):
        raise Refusal("catalogue-role", N_("目录由目录维护岗导入。"))


def _item(batch_id: int, item: ItemRow) -> dict[str, Any]:
    fields = asdict(item) | {"subsidy": item.subsidy, "groups": f";{';'.join(one.value for one in item.groups)};"}
    del fields["row"], fields["batch"]
    return {"batch_id": batch_id, **fields}


def _step(name: str, target: CatalogueState, by: Actor, note: str = "") -> CatalogueStep:
    return CatalogueStep(
        move=name,
        target=target,
        account_id=by.id,
        human=by.human,
        name=by.name_as(Role.CATALOGUE),
        role=by.role.value,
        note=note.strip(),
        at=clock.now(),
    )


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
    return (stem.strip(". ")[:_NAME_CHARACTERS] or "catalogue") + ending


def _subject(sent: CatalogueUpload) -> str:
    return f"catalogue-uploads:{sent.id}"
