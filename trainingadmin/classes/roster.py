"""Reads the roster of a class (培训花名册): every clean line as a person, every mistake with its cell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from trainingadmin.classes.roster_columns import ANCHORS, FIELDS
from trainingadmin.cohorts.roster_lines import Reading, look_at_person, read_people
from trainingadmin.courses.states import GROUP_LABELS, Group
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.identifiers import IdNumber, parse_account, parse_phone, passes_luhn
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import Severity
from trainingadmin.plumbing.spreadsheets.tables import Line

_GROUPS = {
    **{label: group for group, label in GROUP_LABELS.items()},
    "脱贫人口": Group.POVERTY,
    "脱贫劳动力": Group.POVERTY,
    "建档立卡": Group.POVERTY,
    "监测对象": Group.MONITORED,
    "防止返贫监测对象": Group.MONITORED,
    "登记失业": Group.UNEMPLOYED,
    "失业人员": Group.UNEMPLOYED,
}


@dataclass(frozen=True, slots=True)
class ClassContext:
    """What the reader is told of the class; anything left out is not compared.

    `unprintable` returns the characters of a name that our documents cannot print.
    """

    opened_on: date | None = None
    min_age: int = 16
    credit_code: str = ""
    project: str = ""
    number: str = ""
    groups: tuple[Group, ...] = tuple(Group)
    unprintable: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True, slots=True, repr=False)
class TraineeRow:
    """One trainee as the roster states it, every value read and folded."""

    row: int
    position: int
    name: str
    id_number: IdNumber
    nation: str
    education: str
    household: str
    category: str
    phone: str
    card_number: str | None
    prior_training: str
    remark: str

    def __repr__(self) -> str:
        return f"TraineeRow({self.row})"


ClassReading = Reading[TraineeRow]


def read(sheets: Sequence[Sheet], context: ClassContext | None = None) -> ClassReading:
    """Read the first sheet with a roster's header; lines without an ID number below the people are left out."""
    told, numbers = context or ClassContext(), set[str]()
    return read_people(sheets, FIELDS, ANCHORS, told.credit_code, lambda line, at: _person(line, at, told, numbers))


def _person(line: Line, at: int, told: ClassContext, numbers: set[str]) -> tuple[IdNumber | None, TraineeRow | None]:
    if not line.has("id_number") and not line.has("name"):
        line.error("id_number", "id-missing", N_("这一行没有姓名和身份证号"), N_("请补填，或删去这一行"))
        return None, None
    number = line.read("id_number", IdNumber.parse, N_("请对照身份证原件填写，并设为“文本”格式"))
    name = line.read("name", parse_name)
    look_at_person(line, number, name, told.unprintable)
    _judge_age(line, number, told)
    category = _category(line, told)
    _look_at_project(line, told)
    _look_at_number(line, told, numbers)
    phone = line.read("phone", parse_phone)
    card = line.read("card_number", parse_account, N_("请对照社会保障卡填写，并设为“文本”格式"))
    if card and not passes_luhn(card):
        reason, advice = N_("银行卡号的校验位不对"), N_("请对照社会保障卡核对")
        line.report("card_number", Severity.WARNING, "card-check", reason, advice)
    position = line.read_cell("position", written.whole_number)
    keys = ("nation", "education", "household", "prior_training", "remark")
    texts = {key: line.read(key, fold) or "" for key in keys}
    if line.failed or not (number and name and phone and category):
        return number, None
    return number, TraineeRow(
        row=line.row.number,
        position=position or at,
        name=name,
        id_number=number,
        category=category,
        phone=phone,
        card_number=card,
        **texts,
    )


def _judge_age(line: Line, number: IdNumber | None, told: ClassContext) -> None:
    if number and told.opened_on and told.opened_on < add_months(number.born_on, 12 * told.min_age):
        reason, advice = N_("开班日不满 %(age)s 周岁"), N_("请核对身份证号，或不报此人")
        line.error("id_number", "age-min", reason, advice, age=told.min_age)


def _category(line: Line, told: ClassContext) -> str | None:
    group = line.read("category", _group)
    if group is None:
        return None
    if group not in told.groups:
        reason, advice = N_("这个项目不面向“%(group)s”人员"), N_("适用人群：%(groups)s")
        groups = "、".join(GROUP_LABELS[one] for one in told.groups)
        line.error("category", "group-not-open", reason, advice, group=GROUP_LABELS[group], groups=groups)
    return GROUP_LABELS[group]


def _group(text: str) -> Group:
    try:
        return _GROUPS[fold(text)]
    except KeyError:
        words = N_("人员类别应为脱贫、监测、失业、农民工、两后生、退役军人、残疾人或高校毕业生")
        raise Malformed("category-unknown", words) from None


def _look_at_project(line: Line, told: ClassContext) -> None:
    """A line of another project is in the wrong file."""
    stated = line.read("project", fold)
    if told.project and stated and stated != fold(told.project):
        reason, advice = N_("培训项目与本班的“%(own)s”不一致"), N_("请确认没有传错文件，或改正这一格")
        line.error("project", "other-project", reason, advice, own=told.project)


def _look_at_number(line: Line, told: ClassContext, seen: set[str]) -> None:
    """Say once of each other number that it is not the class's: the office numbers classes, after rosters are written."""
    stated = line.read("class_number", fold)
    if told.number and stated and stated != fold(told.number) and stated not in seen:
        seen.add(stated)
        reason, advice = N_("文件里的班期号不是本班的“%(own)s”，不影响导入"), N_("请确认没有传错文件")
        line.report("class_number", Severity.WARNING, "other-class-number", reason, advice, own=told.number)
