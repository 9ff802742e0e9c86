"""What rosters of all kinds share: which lines are people, whose file it is, what about a person needs a look. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from trainingadmin.kernel.identifiers import CreditCode, IdNumber, Sex
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold
from trainingadmin.plumbing.spreadsheets.cells import Cell, Row, Sheet, column_letters
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import (
    Field,
    Line,
    Table,
    find_table,
    fold_title,
    header_findings,
    lines_from,
    no_table,
)

_SEXES = {"男": Sex.MALE, "女": Sex.FEMALE}


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Reading(Generic[R]):
    """What a roster file holds: `lines` people in all, of whom `people` are those without an error."""

    people: tuple[R, ...]
    findings: tuple[CellFinding, ...]
    lines: int

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one person."""
        return bool(self.people) and not has_errors(self.findings)


def read_people(
    sheets: Sequence[Sheet],
    fields: Sequence[Field],
    anchors: Sequence[str],
    credit_code: str,
    person: Callable[[Line, int], tuple[IdNumber | None, R | None]],
) -> Reading[R]:
    """Read the first sheet with the header of `fields`; lines without an ID number below the people are left out.

    `person` reads one line and its place; it returns the number even of a line that cannot be taken, so that a second
    one with it is found. `credit_code` is the unit's own, empty where it is not compared.
    """
    table = find_table(sheets, fields, anchors)
    if table is None:
        return Reading((), (no_table(sheets, ("姓名", "身份证号")),), 0)
    findings = header_findings(table)
    if findings:
        return Reading((), tuple(findings), 0)
    rows = people_rows(table)
    if not rows:
        return Reading((), (nobody(table),), 0)
    findings += other_unit(table, credit_code)
    lines = lines_from(table, rows, findings)
    people = [person(line, at) for at, line in enumerate(lines, start=1)]
    refuse_repeated(lines, [number for number, _ in people])
    clean = tuple(row for line, (_, row) in zip(lines, people, strict=True) if row is not None and not line.failed)
    return Reading(clean, in_order(findings), len(rows))


def people_rows(table: Table) -> list[Row]:
    """Return rows from the header to the last line with an ID number, or with nearly everything but that."""
    rows = [row for row in table.sheet.below(table.header.number) if not row.is_blank and not _is_header(table, row)]
    last = next((at for at in range(len(rows), 0, -1) if _is_person(table, rows[at - 1])), 0)
    return rows[:last]


def _is_person(table: Table, row: Row) -> bool:
    if not row.cell(table.columns["id_number"]).is_blank:
        return True
    due = [key for key, column in table.fields.items() if column.filled and key in table.columns]
    filled = sum(not row.cell(table.columns[key]).is_blank for key in due)
    return 2 * filled >= len(due) and not row.cell(table.columns["name"]).is_blank


def _is_header(table: Table, row: Row) -> bool:
    """A header printed again on each page."""
    at = table.columns["id_number"]
    return fold_title(row.cell(at).text) == fold_title(table.header.cell(at).text)


def nobody(table: Table) -> CellFinding:
    """Return the error for a table without people."""
    reason, advice = N_("表头下面没有人员"), N_("请从表头的下一行开始填写，每人一行")
    return CellFinding(
        table.header.number, "", "", "", Severity.ERROR, "no-people", reason, advice, {}, table.sheet.name
    )


def other_unit(table: Table, own: str) -> list[CellFinding]:
    """Return an error where the lines above the header carry a credit code other than `own`, unless that is empty."""
    if not own:
        return []
    stated = [(cell, code) for cell in _above(table) if (code := _credit_code(cell)) is not None]
    reason = N_("花名册上写的统一社会信用代码不是本单位的")
    advice = N_("请确认没有传错文件")
    return [
        CellFinding(
            cell.row, column_letters(cell.column), "统一社会信用代码", code, Severity.ERROR,
            "other-enterprise", reason, advice, {}, table.sheet.name,
        )
        for cell, code in stated
        if code != own
    ]  # fmt: skip


def _above(table: Table) -> list[Cell]:
    return [cell for row in table.sheet.rows if row.number < table.header.number for cell in row.cells]


def _credit_code(cell: Cell) -> str | None:
    label, _, text = fold(cell.text).partition(":")
    if "信用代码" not in label:
        return None
    try:
        return CreditCode.parse(text).text
    except Malformed:
        return None


def look_at_person(line: Line, number: IdNumber | None, name: str | None, unprintable: Callable[[str], str]) -> None:
    """Report what about the number, the sex and the name a human should look at."""
    sex = line.read("sex", _sex)
    if number is not None and not number.region_known:
        reason = N_("身份证号前6位不是已知的行政区划代码")
        line.report("id_number", Severity.WARNING, "id-region", reason, N_("请对照身份证原件确认"))
    if number is not None and sex not in (None, number.sex):
        line.report("sex", Severity.WARNING, "sex-differs", N_("性别与身份证号不一致"), N_("请对照身份证原件确认"))
    if name and (lacking := unprintable(name)):
        reason = N_("姓名里的“%(characters)s”目前打印不出来")
        advice = N_("请与培训管理部门联系补充字库")
        line.report("name", Severity.WARNING, "name-unprintable", reason, advice, characters=lacking)


def _sex(text: str) -> Sex:
    try:
        return _SEXES[fold(text)]
    except KeyError:
        raise Malformed("sex-unknown", N_("性别应为“男”或“女”")) from None


def look_at_insurance(line: Line, enterprise: str) -> None:
    """Hold for a human who is insured by another firm than `enterprise`, or by nobody knows whom."""
    unit = line.read("insured_unit", fold)
    if unit is None:
        if not line.has("insured_unit"):
            reason = N_("没有填写参保单位")
            line.report("insured_unit", Severity.HOLD, "insured-unknown", reason, N_("由经办人员核实参保情况"))
    elif enterprise and _plain(unit) != _plain(enterprise):
        reason = N_("参保单位不是申报企业")
        line.report("insured_unit", Severity.HOLD, "insured-elsewhere", reason, N_("由经办人员核实参保情况"))


def _plain(unit: str) -> str:
    return fold(unit).replace(" ", "")


def refuse_repeated(lines: Sequence[Line], numbers: Sequence[IdNumber | None]) -> None:
    """Report an error in every line whose ID number another line has too."""
    by_number: dict[str, list[Line]] = defaultdict(list)
    for line, number in zip(lines, numbers, strict=True):
        if number is not None:
            by_number[number.text].append(line)
    for repeated in by_number.values():
        rows = [line.row.number for line in repeated]
        for line in repeated if len(rows) > 1 else ():
            others = "、".join(str(row) for row in rows if row != line.row.number)
            reason, advice = N_("身份证号与第 %(rows)s 行重复"), N_("同一个人只能填一行，请核对或删去多余的一行")
            line.error("id_number", "id-repeated", reason, advice, rows=others)
