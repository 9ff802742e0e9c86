"""Reads an apprentice roster (学徒花名册): every clean line as a person, every mistake with its cell. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from trainingadmin.cohorts.roster_columns import ANCHORS, FIELDS
from trainingadmin.kernel.dates import OPEN_END, add_months, full_months, lasts
from trainingadmin.kernel.document_numbers import SkillCertificate
from trainingadmin.kernel.identifiers import CreditCode, IdNumber, Sex, parse_phone
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.levels import parse_level
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.kernel.occupations import candidates, settle_occupation
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Cell, Row, Sheet, column_letters
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import (
    Line,
    Table,
    find_table,
    fold_title,
    header_findings,
    lines_from,
    no_table,
)

CATEGORIES: tuple[str, ...] = ("新招用", "转岗", "在岗")
_OPEN_ENDED = ("无固定期限", "无固定")
_SEXES = {"男": Sex.MALE, "女": Sex.FEMALE}


@dataclass(frozen=True, slots=True)
class FilingRules:
    """The filing rules that a roster's dates are held against: numbers of the policy version in force."""

    min_contract_months: int = 12
    min_age: int = 16
    max_months: int = 36


@dataclass(frozen=True, slots=True)
class RosterContext:
    """What the reader is told about the filing; anything left out is not compared.

    `unprintable` returns the characters of a name that our documents cannot print.
    """

    rules: FilingRules = field(default_factory=FilingRules)
    enterprise_name: str = ""
    credit_code: str = ""
    occupation_codes: frozenset[str] = frozenset()
    target_level: int | None = None
    unprintable: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True, slots=True, repr=False)
class RosterRow:
    """One apprentice as the roster states it, every value read and folded."""

    row: int
    position: int
    name: str
    id_number: IdNumber
    nation: str
    education: str
    household: str
    category: str
    post: str
    contract_from: date
    contract_to: date
    insured_unit: str
    insured_since: str
    occupation: str
    occupation_code: str
    target_level: int
    prior_level: int | None
    prior_certificate: str
    mentor: str
    teacher: str
    starts_on: date
    ends_on: date
    phone: str
    remark: str

    @property
    def filed_months(self) -> int:
        """Whole months of the training, both ends included."""
        return full_months(self.starts_on, self.ends_on)

    def __repr__(self) -> str:
        return f"RosterRow({self.row})"


@dataclass(frozen=True, slots=True)
class RosterReading:
    """What a roster file holds: `lines` people in all, of whom `people` are those without an error."""

    people: tuple[RosterRow, ...]
    findings: tuple[CellFinding, ...]
    lines: int

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one person."""
        return bool(self.people) and not has_errors(self.findings)


def read(sheets: Sequence[Sheet], context: RosterContext | None = None) -> RosterReading:
    """Read the first sheet with a roster's header; lines without an ID number below the people are left out."""
    told = context or RosterContext()
    table = find_table(sheets, FIELDS, ANCHORS)
    if table is None:
        return RosterReading((), (no_table(sheets, ("姓名", "身份证号")),), 0)
    findings = header_findings(table)
    if findings:
        return RosterReading((), tuple(findings), 0)
    rows = _people_rows(table)
    if not rows:
        findings.append(_nobody(table))
        return RosterReading((), tuple(findings), 0)
    findings += _other_enterprise(table, told)
    lines = lines_from(table, rows, findings)
    people = [_person(line, at, told) for at, line in enumerate(lines, start=1)]
    _refuse_repeated(lines, people)
    clean = tuple(
        person for line, (_, person) in zip(lines, people, strict=True) if person is not None and not line.failed
    )
    return RosterReading(clean, in_order(findings), len(rows))


def _people_rows(table: Table) -> list[Row]:
    """Rows from the header to the last line with an ID number, or with nearly everything but that."""
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


def _nobody(table: Table) -> CellFinding:
    reason, advice = N_("表头下面没有人员"), N_("请从表头的下一行开始填写，每人一行")
    return CellFinding(
        table.header.number, "", "", "", Severity.ERROR, "no-people", reason, advice, {}, table.sheet.name
    )


def _other_enterprise(table: Table, told: RosterContext) -> list[CellFinding]:
    """An error where the lines above the header carry the credit code of somebody else."""
    if not told.credit_code:
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
        if code != told.credit_code
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


