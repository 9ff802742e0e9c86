"""Finds a table in a sheet by its header and reads its lines, noting what is wrong with each cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Merged, Row, Sheet, column_letters
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity

T = TypeVar("T")
_HEADER_ROWS = 30
_SHOWN_CHARACTERS = 60


def fold_title(text: str) -> str:
    """Return a column title as it is compared: folded, without blanks, stars of duty and closing colons."""
    return fold(text).replace(" ", "").replace("*", "").rstrip(":").lower()


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a table may have: its official title, what else it is called, and what it must hold."""

    key: str
    title: str
    also: tuple[str, ...] = ()
    required: bool = True
    """The table must have the column."""
    filled: bool = True
    """Every line must have a value in it."""
    exact: bool = False
    """Digits that must not pass through a number, such as an ID number."""
    mask: Callable[[str], str] | None = None
    """How a personal value is shown in a finding."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header found in a sheet: the column of each field that is there."""

    sheet: Sheet
    header: Row
    columns: dict[str, int]
    fields: dict[str, Field]

    def title(self, key: str) -> str:
        """Return the title as it is written in the file."""
        return fold(self.header.cell(self.columns[key]).text)

    def merged_among(self, first_row: int, last_row: int) -> list[Merged]:
        """Return merged ranges that touch the table's columns within these rows."""
        last_column = max(self.columns.values())
        return [
            area
            for area in self.sheet.merged
            if area.first_row <= last_row and area.last_row >= first_row and area.first_column <= last_column
        ]


def find_table(sheets: Sequence[Sheet], fields: Sequence[Field], anchors: Iterable[str]) -> Table | None:
    """Return the header row that names all `anchors` and most other fields, visible sheets first; None if none does."""
    by_title = {fold_title(title): field.key for field in fields for title in (field.title, *field.also)}
    wanted = set(anchors)
    best: Table | None = None
    for sheet in sorted(sheets, key=lambda sheet: sheet.hidden):
        for row in sheet.rows:
            if row.number > _HEADER_ROWS:
                break
            columns = _columns(row, by_title)
            if wanted <= columns.keys() and (best is None or len(columns) > len(best.columns)):
                best = Table(sheet, row, columns, {field.key: field for field in fields})
    return best


