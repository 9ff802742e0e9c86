"""Reads a file of assessment results, one apprentice a line, and makes the form to fill in. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trainingadmin.cohorts.states import Outcome
from trainingadmin.kernel.document_numbers import SkillCertificate
from trainingadmin.kernel.identifiers import IdNumber, mask_id
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.levels import LEVELS, is_at_least, level_name, parse_level
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name, same_name
from trainingadmin.kernel.occupations import OCCUPATIONS, fold_occupation
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import Field, Line, find_table, header_findings, lines_of, no_table
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_template

ANCHORS = ("id_number", "outcome")
FIELDS: tuple[Field, ...] = (
    Field("position", "序号", required=False, filled=False),
    Field("name", "姓名", ("学徒姓名",)),
    Field("id_number", "身份证号", ("身份证号码", "公民身份号码"), exact=True, mask=mask_id),
    Field("outcome", "结果", ("考核结果", "评价结果")),
    Field("ended_on", "实际结束日期", ("结业日期", "培养止"), required=False, filled=False),
    Field("certificate_number", "证书编号", ("证书号码", "证书号"), filled=False, exact=True),
    Field("occupation", "职业", ("职业(工种)", "培训职业(工种)", "证书职业"), filled=False),
    Field("level", "等级", ("证书等级", "技能等级"), filled=False),
    Field("issued_on", "发证日期", ("发证时间",), filled=False),
)
_OF_CERTIFICATE = ("certificate_number", "occupation", "level", "issued_on")
_OUTCOMES = {
    **dict.fromkeys(("合格", "通过", "及格"), Outcome.PASSED),
    **dict.fromkeys(("不合格", "未通过", "不及格"), Outcome.FAILED),
}


@dataclass(frozen=True, slots=True, repr=False)
class Apprentice:
    """What the filing says of an apprentice whose result is awaited."""

    name: str
    occupation: str
    target_level: int
    starts_on: date
    ends_on: date
    position: int = 0


@dataclass(frozen=True, slots=True)
class ResultsContext:
    """What the reader is told: apprentices by ID number, and the day of reading; left out, they are not compared."""

    apprentices: Mapping[str, Apprentice] = field(default_factory=dict)
    today: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ResultRow:
    """One apprentice's result; what belongs to a certificate is filled for those who passed, and only for them."""

    row: int
    id_number: IdNumber
    name: str
    outcome: Outcome
    ended_on: date | None
    certificate_number: str = ""
    occupation: str = ""
    level: int | None = None
    issued_on: date | None = None

    def __repr__(self) -> str:
        return f"ResultRow({self.row}, {self.outcome.value})"