@dataclass(slots=True)
class _Draft:
    """Values of one line as far as they could be read."""

    line: Line
    id_number: IdNumber | None
    name: str | None
    contract: tuple[date | None, date | None]
    period: tuple[date | None, date | None]


def _person(line: Line, at: int, told: RosterContext) -> tuple[IdNumber | None, RosterRow | None]:
    if not line.has("id_number") and not line.has("name"):
        line.error("id_number", "id-missing", N_("这一行没有姓名和身份证号"), N_("请补填，或删去这一行"))
        return None, None
    draft = _Draft(
        line,
        line.read("id_number", IdNumber.parse, N_("请对照身份证原件填写，并设为“文本”格式")),
        line.read("name", parse_name),
        (line.read_cell("contract_from", written.day), line.read_cell("contract_to", _contract_end)),
        (line.read_cell("starts_on", written.day), line.read_cell("ends_on", written.day)),
    )
    _look_at_person(draft, told)
    _judge_dates(draft, told.rules)
    _look_at_insurance(line, told)
    return draft.id_number, _row(draft, at, told)


def _contract_end(cell: Cell) -> date:
    if fold(cell.text).replace(" ", "").startswith(_OPEN_ENDED):
        return OPEN_END
    return written.day(cell)


def _look_at_person(draft: _Draft, told: RosterContext) -> None:
    line, number = draft.line, draft.id_number
    sex = line.read("sex", _sex)
    if number is not None and not number.region_known:
        reason = N_("身份证号前6位不是已知的行政区划代码")
        line.report("id_number", Severity.WARNING, "id-region", reason, N_("请对照身份证原件确认"))
    if number is not None and sex not in (None, number.sex):
        line.report("sex", Severity.WARNING, "sex-differs", N_("性别与身份证号不一致"), N_("请对照身份证原件确认"))
    if draft.name and (lacking := told.unprintable(draft.name)):
        reason = N_("姓名里的“%(characters)s”目前打印不出来")
        advice = N_("请与培训管理部门联系补充字库")
        line.report("name", Severity.WARNING, "name-unprintable", reason, advice, characters=lacking)


def _sex(text: str) -> Sex:
    try:
        return _SEXES[fold(text)]
    except KeyError:
        raise Malformed("sex-unknown", N_("性别应为“男”或“女”")) from None


def _judge_dates(draft: _Draft, rules: FilingRules) -> None:
    line, (starts_on, ends_on), (signed, until) = draft.line, draft.period, draft.contract
    if starts_on and ends_on and ends_on < starts_on:
        line.error("ends_on", "period-reversed", N_("培养止早于培养起"), N_("请核对起止日期"))
    elif starts_on and ends_on and ends_on + timedelta(days=1) > add_months(starts_on, rules.max_months):
        reason, advice = N_("培养期超过 %(months)s 个月"), N_("请缩短培养期")
        line.error("ends_on", "duration-max", reason, advice, months=rules.max_months)
    if signed and until and until < signed:
        line.error("contract_to", "contract-reversed", N_("劳动合同止早于劳动合同起"), N_("请核对起止日期"))
    elif signed and until and not lasts(signed, until, rules.min_contract_months):
        reason = N_("劳动合同不足 %(months)s 个月（首尾两日都计入）")
        advice = N_("请先续签劳动合同，或不报此人")
        line.error("contract_to", "contract-short", reason, advice, months=rules.min_contract_months)
    born_on = draft.id_number.born_on if draft.id_number else None
    if born_on and starts_on and starts_on < add_months(born_on, 12 * rules.min_age):
        reason, advice = N_("培养起日不满 %(age)s 周岁"), N_("请核对身份证号和培养起，或不报此人")
        line.error("id_number", "age-min", reason, advice, age=rules.min_age)


def _look_at_insurance(line: Line, told: RosterContext) -> None:
    unit = line.read("insured_unit", fold)
    if unit is None:
        if not line.has("insured_unit"):
            reason = N_("没有填写参保单位")
            line.report("insured_unit", Severity.HOLD, "insured-unknown", reason, N_("由经办人员核实参保情况"))
    elif told.enterprise_name and _plain(unit) != _plain(told.enterprise_name):
        reason = N_("参保单位不是申报企业")
        line.report("insured_unit", Severity.HOLD, "insured-elsewhere", reason, N_("由经办人员核实参保情况"))


def _plain(unit: str) -> str:
    return fold(unit).replace(" ", "")


