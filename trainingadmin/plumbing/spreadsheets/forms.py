"""Writes forms as offices sign them: a title, lines below it, a header of two rows, a grid with borders, on A4 across."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

_A4, _NAME_CHARACTERS = 9, 31


@dataclass(frozen=True, slots=True)
class FormPage:
    """One sheet of a form.

    `before` and `after` are titles of columns over both rows of the header; `days` are titles over several columns,
    each with those of its columns. `rows` are texts and numbers; `foot` are lines below the grid.
    """

    name: str
    title: str
    lines: Sequence[str]
    before: Sequence[str]
    days: Sequence[tuple[str, Sequence[str]]]
    after: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    foot: Sequence[str]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.before) + sum(len(parts) for _, parts in self.days) + len(self.after)


def write_form(pages: Sequence[FormPage]) -> bytes:
    """Return the form as .xlsx, a sheet for each page; a text stays a text whatever it begins with."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        looks = {
            "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
            "line": book.add_format({"align": "left"}),
            "head": book.add_format(
                {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True}
            ),
            "cell": book.add_format({"align": "center", "border": 1}),
        }
        for page in pages:
            _write_page(book.add_worksheet(page.name[:_NAME_CHARACTERS]), page, looks)
    return buffer.getvalue()


def _write_page(sheet: Any, page: FormPage, looks: dict[str, Any]) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    last = page.width - 1
    sheet.merge_range(0, 0, 0, last, page.title, looks["title"])
    for at, line in enumerate(page.lines, start=1):
        sheet.write_string(at, 0, line, looks["line"])
    top = 1 + len(page.lines)
    sheet.repeat_rows(top, top + 1)
    sheet.freeze_panes(top + 2, len(page.before))
    _write_header(sheet, page, top, looks["head"])
    for at, row in enumerate(page.rows, start=top + 2):
        for column, value in enumerate(row):
            write = sheet.write_number if isinstance(value, int) else sheet.write_string
            write(at, column, value, looks["cell"])
    for at, line in enumerate(page.foot, start=top + 2 + len(page.rows)):
        sheet.merge_range(at, 0, at, last, line, looks["line"])
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, last, 7)


def _write_header(sheet: Any, page: FormPage, top: int, look: Any) -> None:
    column = 0
    for title in page.before:
        sheet.merge_range(top, column, top + 1, column, title, look)
        column += 1
    for title, parts in page.days:
        if len(parts) > 1:
            sheet.merge_range(top, column, top, column + len(parts) - 1, title, look)
        else:
            sheet.write_string(top, column, title, look)
        for part in parts:
            sheet.write_string(top + 1, column, part, look)
            column += 1
    for title in page.after:
        sheet.merge_range(top, column, top + 1, column, title, look)
        column += 1
