"""Reads an uploaded .xlsx or CSV file into cells, in a child process with limits, or says why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing.spreadsheets import delimited, limits
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Merged, Row, Sheet
from trainingadmin.plumbing.spreadsheets.package import Broken

_ROOT = str(Path(__file__).resolve().parents[3])
_CHILD = (
    "import sys; sys.path.insert(0, sys.argv[1]); from trainingadmin.plumbing.spreadsheets.child import main; main()"
)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = {kind.value: (kind, False) for kind in Kind} | {
    kind.value.upper(): (kind, True) for kind in Kind if kind is not Kind.EMPTY
}

REASONS: dict[str, str] = {
    "empty": N_("文件是空的"),
    "too-big": N_("文件超过 %(limit)s MB，请分成几个文件上传"),
    "not-a-spreadsheet": N_("这不是 .xlsx 或 CSV 文件。请在 Excel 或 WPS 里另存为“Excel 工作簿（*.xlsx）”后再上传"),
    "old-or-encrypted": N_("这是旧版 .xls 文件或加了密码的文件。请去掉密码，另存为“Excel 工作簿（*.xlsx）”后再上传"),
    "encrypted": N_("文件加了密码，请去掉密码后再上传"),
    "macros": N_("文件里有宏，请另存为不含宏的“Excel 工作簿（*.xlsx）”后再上传"),
    "not-a-workbook": N_("文件里没有工作表，请另存为“Excel 工作簿（*.xlsx）”后再上传"),
    "no-sheets": N_("文件里没有工作表，请另存为“Excel 工作簿（*.xlsx）”后再上传"),
    "broken": N_("文件已损坏，读不出来。请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后再上传"),
    "bomb": N_("文件解压后过大，不予读取。请把需要的内容复制到一个新文件里再上传"),
    "dtd": N_("文件里有不允许的内容（DTD），不予读取。请把需要的内容复制到一个新文件里再上传"),
    "too-many-members": N_("文件里的部件超过 %(limit)s 个。请把需要的内容复制到一个新文件里再上传"),
    "too-many-sheets": N_("工作表超过 %(limit)s 张，请删去不用的工作表后再上传"),
    "too-many-rows": N_("数据超过 %(limit)s 行，请分成几个文件上传，并删去下方多余的内容"),
    "too-many-columns": N_("数据超过 %(limit)s 列，请删去右侧多余的内容后再上传"),
    "too-much-content": N_("文件内容过多，请分成几个文件上传"),
    "took-too-long": N_("文件读取超时，请删去不用的工作表和格式，或分成几个文件上传"),
    "encoding": N_("看不懂文件的编码，请把 CSV 存为 UTF-8 或 GB18030（Excel 默认）后再上传"),
}


class SpreadsheetRefused(Refusal):
    """The file as a whole cannot be read; `code` is a key of REASONS."""


class Workbook(NamedTuple):
    """A file that was read: its sheets, and whether it was "xlsx" or "csv"."""

    sheets: tuple[Sheet, ...]
    form: str


def read_workbook(data: bytes) -> Workbook:
    """Read an upload whole; what it is, is told by its bytes and never by its name. Raises SpreadsheetRefused."""
    if not data:
        raise _refused("empty")
    if len(data) > limits.FILE_BYTES:
        raise _refused("too-big", limit=limits.FILE_BYTES // 1024 // 1024)
    if data.startswith(_OLE):
        raise _refused("old-or-encrypted")
    if data.startswith(_ZIP):
        return Workbook(tuple(_sheet(sheet) for sheet in _read_in_child(data)), "xlsx")
    try:
        return Workbook((delimited.read(data),), "csv")
    except Broken as refusal:
        raise _refused(refusal.code, **refusal.values) from refusal


def _refused(code: str, **values: Any) -> SpreadsheetRefused:
    return SpreadsheetRefused(code, REASONS[code], **values)


def _read_in_child(data: bytes) -> list[dict[str, Any]]:
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _CHILD, _ROOT]
    # The child gets no key, no address of a database, nothing of our environment.
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=limits.CHILD_WALL_SECONDS, env=environment, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused("took-too-long") from error
    if done.returncode != 0:
        raise _refused("took-too-long" if done.returncode < 0 else "too-much-content")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise _refused(answer["refused"], **answer["values"])
    sheets: list[dict[str, Any]] = answer["sheets"]
    return sheets


def _sheet(plain: dict[str, Any]) -> Sheet:
    return Sheet(
        plain["name"],
        tuple(_row(number, kinds, texts) for number, kinds, texts in plain["rows"]),
        tuple(Merged(*edges) for edges in plain["merged"]),
        plain["hidden"],
    )


def _row(number: int, kinds: str, texts: list[str]) -> Row:
    return Row(
        number,
        tuple(
            Cell(number, column, *_spelled(letter, text))
            for column, (letter, text) in enumerate(zip(kinds, texts, strict=True), start=1)
        ),
    )


def _spelled(letter: str, text: str) -> tuple[Kind, str, bool]:
    kind, formula = _KINDS[letter]
    return kind, text, formula
