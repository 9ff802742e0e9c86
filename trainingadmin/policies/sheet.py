"""Reads the arrangement of a year (放假、调休) and makes its form. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import (
    Field,
    Line,
    Table,
    find_table,
    header_findings,
    lines_of,
    no_table,
)
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_template
from trainingadmin.policies.day_kinds import DayKind

FIELDS = (Field("day", "日期"), Field("kind", "安排", ("放假或上班",)), Field("name", "名称", ("节日", "事由")))
ANCHORS = ("day", "kind")
FIRST_YEAR, LAST_YEAR = 2004, 2199
_KINDS = {
    "放假": DayKind.OFF,
    "休": DayKind.OFF,
    "休息": DayKind.OFF,
    "上班": DayKind.WORKED,
    "班": DayKind.WORKED,
    "调休上班": DayKind.WORKED,
}
_YEAR, _SOURCE = re.compile(r"年份:([0-9]{4})年?"), re.compile(r"(?:来源|依据|文号):(.+)")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class YearLine:
    """One day of the arrangement."""

    row: int
    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class YearReading:
    """What a file holds: the year, the document it is from, its days, and every mistake."""

    year: int
    source: str
    lines: tuple[YearLine, ...]
    findings: tuple[CellFinding, ...]

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one day."""
        return bool(self.lines) and not has_errors(self.findings)


def read(sheets: Sequence[Sheet], settled: Mapping[date, DayKind]) -> YearReading:
    """Read a year's arrangement; `settled` are the days that are over, which no line may change."""
    table = find_table(sheets, FIELDS, ANCHORS)
    if table is None:
        return YearReading(0, "", (), (no_table(sheets, ("日期", "安排")),))
    findings = header_findings(table)
    year, source = int(_above(table, _YEAR) or 0), _above(table, _SOURCE)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        findings.append(_head(table, "year-missing", N_("表头上方没有写明年份"), N_("请在第2行写“年份：2027”")))
    if not source:
        findings.append(_head(table, "source-missing", N_("表头上方没有写明来源"), N_("请在第2行写“来源：”和通知文号")))
    if has_errors(findings):
        return YearReading(year, source, (), in_order(findings))
    read_lines = [(line, _line(line, year)) for line in lines_of(table, "day", findings)]
    if not read_lines:
        findings.append(_head(table, "no-lines", N_("表头下面没有内容"), N_("请从表头的下一行开始填写")))
    _compare(read_lines, settled)
    clean = tuple(one for line, one in read_lines if one is not None and not line.failed)
    return YearReading(year, source, clean, in_order(findings))


def _above(table: Table, label: re.Pattern[str]) -> str:
    above = (cell for row in table.sheet.rows if row.number < table.header.number for cell in row.cells)
    return next(
        (found[1].strip() for cell in above if (found := label.fullmatch(fold(cell.text).replace(" ", "")))), ""
    )


def _head(table: Table, code: str, reason: str, advice: str) -> CellFinding:
    return CellFinding(table.header.number, "", "", "", Severity.ERROR, code, reason, advice, {}, table.sheet.name)


def _line(line: Line, year: int) -> YearLine | None:
    day, kind = line.read_cell("day", written.day), line.read("kind", _kind, N_("请写“放假”或“上班”"))
    name = line.read("name", fold)
    if day is not None and day.year != year:
        line.error("day", "other-year", N_("日期不在 %(year)s 年"), N_("请核对日期或年份"), year=year)
    if day is None or kind is None or name is None or line.failed:
        return None
    if (kind is DayKind.OFF) is (day.weekday() >= _SATURDAY):
        reason = N_("这一天按星期本来就是这样")
        line.report("kind", Severity.WARNING, "as-the-week", reason, N_("可以不填这一行"))
    return YearLine(line.row.number, day, kind, name)


def _kind(text: str) -> DayKind:
    try:
        return _KINDS[fold(text)]
    except KeyError:
        raise Malformed("kind-unknown", N_("安排应为“放假”或“上班”")) from None


def _compare(lines: Sequence[tuple[Line, YearLine | None]], settled: Mapping[date, DayKind]) -> None:
    seen: dict[date, int] = {}
    for line, one in lines:
        if one is None:
            continue
        if seen.setdefault(one.day, one.row) != one.row:
            line.error("day", "day-twice", N_("日期与第 %(row)s 行重复"), N_("请删去多余的一行"), row=seen[one.day])
        elif one.day in settled and _effect(one.day, settled[one.day]) != _effect(one.day, one.kind):
            reason = N_("这一天已经过去，期限已按原来的安排计算")
            line.error("day", "day-past", reason, N_("请保留原来的安排"))


def _effect(day: date, kind: DayKind) -> bool:
    """Tell whether a day is worked."""
    return day.weekday() < _SATURDAY if kind is DayKind.USUAL else kind is DayKind.WORKED


def template(
    rows: Iterable[Sequence[Value]] = (), *, year: int, source: str = "", translate: Callable[[str], str] = str
) -> bytes:
    """Return the form (.xlsx) of a year; `rows` are days known already."""
    columns = [
        Column("日期", Form.DATE, 14),
        Column("安排", Form.TEXT, 10, ("放假", "上班"), translate(N_("工作日放假写“放假”，周末调休写“上班”"))),
        Column("名称", Form.TEXT, 24),
    ]
    return write_template(
        columns,
        title=f"{year}年节假日和调休安排",
        sheet="安排",
        notes_sheet=translate(N_("填写说明")),
        lines=[(f"年份：{year}", f"来源：{source}")],
        notes=(translate(N_("只填与星期不同的日子：工作日放假、周末上班；没有列出的日子按星期计算")),),
        rows=rows,
    )
