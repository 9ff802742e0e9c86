"""Reads one sheet's XML in a single pass: cells with kind, text and formula mark, and the merged ranges.

Runs in the reading child; standard library only.
"""

from __future__ import annotations

import re
from typing import Any

from trainingadmin.plumbing.spreadsheets import limits
from trainingadmin.plumbing.spreadsheets.cells import column_number
from trainingadmin.plumbing.spreadsheets.numbers import date_text, number_text
from trainingadmin.plumbing.spreadsheets.package import Broken, parse

_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_LETTERS = re.compile(r"[A-Z]{1,3}")
_ROW_NUMBER = re.compile(r"[0-9]{1,7}")
_ISO_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9:]{8})(?:\.[0-9]+)?)?Z?")


def plain_text(text: str) -> str:
    """Return a stored text with its `_x000D_` escapes read and characters no database holds taken out."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return _UNFIT.sub("", text)


class SheetParser:
    """Parses sheets one after the other, with one budget of cells and characters for the whole workbook."""

    def __init__(self, *, texts: list[str], dates: list[bool], epoch_1904: bool) -> None:
        self._texts, self._dates, self._epoch_1904 = texts, dates, epoch_1904
        self._cells_left, self._characters_left = limits.CELLS, limits.TEXT_CHARACTERS
        self._columns: dict[str, int] = {}

    def read(self, content: bytes) -> dict[str, Any]:
        """Return {"rows": [[number, kinds, texts], …], "merged": [[row, column, row, column], …]}."""
        self._rows: list[tuple[int, str, list[str]]] = []
        self._merged: list[tuple[int, int, int, int]] = []
        self._row = self._column = 0
        self._kinds: list[str] = []
        self._values: list[str] = []
        self._parts: list[str] = []
        self._collecting = self._phonetic = False
        parse(content, self._start, self._end, self._text)
        return {"rows": self._rows, "merged": self._merged}

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag if ":" not in tag else tag.rpartition(":")[2]
        if local == "c":
            self._open_cell(attributes)
        elif local in ("v", "t"):
            self._collecting = not self._phonetic
        elif local == "f":
            self._formula = True
        elif local == "row":
            self._open_row(attributes.get("r"))
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif local == "rPh":
            self._phonetic = True

    def _end(self, tag: str) -> None:
        local = tag if ":" not in tag else tag.rpartition(":")[2]
        if local == "c":
            self._close_cell()
        elif local in ("v", "t"):
            self._collecting = False
        elif local == "row":
            self._close_row()
        elif local == "rPh":
            self._phonetic = False

    def _text(self, data: str) -> None:
        if self._collecting:
            self._parts.append(data)

    def _open_row(self, number: str | None) -> None:
        row = self._row + 1
        if number is not None:
            if not _ROW_NUMBER.fullmatch(number):
                raise Broken("broken")
            row = int(number)
        if not self._row < row <= _LAST_ROW:
            raise Broken("broken")
        self._row, self._row_text, self._column = row, str(row), 0
        self._kinds, self._values = [], []

    def _close_row(self) -> None:
        if not self._kinds:
            return
        if self._row > limits.ROWS:
            raise Broken("too-many-rows", limit=limits.ROWS)
        self._rows.append((self._row, "".join(self._kinds), self._values))

    def _open_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            column = self._column + 1
        else:
            letters = reference.rstrip("0123456789")
            if reference[len(letters) :] != self._row_text:
                raise Broken("broken")
            column = self._columns.get(letters) or self._learn(letters)
        if not self._column < column <= _LAST_COLUMN:
            raise Broken("broken")
        self._column = column
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s")
        self._formula = False
        self._parts = []

    def _learn(self, letters: str) -> int:
        if not _LETTERS.fullmatch(letters):
            raise Broken("broken")
        self._columns[letters] = number = column_number(letters)
        return number

    def _close_cell(self) -> None:
        if not self._parts and not self._formula:
            return
        if self._column > limits.COLUMNS:
            raise Broken("too-many-columns", limit=limits.COLUMNS)
        try:
            kind, text = self._value("".join(self._parts))
        except (ValueError, IndexError, OverflowError) as error:
            raise Broken("broken") from error
        self._cells_left -= 1
        self._characters_left -= len(text)
        if self._cells_left < 0 or self._characters_left < 0 or len(text) > limits.CELL_CHARACTERS:
            raise Broken("too-much-content")
        for _ in range(self._column - 1 - len(self._kinds)):
            self._kinds.append(" ")
            self._values.append("")
        self._kinds.append(kind.upper() if self._formula else kind)
        self._values.append(text)

    def _value(self, raw: str) -> tuple[str, str]:
        match self._type:
            case "s":
                return "t", self._texts[int(raw)]
            case "inlineStr" | "str":
                return "t", plain_text(raw)
            case "b":
                return "b", "TRUE" if raw == "1" else "FALSE"
            case "e":
                return "e", plain_text(raw)
            case "d":
                return self._iso(raw)
        return self._number(raw) if raw.strip() else ("t", "")

    def _number(self, raw: str) -> tuple[str, str]:
        if self._style is not None and self._dates:
            style = int(self._style)
            if style < len(self._dates) and self._dates[style] and (shown := date_text(raw, self._epoch_1904)):
                return shown
        return "n", number_text(raw)

    @staticmethod
    def _iso(raw: str) -> tuple[str, str]:
        found = _ISO_DATE.fullmatch(raw)
        if found is None:
            raise ValueError("not a date")
        if found[2] and found[2] != "00:00:00":
            return "m", f"{found[1]} {found[2]}"
        return "d", found[1]

    def _merge(self, reference: str) -> None:
        found = _RANGE.fullmatch(reference)
        if found is None:
            return
        if len(self._merged) >= limits.MERGED_RANGES:
            raise Broken("too-much-content")
        self._merged.append((int(found[2]), column_number(found[1]), int(found[4]), column_number(found[3])))
