"""What a read spreadsheet is made of: sheets, rows, cells with their addresses, merged ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import NamedTuple

_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{2,3}")
_EXACT_DIGITS = 15


class Kind(StrEnum):
    """What a cell holds; the letters are how the reading child spells it."""

    EMPTY = " "
    TEXT = "t"
    NUMBER = "n"
    DATE = "d"
    TIME = "h"
    MOMENT = "m"
    BOOLEAN = "b"
    ERROR = "e"


@cache
def column_letters(column: int) -> str:
    """Return the letters of a column counted from 1, as the spreadsheet shows them."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class Cell(NamedTuple):
    """One cell: where it is, what kind of value it holds and that value as a person would read it.

    Dates read `2020-05-01`, times `09:00:00`, moments `2020-05-01 09:00:00`.
    """

    row: int
    column: int
    kind: Kind
    text: str
    formula: bool = False

    @property
    def address(self) -> str:
        """The address as the spreadsheet shows it, such as `K24`."""
        return f"{column_letters(self.column)}{self.row}"

    @property
    def is_blank(self) -> bool:
        """No value, or nothing but blanks."""
        return self.kind is Kind.EMPTY or (self.kind is Kind.TEXT and not self.text.strip())

    @property
    def lost_digits(self) -> bool:
        """A number of more than 15 digits: a spreadsheet has kept only the first 15."""
        return self.kind is Kind.NUMBER and abs(Decimal(self.text)) >= 10**_EXACT_DIGITS

    @property
    def is_scientific(self) -> bool:
        """A text such as `5.13E+17`: what is left of a long number that a spreadsheet wrote into a CSV file."""
        return self.kind is Kind.TEXT and _SCIENTIFIC.fullmatch(self.text.strip()) is not None

    @property
    def as_number(self) -> Decimal | None:
        """The number in a number cell."""
        return Decimal(self.text) if self.kind is Kind.NUMBER else None

    @property
    def as_date(self) -> date | None:
        """The date in a date cell or in a moment at midnight."""
        if self.kind is Kind.DATE:
            return date.fromisoformat(self.text)
        return datetime.fromisoformat(self.text).date() if self.kind is Kind.MOMENT else None

    @property
    def as_time(self) -> time | None:
        """The time of day in a time cell or of a moment."""
        if self.kind is Kind.TIME:
            return time.fromisoformat(self.text)
        return datetime.fromisoformat(self.text).time() if self.kind is Kind.MOMENT else None

    def __repr__(self) -> str:
        return f"Cell({self.address}, {self.kind.name})"


class Row(NamedTuple):
    """One row that holds anything: its number as the spreadsheet shows it, and its cells from column A on."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """Return the cell in a column counted from 1, empty beyond the last one."""
        if column <= len(self.cells):
            return self.cells[column - 1]
        return Cell(self.number, column, Kind.EMPTY, "")

    @property
    def is_blank(self) -> bool:
        """No cell of the row holds a value."""
        return all(cell.is_blank for cell in self.cells)

    def __repr__(self) -> str:
        return f"Row({self.number}, {len(self.cells)} cells)"


class Merged(NamedTuple):
    """A merged range; its value is in the first cell, the others are empty."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def address(self) -> str:
        """The range as the spreadsheet shows it, such as `S28:S30`."""
        return f"{column_letters(self.first_column)}{self.first_row}:{column_letters(self.last_column)}{self.last_row}"

    def covers(self, row: int, column: int) -> bool:
        """Tell whether a cell lies in the range."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


class Sheet(NamedTuple):
    """One sheet: only the rows that hold something, in order."""

    name: str
    rows: tuple[Row, ...]
    merged: tuple[Merged, ...] = ()
    hidden: bool = False

    def below(self, number: int) -> Iterator[Row]:
        """Yield the rows below row `number`."""
        return (row for row in self.rows if row.number > number)

    def __repr__(self) -> str:
        return f"Sheet({self.name!r}, {len(self.rows)} rows)"
