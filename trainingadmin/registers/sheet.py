"""Reads a list of another department: which kind it is, whose and of what day, its lines, every mistake. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trainingadmin.kernel.identifiers import CreditCode, IdNumber, fold_number, id_check_digit
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Sheet, column_letters
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import Line, Table, find_table, header_findings, lines_of, no_table
from trainingadmin.registers.sheet_columns import ANCHORS, FIELDS
from trainingadmin.registers.states import GROUPS, Register

_LEGACY = re.compile(r"[0-9]{15}")
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
_SOURCE, _AS_OF = re.compile(r"数据?来源:(.*)"), re.compile(r"(?:名单|数据|截止|快照)日期:(.*)")
_NO = frozenset({"否", "不是", "N", "NO"})


@dataclass(frozen=True, slots=True, repr=False)
class ListRow:
    """One line of a list, every value read and folded."""

    row: int
    name: str
    id_number: str
    legacy: bool
    from_on: date
    to_on: date | None
    odd: str
    word: str
    standing: str
    unit: str
    credit_code: str | None
    details: Mapping[str, str | bool] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"ListRow({self.row})"


@dataclass(frozen=True, slots=True)
class ListReading:
    """What a file holds: the list it is, its `lines` in all, and as `rows` those without an error."""

    kind: Register | None
    topic: str
    department: str
    as_of: date | None
    rows: tuple[ListRow, ...]
    findings: tuple[CellFinding, ...]
    lines: int

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one line."""
        return bool(self.rows) and not has_errors(self.findings)


def read(sheets: Sequence[Sheet], today: date) -> ListReading:
    """Read the first sheet with the header of a list; its source and date stand above the header."""
    found = _table(sheets)
    if found is None:
        return ListReading(None, "", "", None, (), (no_table(sheets, ("姓名", "身份证号")),), 0)
    kind, table = found
    findings = header_findings(table)
    department, as_of = _head(table, findings, today)
    if has_errors(findings):
        return ListReading(kind, "", department, as_of, (), in_order(findings), 0)
    lines = lines_of(table, "id_number", findings)
    if not lines:
        findings.append(_about_head(table, "no-lines", N_("表头下面没有内容"), N_("请从表头的下一行开始填写")))
    rows = [(line, _row(kind, line, as_of)) for line in lines]
    topic = _topic(kind, rows)
    if kind is Register.DEATH:
        _refuse_repeated(rows)
    clean = tuple(row for line, row in rows if row is not None and not line.failed)
    return ListReading(kind, topic, department, as_of, clean, in_order(findings), len(lines))


def _table(sheets: Sequence[Sheet]) -> tuple[Register, Table] | None:
    for kind, anchors in ANCHORS.items():
        if (table := find_table(sheets, FIELDS[kind], anchors)) is not None:
            return kind, table
    return None


def _head(table: Table, findings: list[CellFinding], today: date) -> tuple[str, date | None]:
    """Return department and snapshot date from the lines above the header; each missing one is an error."""
    above = [cell for row in table.sheet.rows if row.number < table.header.number for cell in row.cells]
    department = next((found for cell in above if (found := _after(cell, _SOURCE))), "")
    if not department:
        reason = N_("表头上方没有写明数据来源")
        findings.append(_about_head(table, "source-missing", reason, N_("请在第2行写“数据来源：某某部门”")))
    dated = next(((cell, found) for cell in above if (found := _after(cell, _AS_OF))), None)
    if dated is None:
        reason = N_("表头上方没有写明名单日期")
        findings.append(_about_head(table, "as-of-missing", reason, N_("请在第2行写“名单日期：2020-05-31”")))
        return department, None
    return department, _as_of(table, *dated, findings, today)


def _after(cell: Cell, label: re.Pattern[str]) -> str:
    found = label.fullmatch(fold(cell.text))
    return found[1].strip() if found else ""


def _as_of(table: Table, cell: Cell, text: str, findings: list[CellFinding], today: date) -> date | None:
    at = (cell.row, column_letters(cell.column), "名单日期", text, Severity.ERROR)
    try:
        day = written.day(Cell(cell.row, cell.column, Kind.TEXT, text))
    except Malformed as malformed:
        findings.append(CellFinding(*at, malformed.code, malformed.reason, "", {}, table.sheet.name))
        return None
    if day > today:
        reason, advice = N_("名单日期晚于今天"), N_("请核对名单日期")
        findings.append(CellFinding(*at, "as-of-future", reason, advice, {}, table.sheet.name))
    return day


