"""Gives a user's own file back with a comment and a colour in each wrong cell, and a first sheet listing them all."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets import limits
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity
from trainingadmin.plumbing.spreadsheets.reading import SpreadsheetRefused, Workbook, read_workbook

LIST_SHEET = N_("错误清单")
_TITLES = (N_("工作表"), N_("单元格"), N_("栏目"), N_("内容"), N_("级别"), N_("原因"), N_("怎么办"))
_ROOT = str(Path(__file__).resolve().parents[3])
_CHILD = "import sys; sys.path[:0] = sys.argv[1:]; from trainingadmin.plumbing.spreadsheets.annotating_child import main; main()"

Translate = Callable[[str], str]


def annotate(original: bytes, findings: Iterable[CellFinding], translate: Translate = str) -> bytes:
    """Return the file as .xlsx with every finding marked; `translate` turns marked texts into the reader's language.

    Sheets, formulas, formats and validations stay. A file that cannot be opened for editing within the limits,
    and a CSV file, come back as a plain copy of their cells. Raises SpreadsheetRefused for a file that cannot be read.
    """
    notes = [_note(finding, translate) for finding in findings]
    order = {
        "notes": notes,
        "list": [translate(LIST_SHEET), *(translate(title) for title in _TITLES)],
        "lists": sorted({LIST_SHEET, translate(LIST_SHEET)}),
    }
    read = read_workbook(original)
    if read.form == "xlsx" and (marked := _in_child({**order, "plain": None}, original)):
        return marked
    marked = _in_child({**order, "plain": _plain(read)}, b"")
    if marked is None:
        raise SpreadsheetRefused("too-much-content", N_("文件内容过多，请分成几个文件上传"))
    return marked


def sentence(text: str, finding: CellFinding, translate: Translate) -> str:
    """Return a finding's reason or advice in the reader's language, with its values filled in."""
    return translate(text) % finding.params if finding.params else translate(text)


def _note(finding: CellFinding, translate: Translate) -> dict[str, object]:
    return {
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "address": finding.address,
        "column_name": finding.column_name,
        "value": finding.value,
        "severity": finding.severity.value,
        "label": translate(finding.severity.label),
        "reason": sentence(finding.reason, finding, translate),
        "advice": sentence(finding.advice, finding, translate) if finding.advice else "",
        "rank": list(Severity).index(finding.severity),
    }


def _plain(read: Workbook) -> list[dict[str, object]]:
    return [
        {"name": sheet.name, "rows": [[row.number, [cell.text for cell in row.cells]] for row in sheet.rows]}
        for sheet in read.sheets
    ]


def _in_child(order: dict[str, object], original: bytes) -> bytes | None:
    head = json.dumps(order, ensure_ascii=False).encode()
    paths = [_ROOT, *(path for path in sys.path if path and Path(path).is_dir())]
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", _CHILD, *paths],
            input=struct.pack(">Q", len(head)) + head + original,
            capture_output=True,
            timeout=limits.ANNOTATE_WALL_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"PK") else None
