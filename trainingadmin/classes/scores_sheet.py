"""Reads a sheet of marks, one trainee a line, and makes the form to fill in. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trainingadmin.classes.scoring import MOST
from trainingadmin.kernel.identifiers import IdNumber, mask_id
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name, same_name
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Cell, Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import Field, Line, find_table, header_findings, lines_of, no_table
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_template

ANCHORS = ("id_number",)
FIELDS: tuple[Field, ...] = (
    Field("position", "序号", required=False, filled=False),
    Field("name", "姓名", ("学员姓名",)),
    Field("id_number", "身份证号", ("身份证号码", "公民身份号码"), exact=True, mask=mask_id),
    Field("theory", "理论成绩", ("理论", "理论分数"), required=False, filled=False),
    Field("practice", "实操成绩", ("实操", "实操分数", "技能成绩"), required=False, filled=False),
    Field("absent", "缺考", required=False, filled=False),
)
_TITLES = {"theory": "理论成绩", "practice": "实操成绩"}
_YES = ("是", "缺考", "√", "缺")


@dataclass(frozen=True, slots=True, repr=False)
class Seat:
    """Somebody whose marks are awaited."""

    name: str
    position: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class ScoresContext:
    """What the reader is told: who sits, by ID number, and which parts are examined."""

    seats: Mapping[str, Seat] = field(default_factory=dict)
    parts: tuple[str, ...] = ("theory", "practice")


@dataclass(frozen=True, slots=True, repr=False)
class ScoreRow:
    """One trainee's marks."""

    row: int
    id_number: IdNumber
    theory: int | None
    practice: int | None
    absent: bool

    def __repr__(self) -> str:
        return f"ScoreRow({self.row})"


@dataclass(frozen=True, slots=True)
class ScoresReading:
    """What a sheet of marks holds: `lines` in all, of which `rows` are those without an error."""

    rows: tuple[ScoreRow, ...]
    findings: tuple[CellFinding, ...]
    lines: int

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one line."""
        return bool(self.rows) and not has_errors(self.findings)


def read(sheets: Sequence[Sheet], context: ScoresContext | None = None) -> ScoresReading:
    """Read the marks of a file; lines without an ID number below the last one are left out."""
    told = context or ScoresContext()
    table = find_table(sheets, FIELDS, ANCHORS)
    if table is None:
        return ScoresReading((), (no_table(sheets, ("姓名", "身份证号", "理论成绩", "实操成绩")),), 0)
    findings = header_findings(table)
    if findings:
        return ScoresReading((), tuple(findings), 0)
    lines = lines_of(table, "id_number", findings)
    rows = [(line, _row(line, told)) for line in lines]
    _refuse_repeated([(line, row) for line, row in rows if row is not None])
    clean = tuple(row for line, row in rows if row is not None and not line.failed)
    return ScoresReading(clean, in_order(findings), len(lines))


def _row(line: Line, told: ScoresContext) -> ScoreRow | None:
    number, name = line.read("id_number", IdNumber.parse), line.read("name", parse_name)
    if number is not None and name is not None:
        _compare(line, number, name, told)
    absent = bool(line.read("absent", _absent))
    marks = {part: line.read_cell(part, _mark) for part in ("theory", "practice")}
    for part, title in _TITLES.items():
        _judge(line, part, title, absent, told.parts)
    if line.failed or number is None:
        return None
    return ScoreRow(line.row.number, number, marks["theory"], marks["practice"], absent)


def _compare(line: Line, number: IdNumber, name: str, told: ScoresContext) -> None:
    known = told.seats.get(number.text)
    if known is None:
        reason = N_("这次考核的名单里没有这个人")
        line.error("id_number", "person-unknown", reason, N_("请核对身份证号；补考只登记上次未合格的学员"))
    elif not same_name(known.name, name):
        line.error("name", "name-differs", N_("姓名与花名册里的不一致"), N_("请核对姓名和身份证号"))


def _judge(line: Line, part: str, title: str, absent: bool, parts: Sequence[str]) -> None:
    """A mark stands where it is examined and the person was there, and nowhere else."""
    if line.has(part) and absent:
        line.error(part, "score-of-absent", N_("缺考的不应有成绩"), N_("请核对缺考和成绩"))
    elif line.has(part) and part not in parts:
        line.error(part, "score-surplus", N_("这个项目不考%(part)s"), N_("请删去这一格"), part=title)
    elif part in parts and not line.has(part) and not absent:
        reason, advice = N_("没有填写%(part)s"), N_("请补填；没有参加考核的，在“缺考”栏填“是”")
        line.error(part, "score-missing", reason, advice, part=title)


def _mark(cell: Cell) -> int:
    try:
        mark = written.whole_number(cell)
    except Malformed:
        mark = -1
    if not 0 <= mark <= MOST:
        raise Malformed("score-range", N_("成绩应为0至100的整数"))
    return mark


def _absent(text: str) -> bool:
    if fold(text) in _YES:
        return True
    if fold(text) in ("否", "×"):
        return False
    raise Malformed("absent-unknown", N_("缺考栏填“是”，没有缺考的不填"))


def _refuse_repeated(rows: Sequence[tuple[Line, ScoreRow]]) -> None:
    by_number: dict[str, list[Line]] = defaultdict(list)
    for line, row in rows:
        by_number[row.id_number.text].append(line)
    for repeated in by_number.values():
        for line in repeated if len(repeated) > 1 else ():
            others = "、".join(str(one.row.number) for one in repeated if one is not line)
            reason = N_("身份证号与第 %(rows)s 行重复")
            line.error("id_number", "id-repeated", reason, N_("请核对或删去多余的一行"), rows=others)


_NOTES = {
    "theory": N_("0至100的整数"),
    "practice": N_("0至100的整数"),
    "absent": N_("没有参加考核的填“是”，不填成绩"),
}


def template(told: ScoresContext, *, title: str, translate: Callable[[str], str] = str) -> bytes:
    """Return the form (.xlsx) with everybody who sits; headings stay Chinese, notes are translated."""
    seats = sorted(told.seats.items(), key=lambda item: item[1].position)
    shown = [one for one in FIELDS if one.key not in _TITLES or one.key in told.parts]
    return write_template(
        [
            Column(
                one.title,
                Form.TEXT,
                21 if one.key == "id_number" else 12,
                ("是",) if one.key == "absent" else (),
                translate(_NOTES[one.key]) if one.key in _NOTES else "",
            )
            for one in shown
        ],
        title=title,
        sheet="考核成绩",
        notes_sheet=translate(N_("填写说明")),
        rows=[
            tuple(
                {"position": str(seat.position), "name": seat.name, "id_number": number}.get(one.key, "")
                for one in shown
            )
            for number, seat in seats
        ],
    )