def _row(draft: _Draft, at: int, told: RosterContext) -> RosterRow | None:
    line = draft.line
    number, name = draft.id_number, draft.name
    (signed, until), (starts_on, ends_on) = draft.contract, draft.period
    occupation, occupation_code = _occupation(line, told)
    target_level = _target_level(line, told)
    prior_level, prior_certificate = _prior(line)
    mentor, phone = line.read("mentor", parse_name), line.read("phone", parse_phone)
    position = line.read_cell("position", written.whole_number)
    category, insured_since = line.read("category", _category), line.read_cell("insured_since", written.month)
    teacher = line.read("teacher", parse_name)
    texts = {key: line.read(key, fold) or "" for key in ("nation", "education", "household", "post", "remark")}
    if line.failed or not (
        (number and name and phone and mentor and signed and until)
        and (starts_on and ends_on and occupation and occupation_code and target_level)
    ):
        return None
    return RosterRow(
        row=line.row.number,
        position=position or at,
        name=name,
        id_number=number,
        category=category or "",
        contract_from=signed,
        contract_to=until,
        insured_unit=line.text("insured_unit"),
        insured_since=insured_since or "",
        occupation=occupation,
        occupation_code=occupation_code,
        target_level=target_level,
        prior_level=prior_level,
        prior_certificate=prior_certificate,
        mentor=mentor,
        teacher=teacher or "",
        starts_on=starts_on,
        ends_on=ends_on,
        phone=phone,
        **texts,
    )


def _category(text: str) -> str:
    if fold(text) not in CATEGORIES:
        raise Malformed("category-unknown", N_("人员类别应为新招用、转岗或在岗"))
    return fold(text)


def _occupation(line: Line, told: RosterContext) -> tuple[str | None, str | None]:
    name = line.read("occupation", fold)
    code = line.read("occupation_code", fold) or ""
    if name is None or line.has("occupation_code") > bool(code):
        return None, None
    try:
        settled, number = settle_occupation(name, code)
    except Malformed as malformed:
        at = "occupation" if malformed.code == "occupation-ambiguous" else "occupation_code"
        choices = "、".join(candidates(name))
        advice = N_("请改填其中一种：%(choices)s") if choices else N_("请核对职业名称和职业编码")
        line.error(at, malformed.code, malformed.reason, advice, choices=choices)
        return None, None
    if number is None:
        reason = N_("职业“%(name)s”没有填写职业编码")
        line.error("occupation_code", "occupation-code-missing", reason, N_("请按职业分类大典填写"), name=settled)
    elif told.occupation_codes and number not in told.occupation_codes:
        reason = N_("这个职业不在备案的培训职业里")
        line.report("occupation", Severity.WARNING, "occupation-not-filed", reason, N_("请核对，或修改备案的培训职业"))
    return settled, number


def _target_level(line: Line, told: RosterContext) -> int | None:
    level = line.read("target_level", parse_level)
    if level is not None and told.target_level not in (None, level):
        reason = N_("目标等级与备案的培养等级不同")
        line.report("target_level", Severity.WARNING, "level-differs", reason, N_("请核对"))
    return level


def _prior(line: Line) -> tuple[int | None, str]:
    level = line.read("prior_level", parse_level)
    number = line.read("prior_certificate", fold) or ""
    if number:
        try:
            certificate = SkillCertificate.parse(number)
            number = certificate.text
            if level is not None and certificate.level not in (None, level):
                reason = N_("原证书编号里的等级与原证书等级不同")
                line.report("prior_certificate", Severity.WARNING, "prior-certificate-differs", reason, N_("请核对"))
        except Malformed as malformed:
            code = "prior-certificate-format"
            line.report("prior_certificate", Severity.WARNING, code, malformed.reason, N_("请对照证书原件核对"))
    return level, number


def _refuse_repeated(lines: Sequence[Line], people: Sequence[tuple[IdNumber | None, RosterRow | None]]) -> None:
    by_number: dict[str, list[Line]] = defaultdict(list)
    for line, (number, _) in zip(lines, people, strict=True):
        if number is not None:
            by_number[number.text].append(line)
    for repeated in by_number.values():
        rows = [line.row.number for line in repeated]
        for line in repeated if len(rows) > 1 else ():
            others = "、".join(str(row) for row in rows if row != line.row.number)
            reason, advice = N_("身份证号与第 %(rows)s 行重复"), N_("同一个人只能填一行，请核对或删去多余的一行")
            line.error("id_number", "id-repeated", reason, advice, rows=others)