def _columns(row: Row, by_title: dict[str, str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for cell in row.cells:
        key = by_title.get(fold_title(cell.text)) if cell.kind is Kind.TEXT else None
        if key is not None:
            columns.setdefault(key, cell.column)
    return columns


_BY_TEMPLATE = N_("请用下载的模板填写，不要改动表头")


def header_findings(table: Table, advice: str = _BY_TEMPLATE) -> list[CellFinding]:
    """Return an error for each required column that the header lacks and each title that it has twice."""
    missing = [
        CellFinding(
            table.header.number,
            "",
            field.title,
            "",
            Severity.ERROR,
            "column-missing",
            N_("表头里没有“%(column)s”一栏"),
            advice,
            {"column": field.title},
            table.sheet.name,
        )
        for field in table.fields.values()
        if field.required and field.key not in table.columns
    ]
    return missing + _repeated_titles(table)


def _repeated_titles(table: Table) -> list[CellFinding]:
    known = {fold_title(table.header.cell(column).text): column for column in table.columns.values()}
    return [
        CellFinding(
            cell.row,
            column_letters(cell.column),
            fold(cell.text),
            "",
            Severity.ERROR,
            "column-twice",
            N_("表头里“%(column)s”出现了两次"),
            N_("请只保留一栏"),
            {"column": fold(cell.text)},
            table.sheet.name,
        )
        for cell in table.header.cells
        if known.get(fold_title(cell.text), cell.column) != cell.column
    ]


def no_table(sheets: Sequence[Sheet], titles: Sequence[str], advice: str = _BY_TEMPLATE) -> CellFinding:
    """Return the error for a file in which no header names these columns."""
    return CellFinding(
        1,
        "",
        "",
        "",
        Severity.ERROR,
        "header-missing",
        N_("没有找到表头（应有一行写着“%(columns)s”等栏目）"),
        advice,
        {"columns": "、".join(titles)},
        sheets[0].name if sheets else "",
    )


class Line:
    """One line of a table being read; its findings go into the list it was given."""

    def __init__(self, table: Table, row: Row, findings: list[CellFinding], covered: Sequence[Merged] = ()) -> None:
        self.table, self.row, self._findings, self._covered = table, row, findings, covered
        self.failed = False

    def has(self, key: str) -> bool:
        """Tell whether the table has the column and the line a value in it."""
        return key in self.table.columns and not self.cell(key).is_blank

    def cell(self, key: str) -> Cell:
        """Return the cell of a field; the column must be there."""
        return self.row.cell(self.table.columns[key])

    def text(self, key: str) -> str:
        """Return the folded text of a field, empty where there is nothing."""
        return fold(self.cell(key).text) if key in self.table.columns else ""

    def report(self, key: str, severity: Severity, code: str, reason: str, advice: str = "", **params: object) -> None:
        """Note something about the cell of a field, or about the row where the column is absent."""
        column = self.table.columns.get(key, 0)
        field = self.table.fields[key]
        self.failed |= severity is Severity.ERROR
        self._findings.append(
            CellFinding(
                self.row.number,
                column_letters(column),
                self.table.title(key) if column else field.title,
                self._shown(field) if column else "",
                severity,
                code,
                reason,
                advice,
                params,
                self.table.sheet.name,
            )
        )

    def error(self, key: str, code: str, reason: str, advice: str = "", **params: object) -> None:
        """Note an error."""
        self.report(key, Severity.ERROR, code, reason, advice, **params)

    def _shown(self, field: Field) -> str:
        text = self.cell(field.key).text
        if field.mask is not None:
            return field.mask(fold(text).replace(" ", ""))
        return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"

    def read(self, key: str, parse: Callable[[str], T], advice: str = "") -> T | None:
        """Return the field's text read by `parse`; None, with a finding where it is due, if it cannot be read."""
        return self.read_cell(key, lambda cell: parse(cell.text), advice)

    def read_cell(self, key: str, parse: Callable[[Cell], T], advice: str = "") -> T | None:
        """Return the field's cell read by `parse`; None, with a finding where it is due, if it cannot be read."""
        column = self.table.columns.get(key)
        if column is None:
            return None
        cell = self.row.cell(column)
        if not (self._is_plain(cell, key) or self._is_sound(cell, key)):
            return None
        if cell.is_blank:
            if self.table.fields[key].filled:
                self.error(key, "missing", N_("没有填写%(column)s"), N_("请补填"), column=self.table.fields[key].title)
            return None
        try:
            return parse(cell)
        except Malformed as malformed:
            self.error(key, malformed.code, malformed.reason, advice)
            return None

    def _is_plain(self, cell: Cell, key: str) -> bool:
        """Nearly every cell: nothing about it needs a closer look."""
        if self._covered or cell.formula or self.table.fields[key].exact:
            return False
        return cell.kind is Kind.TEXT or cell.kind is Kind.DATE or cell.kind is Kind.EMPTY

    def _is_sound(self, cell: Cell, key: str) -> bool:
        exact = self.table.fields[key].exact
        if self._covered and any(area.covers(cell.row, cell.column) for area in self._covered):
            self.failed = True
        elif cell.formula:
            self.error(key, "formula", N_("这一格是公式"), N_("请改填公式算出的值（复制后“选择性粘贴—数值”）"))
        elif cell.kind is Kind.ERROR:
            self.error(key, "cell-error", N_("这一格是错误值"), N_("请改填正确的内容"))
        elif cell.lost_digits or (exact and cell.is_scientific):
            self.error(
                key,
                "number-too-long",
                N_("超过15位的数字被存成了数值，Excel 已经丢掉后面的位数，无法还原"),
                N_("请把这一格设为“文本”格式，再对照证件重新输入"),
            )
        else:
            return True
        return False


def _merged_findings(table: Table, areas: Iterable[Merged]) -> list[CellFinding]:
    """Return an error for each merged range among the lines."""
    by_column = {column: key for key, column in table.columns.items()}
    return [
        CellFinding(
            area.first_row,
            column_letters(area.first_column),
            table.title(by_column[area.first_column]) if area.first_column in by_column else "",
            "",
            Severity.ERROR,
            "merged",
            N_("人员行里有合并单元格 %(range)s"),
            N_("请取消合并，并在每一行都填写内容"),
            {"range": area.address},
            table.sheet.name,
            area.last_row,
        )
        for area in areas
    ]


def lines_of(table: Table, key: str, findings: list[CellFinding]) -> list[Line]:
    """Return the lines from the header to the last one with a value in field `key`, blank ones left out.

    What stands below them, sums and signatures, is no line. Merged ranges among them become findings.
    """
    column = table.columns[key]
    rows = [row for row in table.sheet.below(table.header.number) if not row.is_blank]
    while rows and rows[-1].cell(column).is_blank:
        rows.pop()
    return lines_from(table, rows, findings)


def lines_from(table: Table, rows: Sequence[Row], findings: list[CellFinding]) -> list[Line]:
    """Return these rows as lines; merged ranges among them become findings."""
    if not rows:
        return []
    covered = table.merged_among(rows[0].number, rows[-1].number)
    findings += _merged_findings(table, covered)
    return [Line(table, row, findings, covered) for row in rows]
