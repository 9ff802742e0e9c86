"""The signed form (考勤表) beside the sign-in lines of a file: read, and held against what the times are worth. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import fold, same_name
from trainingadmin.plumbing.spreadsheets.cells import Row, Sheet, column_letters
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity

_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日|(?:\d{4}-)?(\d{1,2})-(\d{1,2})")
_POSITION, _NAME = "序号", "姓名"
_CAME = frozenset({"√", "到", "✓", "✔"})


@dataclass(frozen=True, slots=True)
class Signed:
    """One person's line of the form: where it stands, and in how many sessions they are ticked as present."""

    sheet: str
    row: int
    column: int
    name: str
    ticks: int


def read(sheets: Sequence[Sheet]) -> list[Signed]:
    """Return the lines of a file's form; nothing where it has none."""
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[:10]):
            column = _name_column(row)
            if column and _days(row):
                return list(_lines(sheet, sheet.rows[at + 1 :], column, _days(row)[0]))
    return []


def _name_column(row: Row) -> int:
    titles = {fold(cell.text): cell.column for cell in row.cells}
    return titles.get(_NAME, 0) if _POSITION in titles else 0


def _days(row: Row) -> list[int]:
    return [cell.column for cell in row.cells if _DAY.fullmatch(fold(cell.text))]


def _lines(sheet: Sheet, rows: Sequence[Row], column: int, first_day: int) -> Iterator[Signed]:
    for row in rows:
        if not fold(row.cell(column - 1).text).isdigit() or not row.cell(column).text:
            continue
        ticks = sum(1 for cell in row.cells if cell.column >= first_day and fold(cell.text) in _CAME)
        yield Signed(sheet.name, row.number, column, fold(row.cell(column).text), ticks)


def compared(form: Sequence[Signed], whole: Mapping[str, int]) -> Iterator[CellFinding]:
    """Yield a warning for each line whose ticks are not the sessions that the times credit in full.

    `whole` gives those sessions by name; of namesakes nothing is said.
    """
    named = Counter(line.name for line in form)
    for line in form:
        found = [one for name, one in whole.items() if same_name(name, line.name)]
        if named[line.name] > 1 or len(found) != 1 or found[0] == line.ticks:
            continue
        reason = N_("签字的考勤表上是 %(form)s 次到，按签到签退只有 %(signed)s 次满课时，以签到签退为准")
        params = {"form": line.ticks, "signed": found[0]}
        place = (line.row, column_letters(line.column), _NAME, "")
        yield CellFinding(*place, Severity.WARNING, "form-differs", reason, N_("请核对"), params, line.sheet)
