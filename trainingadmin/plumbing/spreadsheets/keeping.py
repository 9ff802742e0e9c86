"""Keeps the copy of an uploaded spreadsheet that shows what was found in it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from trainingadmin.plumbing.spreadsheets.annotating import annotate
from trainingadmin.plumbing.spreadsheets.findings import CellFinding
from trainingadmin.plumbing.spreadsheets.reading import SpreadsheetRefused
from trainingadmin.plumbing.storage import store


def keep_annotated(data: bytes, findings: Sequence[CellFinding]) -> str | None:
    """Store a copy with its findings marked in the reader's language; None when there are none, or it cannot be made."""
    if not findings:
        return None
    try:
        return store().keep(annotate(data, findings, lambda text: gettext(text) if text else ""))
    except SpreadsheetRefused:
        return None
