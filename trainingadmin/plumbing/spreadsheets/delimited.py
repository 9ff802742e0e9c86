"""Reads delimited text (CSV, tab-separated) into a sheet of text cells."""

from __future__ import annotations

import codecs
import csv
import io

from trainingadmin.plumbing.spreadsheets import limits
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Row, Sheet
from trainingadmin.plumbing.spreadsheets.package import Broken

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",\t;"
_CONTROLS = frozenset(map(chr, range(32))) - {"\t", "\n", "\r"}


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with a mark, or GB18030; Broken `encoding` or `not-a-spreadsheet`."""
    named = next((name for mark, name in _MARKED if data.startswith(mark)), None)
    for encoding in (named,) if named else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.isdisjoint(text):
            raise Broken("not-a-spreadsheet")
        return text
    raise Broken("encoding")


def read(data: bytes) -> Sheet:
    """Read a file of at most `limits.ROWS` lines; a line's number is that of its row when opened as a table."""
    text = decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    try:
        for number, values in enumerate(reader, start=1):
            if number > limits.ROWS:
                raise Broken("too-many-rows", limit=limits.ROWS)
            if len(values) > limits.COLUMNS:
                raise Broken("too-many-columns", limit=limits.COLUMNS)
            if any(values):
                rows.append(Row(number, tuple(_cell(number, at, value) for at, value in enumerate(values, start=1))))
    except csv.Error as error:
        raise Broken("broken") from error
    return Sheet("CSV", tuple(rows))


def _delimiter(text: str) -> str:
    """The mark that parts the first line that is parted at all."""
    for line in text[: limits.CELL_CHARACTERS].splitlines():
        mark = max(_DELIMITERS, key=line.count)
        if mark in line:
            return mark
    return _DELIMITERS[0]


def _cell(row: int, column: int, value: str) -> Cell:
    if len(value) > limits.CELL_CHARACTERS:
        raise Broken("too-much-content")
    formula = value.startswith("=") and len(value) > 1
    return Cell(row, column, Kind.TEXT if value else Kind.EMPTY, value, formula)
