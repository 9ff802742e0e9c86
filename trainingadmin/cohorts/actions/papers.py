"""Takes agreements and other papers into a filing, and out again while it may still be changed."""

from __future__ import annotations

import hashlib
import unicodedata

from sqlalchemy import select

from trainingadmin.cohorts.actions.holding import require_enterprise, subject, to_correct, to_edit
from trainingadmin.cohorts.models import Cohort, Document
from trainingadmin.cohorts.states import DocumentKind
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import store

LARGEST = 5 * 1024 * 1024
_NAME_CHARACTERS = 80
# First bytes, media type, and the ending the file is kept under whatever it was called.
_FORMS = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
)


def attach(cohort: Cohort, kind: DocumentKind, filename: str, data: bytes, *, by: Actor) -> Document:
    """Keep a paper (PDF, JPG or PNG by its bytes, at most 5 MB) with a filing; the same paper twice is one.

    Refusals `not-editable`, `file-missing`, `file-too-big`, `file-kind`.
    """
    to_edit(cohort, by)
    return _kept(cohort, kind, filename, data, by)


def add_paper(cohort: Cohort, kind: DocumentKind, filename: str, data: bytes, *, by: Actor) -> Document:
    """Keep a paper that is added for a claim, with a filing that runs or has ended; nothing of it is taken out again.

    Refusals `not-in-training`, `not-the-enterprise`, `not-the-institution`, and those of a file, as `attach`.
    """
    to_correct(cohort)
    require_enterprise(cohort, by)
    return _kept(cohort, kind, filename, data, by)


def _kept(cohort: Cohort, kind: DocumentKind, filename: str, data: bytes, by: Actor) -> Document:
    media_type, ending = form_of(data)
    same = select(Document).filter_by(cohort_id=cohort.id, kind=kind, sha256=hashlib.sha256(data).hexdigest())
    known = db.session.scalars(same).one_or_none()
    if known is not None:
        return known
    document = Document(
        cohort_id=cohort.id,
        kind=kind,
        filename=clean_name(filename, ending),
        media_type=media_type,
        size=len(data),
        sha256=store().keep(data),
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(document)
    db.session.flush()
    journal.record("attach-document", subject(cohort), by=by, kind=kind.value, sha256=document.sha256)
    return document


def detach(cohort: Cohort, document: Document, *, by: Actor) -> None:
    """Take a paper out of a filing; its bytes stay in the store. Refusal `not-editable`."""
    to_edit(cohort, by)
    journal.record("detach-document", subject(cohort), by=by, kind=document.kind.value, sha256=document.sha256)
    db.session.delete(document)


def form_of(data: bytes) -> tuple[str, str]:
    """Return media type and ending of a paper by its bytes; refusals `file-missing`, `file-too-big`, `file-kind`."""
    if not data:
        raise Refusal("file-missing", N_("请选择文件。"), field="paper")
    if len(data) > LARGEST:
        raise Refusal("file-too-big", N_("文件超过 5 MB，请压缩或分成几个文件上传。"), field="paper")
    for magic, media_type, ending in _FORMS:
        if data.startswith(magic):
            return media_type, ending
    raise Refusal("file-kind", N_("只接受 PDF、JPG 或 PNG 文件。"), field="paper")


def clean_name(filename: str, ending: str) -> str:
    """Return a file name without folders, controls or characters that systems refuse, ending as its bytes say."""
    last = fold(filename.replace("\\", "/").rpartition("/")[2])
    stem = last.rpartition(".")[0] or last
    kept = "".join(mark for mark in stem if unicodedata.category(mark)[0] not in "CZ" or mark == " ")
    safe = "".join("_" if mark in '<>:"|?*%/\\' else mark for mark in kept).strip(". ")
    return f"{safe[:_NAME_CHARACTERS] or 'file'}{ending}"
