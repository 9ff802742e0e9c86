"""Writes tables: .xlsx exports and templates, CSV, with numbers of people as text and formulas never made."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

import xlsxwriter

from trainingadmin.kernel.money import Money

Value = str | int | Money | date | time | datetime | None
_BLANKS = " \t\r\n\ufeff\u3000"
_FORMULA_STARTS = tuple("=+-@|%＝＋－＠")
_TEMPLATE_ROWS = 2_000
_LIST_CHARACTERS = 255


class Form(StrEnum):
    """How a column is written."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"


_FORMATS = {
    Form.TEXT: "@",
    Form.NUMBER: "0",
    Form.MONEY: "#,##0.00",
    Form.DATE: "yyyy-mm-dd",
    Form.TIME: "hh:mm:ss",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title (already translated), form and width in characters."""

    title: str
    form: Form = Form.TEXT
    width: int = 14
    choices: tuple[str, ...] = ()
    """The values that a template offers in a list."""
    note: str = ""
    """What a template says about the column."""


def write_table(
    columns: Sequence[Column], rows: Iterable[Sequence[Value]], *, heading: Sequence[str] = (), sheet: str = "Sheet1"
) -> bytes:
    """Return an .xlsx table under `heading` lines; rows are taken one by one and never held.

    A text stays a text whatever it begins with; a datetime is written as given, so make it local first.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _options(constant_memory=True)) as book:
        page = book.add_worksheet(sheet)
        formats = [book.add_format({"num_format": _FORMATS[column.form]}) for column in columns]
        top = _write_head(book, page, columns, heading)
        for at, row in enumerate(rows, start=top + 1):
            for column, (value, shape) in enumerate(zip(row, formats, strict=True)):
                _write_value(page, at, column, value, shape)
    return buffer.getvalue()


def write_csv(
    columns: Sequence[Column], rows: Iterable[Sequence[Value]], *, encoding: str = "utf-8-sig", guarded: bool = True
) -> bytes:
    """Return a comma-separated table with CRLF; `guarded` keeps spreadsheets from taking texts for formulas.

    Leave `guarded` off only for a file that a machine reads. UnicodeEncodeError for a text the encoding lacks.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([column.title for column in columns])
    for row in rows:
        texts = (_text(value) for value in row)
        writer.writerow([_guarded(text) for text in texts] if guarded else list(texts))
    return buffer.getvalue().encode(encoding)


def write_template(
    columns: Sequence[Column],
    *,
    title: str,
    sheet: str,
    notes_sheet: str,
    lines: Sequence[Sequence[str]] = (),
    notes: Sequence[str] = (),
    rows: Iterable[Sequence[Value]] = (),
) -> bytes:
    """Return an .xlsx form: title, `lines` of fields, header, empty rows typed per column with lists to choose from.

    A second sheet holds the notes of the columns and `notes`. `rows` fills in what is known already.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _options(constant_memory=False)) as book:
        page = book.add_worksheet(sheet)
        formats = [book.add_format({"num_format": _FORMATS[column.form]}) for column in columns]
        head = book.add_format(
            {"bold": True, "border": 1, "bg_color": "#E8EEF7", "text_wrap": True, "valign": "vcenter"}
        )
        page.merge_range(
            0, 0, 0, len(columns) - 1, title, book.add_format({"bold": True, "font_size": 16, "align": "center"})
        )
        for at, line in enumerate(lines, start=1):
            _spread(page, at, line, len(columns))
        top = len(lines) + 1
        for at, (column, shape) in enumerate(zip(columns, formats, strict=True)):
            page.set_column(at, at, column.width, shape)
            page.write_string(top, at, column.title, head)
            _offer(page, top + 1, at, column)
        for number, row in enumerate(rows, start=top + 1):
            for at, (value, shape) in enumerate(zip(row, formats, strict=True)):
                _write_value(page, number, at, value, shape)
        page.freeze_panes(top + 1, 0)
        _write_notes(book, notes_sheet, columns, notes)
    return buffer.getvalue()


def _options(*, constant_memory: bool) -> dict[str, object]:
    return {"constant_memory": constant_memory, "strings_to_urls": False, "strings_to_formulas": False}


def _write_head(
    book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, columns: Sequence[Column], heading: Sequence[str]
) -> int:
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF7"})
    for at, line in enumerate(heading):
        page.write_string(at, 0, line)
    top = len(heading)
    for at, column in enumerate(columns):
        page.set_column(at, at, column.width)
        page.write_string(top, at, column.title, bold)
    page.freeze_panes(top + 1, 0)
    return top


def _write_value(page: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: Value, shape: object) -> None:
    match value:
        case None | "":
            page.write_blank(row, column, None, shape)
        case str():
            page.write_string(row, column, value, shape)
        case Money():
            page.write_number(row, column, Decimal(str(value)), shape)
        case int():
            page.write_number(row, column, value, shape)
        case _:
            page.write_datetime(row, column, value, shape)


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _guarded(text: str) -> str:
    return f"'{text}" if text.lstrip(_BLANKS).startswith(_FORMULA_STARTS) else text


def _spread(page: xlsxwriter.worksheet.Worksheet, row: int, line: Sequence[str], width: int) -> None:
    step = max(1, width // max(1, len(line)))
    for at, text in enumerate(line):
        page.write_string(row, at * step, text)


def _offer(page: xlsxwriter.worksheet.Worksheet, row: int, at: int, column: Column) -> None:
    # A list longer than this cannot stand in the cell's rule; the note then has to do.
    if column.choices and len(",".join(column.choices)) <= _LIST_CHARACTERS:
        page.data_validation(
            row, at, row + _TEMPLATE_ROWS - 1, at, {"validate": "list", "source": list(column.choices)}
        )


def _write_notes(book: xlsxwriter.Workbook, sheet: str, columns: Sequence[Column], notes: Sequence[str]) -> None:
    page = book.add_worksheet(sheet)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 90)
    lines = [("", note) for note in notes] + [(column.title, column.note) for column in columns if column.note]
    for at, (title, note) in enumerate(lines):
        page.write(at, 0, title or None)
        page.write_string(at, 1, note)
