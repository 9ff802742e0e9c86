"""The annotating child: edits a user's workbook with openpyxl, within limits, and knows nothing but its input."""

from __future__ import annotations

import io
import json
import struct
import sys
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from trainingadmin.plumbing.spreadsheets import limits

AUTHOR = "trainingadmin"
_COLOURS = {"error": "FFFFC7CE", "hold": "FFFFD8A8", "warning": "FFFFF2B3"}
_WIDTHS = (14, 12, 16, 22, 9, 46, 46)


def main() -> None:
    """Read a length, an order in JSON and the original from standard input; write the marked workbook."""
    limits.confine(memory_bytes=limits.ANNOTATE_MEMORY_BYTES, cpu_seconds=limits.ANNOTATE_CPU_SECONDS)
    stream = sys.stdin.buffer
    (length,) = struct.unpack(">Q", stream.read(8))
    order = json.loads(stream.read(length))
    book = _copy(order["plain"]) if order["plain"] is not None else load_workbook(io.BytesIO(stream.read()))
    _forget_earlier_marks(book, order["lists"])
    for sheet_name, notes in _by_sheet(book, order["notes"]).items():
        _mark(book[sheet_name], notes)
    _write_list(book, order["list"], order["notes"])
    buffer = io.BytesIO()
    book.save(buffer)
    sys.stdout.buffer.write(buffer.getvalue())


def _copy(sheets: list[dict[str, Any]]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet["name"][:31])
        for number, texts in sheet["rows"]:
            for column, text in enumerate(texts, start=1):
                if text:
                    _put(page, number, column, text)
    return book


def _put(page: Worksheet, row: int, column: int, text: str) -> None:
    cell = page.cell(row, column)
    cell.value = text
    # openpyxl takes a text that begins with = for a formula.
    cell.data_type = "s"
    cell.number_format = "@"


def _forget_earlier_marks(book: Workbook, lists: list[str]) -> None:
    for name in lists:
        if name in book.sheetnames:
            book.remove(book[name])
    for page in book.worksheets:
        # The cells that are there: a walk over rows and columns would create all those that are not.
        for cell in list(page._cells.values()):  # noqa: SLF001
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _by_sheet(book: Workbook, notes: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    names = [page.title for page in book.worksheets]
    for note in notes:
        name = note["sheet"] if note["sheet"] in names else names[0]
        grouped.setdefault(name, []).append(note)
    return grouped


def _mark(page: Worksheet, notes: list[dict[str, Any]]) -> None:
    by_cell: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for note in notes:
        if note["row"] > 0:
            by_cell.setdefault((note["row"], note["column"] or "A"), []).append(note)
    for (row, column), remarks in by_cell.items():
        cell = _writable(page, f"{column}{row}")
        text = "\n".join(f"【{note['label']}】{note['reason']}" + _line(note["advice"]) for note in remarks)
        cell.comment = Comment(text, AUTHOR, height=40 + 36 * len(remarks), width=320)
        gravest = min(remarks, key=lambda note: int(note["rank"]))
        cell.fill = PatternFill("solid", fgColor=_COLOURS[gravest["severity"]])


def _line(advice: str) -> str:
    return f"\n{advice}" if advice else ""


def _writable(page: Worksheet, address: str) -> Any:
    cell = page[address]
    if not isinstance(cell, MergedCell):
        return cell
    merged = next(area for area in page.merged_cells.ranges if address in area)
    return page.cell(merged.min_row, merged.min_col)


def _write_list(book: Workbook, titles: list[str], notes: list[dict[str, Any]]) -> None:
    page = book.create_sheet(titles[0], 0)
    book.active = 0
    for at, title in enumerate(titles[1:], start=1):
        _put(page, 1, at, title)
        page.cell(1, at).font = Font(bold=True)
        page.column_dimensions[page.cell(1, at).column_letter].width = _WIDTHS[at - 1]
    for number, note in enumerate(notes, start=2):
        fields = ("sheet", "address", "column_name", "value", "label", "reason", "advice")
        for at, name in enumerate(fields, start=1):
            _put(page, number, at, note[name])
            page.cell(number, at).alignment = Alignment(wrap_text=True, vertical="top")
        page.cell(number, 5).fill = PatternFill("solid", fgColor=_COLOURS[note["severity"]])
    page.freeze_panes = "A2"