@dataclass(frozen=True, slots=True)
class ResultsReading:
    """What a file of results holds: `lines` in all, of which `rows` are those without an error."""

    rows: tuple[ResultRow, ...]
    findings: tuple[CellFinding, ...]
    lines: int

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one result."""
        return bool(self.rows) and not has_errors(self.findings)


def read(sheets: Sequence[Sheet], context: ResultsContext | None = None) -> ResultsReading:
    """Read the results of a file; lines without an ID number below the last one are left out."""
    told = context or ResultsContext()
    table = find_table(sheets, FIELDS, ANCHORS)
    if table is None:
        return ResultsReading((), (no_table(sheets, ("姓名", "身份证号", "结果")),), 0)
    findings = header_findings(table)
    if findings:
        return ResultsReading((), tuple(findings), 0)
    lines = lines_of(table, "id_number", findings)
    read_rows = [(line, _row(line, told)) for line in lines]
    rows = [(line, row) for line, row in read_rows if row is not None]
    _refuse_repeated(rows, "id_number", lambda row: row.id_number.text, N_("身份证号与第 %(rows)s 行重复"))
    _refuse_repeated(rows, "certificate_number", lambda row: row.certificate_number, N_("证书编号与第 %(rows)s 行重复"))
    return ResultsReading(tuple(row for line, row in rows if not line.failed), in_order(findings), len(lines))


def _row(line: Line, told: ResultsContext) -> ResultRow | None:
    number, name = line.read("id_number", IdNumber.parse), line.read("name", parse_name)
    outcome, ended_on = line.read("outcome", _outcome), line.read_cell("ended_on", written.day)
    if number is not None and name is not None:
        _compare_person(line, number, name, told)
    known = None if number is None else told.apprentices.get(number.text)
    if known is not None:
        _look_at_end(line, ended_on or known.ends_on, known, told.today)
    certificate = _certificate(line) if outcome is Outcome.PASSED else None
    if outcome is Outcome.FAILED and line.has("certificate_number"):
        reason = N_("结果为不合格，却填写了证书编号")
        line.error("certificate_number", "failed-with-certificate", reason, N_("请核对结果和证书编号"))
    if certificate is not None and number is not None and not line.failed:
        _look_at_certificate(line, certificate, known, told.today)
    if line.failed or number is None or name is None or outcome is None:
        return None
    text, occupation, level, issued_on = certificate or ("", "", None, None)
    return ResultRow(line.row.number, number, name, outcome, ended_on, text, occupation, level, issued_on)


def _outcome(text: str) -> Outcome:
    try:
        return _OUTCOMES[fold(text)]
    except KeyError:
        raise Malformed("outcome-unknown", N_("结果应为合格或不合格")) from None


def _compare_person(line: Line, number: IdNumber, name: str, told: ResultsContext) -> None:
    if not told.apprentices:
        return
    known = told.apprentices.get(number.text)
    if known is None:
        line.error("id_number", "person-unknown", N_("花名册里没有这个人"), N_("请核对身份证号"))
    elif not same_name(known.name, name):
        line.error("name", "name-differs", N_("姓名与花名册里的不一致"), N_("请核对姓名和身份证号"))


def _look_at_end(line: Line, ended_on: date, filed: Apprentice, today: date | None) -> None:
    if ended_on < filed.starts_on:
        line.error("ended_on", "period-reversed", N_("结束日期早于培养起"), N_("请填写实际结束日期"))
    if today is not None and ended_on > today:
        advice = N_("请填写实际结束日期；还没有结束的，请在结束后登记")
        line.error("ended_on", "ended-in-future", N_("结束日期晚于今天"), advice)


Certificate = tuple[str, str, int, date]


def _certificate(line: Line) -> Certificate | None:
    """Return number, occupation, level and date of a certificate, all of which a pass must have."""
    for key in _OF_CERTIFICATE:
        if not line.has(key):
            reason, advice = N_("结果为合格，没有填写%(column)s"), N_("请补填")
            line.error(key, "certificate-incomplete", reason, advice, column=line.table.fields[key].title)
    number = line.read("certificate_number", SkillCertificate.parse, N_("请对照证书填写，并设为“文本”格式"))
    occupation, level = line.read("occupation", fold_occupation), line.read("level", parse_level)
    issued_on = line.read_cell("issued_on", written.day)
    if number is None or occupation is None or level is None or issued_on is None:
        return None
    if not number.agrees_with(level=level, year=issued_on.year):
        reason = N_("证书编号里的年份或等级与填写的不一致")
        line.error("certificate_number", "certificate-disagrees", reason, N_("请对照证书核对"))
    return number.text, occupation, level, issued_on


def _look_at_certificate(line: Line, certificate: Certificate, filed: Apprentice | None, today: date | None) -> None:
    _, occupation, level, issued_on = certificate
    if today is not None and issued_on > today:
        line.error("issued_on", "issued-in-future", N_("发证日期晚于今天"), N_("请对照证书核对"))
    if filed is None:
        return
    advice = N_("请对照证书核对；不符合的不予补贴")
    if issued_on < filed.starts_on:
        reason = N_("发证日期早于培养起")
        line.report("issued_on", Severity.WARNING, "certificate-before-start", reason, advice)
    if occupation != fold_occupation(filed.occupation):
        reason = N_("证书职业与备案的培训职业不同")
        line.report("occupation", Severity.WARNING, "occupation-differs", reason, advice)
    if not is_at_least(level, filed.target_level):
        reason = N_("证书等级低于备案的目标等级")
        line.report("level", Severity.WARNING, "level-below-target", reason, advice)


def _refuse_repeated(
    rows: Iterable[tuple[Line, ResultRow]], key: str, value: Callable[[ResultRow], str], reason: str
) -> None:
    by_value: dict[str, list[Line]] = defaultdict(list)
    for line, row in rows:
        by_value[value(row)].append(line)
    for text, repeated in by_value.items():
        for line in repeated if text and len(repeated) > 1 else ():
            others = "、".join(str(one.row.number) for one in repeated if one is not line)
            line.error(key, f"{key.replace('_', '-')}-repeated", reason, N_("请核对或删去多余的一行"), rows=others)


_CHOICES = {
    "outcome": ("合格", "不合格"),
    "level": tuple(level_name(level) for level in LEVELS),
    "occupation": tuple(OCCUPATIONS.values()),
}
_NOTES = {
    "outcome": N_("填合格或不合格"),
    "ended_on": N_("不填的，按备案的培养止"),
    "certificate_number": N_("合格的必填，文本格式；22位职业技能等级证书或16位职业资格证书"),
}
_DATES = ("ended_on", "issued_on")
_WIDTHS = {"id_number": 21, "certificate_number": 25}


def template(
    apprentices: Mapping[str, Apprentice] | None = None, *, title: str = "", translate: Callable[[str], str] = str
) -> bytes:
    """Return the form (.xlsx) with the apprentices filled in; headings stay Chinese, notes are translated."""
    known = sorted((apprentices or {}).items(), key=lambda item: item[1].position)
    return write_template(
        [_column(item, translate) for item in FIELDS],
        title=title or "学徒考核结果",
        sheet="考核结果",
        notes_sheet=translate(N_("填写说明")),
        rows=[
            (
                str(one.position or at),
                one.name,
                number,
                "",
                None,
                "",
                one.occupation,
                level_name(one.target_level),
                None,
            )
            for at, (number, one) in enumerate(known, start=1)
        ],
    )


def _column(item: Field, translate: Callable[[str], str]) -> Column:
    return Column(
        item.title,
        Form.DATE if item.key in _DATES else Form.TEXT,
        _WIDTHS.get(item.key, 13),
        _CHOICES.get(item.key, ()),
        translate(_NOTES[item.key]) if item.key in _NOTES else "",
    )
