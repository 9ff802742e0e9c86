"""Reads an apprentice roster (学徒花名册): every clean line as a person, every mistake with its cell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from trainingadmin.cohorts.roster_columns import ANCHORS, FIELDS
from trainingadmin.cohorts.roster_lines import Reading, look_at_insurance, look_at_person, read_people
from trainingadmin.kernel.dates import OPEN_END, add_months, full_months, lasts
from trainingadmin.kernel.document_numbers import SkillCertificate
from trainingadmin.kernel.identifiers import IdNumber, parse_phone
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.levels import parse_level
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.kernel.occupations import candidates, settle_occupation
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Cell, Sheet
from trainingadmin.plumbing.spreadsheets.findings import Severity
from trainingadmin.plumbing.spreadsheets.tables import (
    Line,
)

CATEGORIES: tuple[str, ...] = ("新招用", "转岗", "在岗")
_OPEN_ENDED = ("无固定期限", "无固定")


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


RosterReading = Reading[RosterRow]


def read(sheets: Sequence[Sheet], context: RosterContext | None = None) -> RosterReading:
    """Read the first sheet with a roster's header; lines without an ID number below the people are left out."""
    told = context or RosterContext()
    return read_people(sheets, FIELDS, ANCHORS, told.credit_code, lambda line, at: _person(line, at, told))


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
    look_at_person(line, draft.id_number, draft.name, told.unprintable)
    _judge_dates(draft, told.rules)
    look_at_insurance(line, told.enterprise_name)
    return draft.id_number, _row(draft, at, told)


def _contract_end(cell: Cell) -> date:
    if fold(cell.text).replace(" ", "").startswith(_OPEN_ENDED):
        return OPEN_END
    return written.day(cell)


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