def _about_head(table: Table, code: str, reason: str, advice: str) -> CellFinding:
    return CellFinding(table.header.number, "", "", "", Severity.ERROR, code, reason, advice, {}, table.sheet.name)


def _row(kind: Register, line: Line, as_of: date | None) -> ListRow | None:
    name, number = line.read("name", parse_name), _id_number(line)
    from_on = line.read_cell("from_on", written.day)
    to_on = line.read_cell("to_on", written.day) if line.has("to_on") else None
    word = line.read("word", fold) if "word" in line.table.fields else ""
    unit = line.read("unit", fold) if "unit" in line.table.fields else ""
    code = line.read("credit_code", CreditCode.parse) if "credit_code" in line.table.fields else None
    if kind is Register.STATUS and word and word not in _GROUP_OF:
        choices = "、".join(names[0] for names in GROUPS.values())
        line.error("word", "status-unknown", N_("不认识这种人员状态"), N_("请写其中一种：%(choices)s"), choices=choices)
    if name is None or number is None or from_on is None or line.failed:
        return None
    return ListRow(
        row=line.row.number,
        name=name,
        id_number=number[0],
        legacy=number[1],
        from_on=from_on,
        to_on=to_on,
        odd=_odd(line, from_on, to_on, as_of),
        word=word or "",
        standing=line.text("standing") if "standing" in line.table.fields else "",
        unit=unit or "",
        credit_code=code.text if code else None,
        details=_details(kind, line),
    )


def _id_number(line: Line) -> tuple[str, bool] | None:
    """Return the number of 18 digits and whether it stood there as one of 15, which was issued before 1999."""
    text = fold_number(line.text("id_number"))
    if not _LEGACY.fullmatch(text) or line.cell("id_number").formula:
        number = line.read("id_number", IdNumber.parse, N_("请来源部门对照户籍信息改正"))
        return (number.text, False) if number else None
    first_17 = f"{text[:6]}19{text[6:]}"
    try:
        number = IdNumber.parse(first_17 + id_check_digit(first_17))
    except Malformed as malformed:
        line.error("id_number", malformed.code, malformed.reason, N_("请来源部门对照户籍信息改正"))
        return None
    reason = N_("这是15位的旧号码，已换算成18位比对")
    line.report("id_number", Severity.WARNING, "id-legacy", reason, N_("比对到的人员须人工核实"))
    return number.text, True


def _odd(line: Line, from_on: date, to_on: date | None, as_of: date | None) -> str:
    """Name what is wrong with the dates: the line is imported, and whoever it is about is a suspect."""
    if to_on is not None and to_on < from_on:
        reason = N_("截止日期早于起始日期")
        line.report("to_on", Severity.WARNING, "dates-odd", reason, N_("比对到的人员须人工核实"))
        return "dates-odd"
    if as_of is not None and from_on > as_of:
        reason = N_("起始日期晚于名单日期")
        line.report("from_on", Severity.WARNING, "date-after-list", reason, N_("比对到的人员须人工核实"))
        return "date-after-list"
    return ""


def _details(kind: Register, line: Line) -> dict[str, str | bool]:
    keys = [key for key in ("household", "origin", "batch", "industry", "noted_on") if key in line.table.columns]
    details: dict[str, str | bool] = {key: line.text(key) for key in keys if line.has(key)}
    if kind is Register.BUSINESS and "founder" in line.table.columns and line.has("founder"):
        details["founder"] = fold(line.text("founder")).upper() not in _NO
    return details


def _topic(kind: Register, rows: Sequence[tuple[Line, ListRow | None]]) -> str:
    """Return the group that a status list is of; a line of another group is an error."""
    if kind is not Register.STATUS:
        return ""
    known = [(line, _GROUP_OF[row.word]) for line, row in rows if row is not None and row.word in _GROUP_OF]
    topic = known[0][1] if known else ""
    for line, group in known:
        if group != topic:
            reason = N_("一份名单只能有一类人员，这一行属于“%(group)s”")
            line.error("word", "status-mixed", reason, N_("请按类别分成几份名单"), group=group)
    return topic


def _refuse_repeated(rows: Sequence[tuple[Line, ListRow | None]]) -> None:
    seen: dict[str, int] = {}
    for line, row in rows:
        if row is not None and seen.setdefault(row.id_number, row.row) != row.row:
            reason = N_("身份证号与第 %(row)s 行重复")
            line.error("id_number", "id-twice", reason, N_("请删去多余的一行"), row=seen[row.id_number])
