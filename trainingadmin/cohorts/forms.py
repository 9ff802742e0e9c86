"""Forms of filings: the plan, papers, spreadsheets, changes, results, reasons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from trainingadmin.cohorts.actions import ChangeRequest, Newcomer, NewcomerRefused, Plan, ResultEntry
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.roster import CATEGORIES
from trainingadmin.cohorts.roster_columns import FIELDS
from trainingadmin.cohorts.states import (
    APPRENTICE_CHANGES,
    CHANGE_LABELS,
    DOCUMENT_LABELS,
    OUTCOME_LABELS,
    REQUIRED_DOCUMENTS,
    ChangeKind,
    DocumentKind,
    Outcome,
)
from trainingadmin.kernel.dates import FIRST_YEAR, LAST_YEAR
from trainingadmin.kernel.levels import LEVELS, level_name, level_title
from trainingadmin.kernel.occupations import OCCUPATIONS
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing.pages import Form, row_id
from trainingadmin.plumbing.spreadsheets.annotating import sentence

_HOURS_MAX = 10_000


def _day(label: str, *, required: bool = True) -> DateField:
    wanted = InputRequired(_l("请选择日期。")) if required else Optional()
    return DateField(label, validators=[wanted, _within_years])


def _within_years(_form: Form, field: DateField) -> None:
    if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(gettext("日期应在 1900 年至 2199 年之间。"))


def _levels() -> list[SelectChoice]:
    return [SelectChoice(level, f"{gettext(level_name(level))} {gettext(level_title(level))}") for level in LEVELS]


class PlanForm(Form):
    """What an enterprise plans."""

    title = StringField(_l("班级名称"), validators=[InputRequired(_l("请填写班级名称。")), Length(max=80)])
    occupation_codes = SelectMultipleField(
        _l("培训职业（工种）"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("至少选一个职业。"))],
    )
    target_level = SelectField(_l("培养等级"), coerce=int, validators=[NumberRange(1, message=_l("请选择培养等级。"))])
    institution_id = SelectField(
        _l("培训机构"), coerce=int, validators=[NumberRange(1, message=_l("请选择培训机构。"))]
    )
    starts_on = _day(_l("培养开始日期"))
    ends_on = _day(_l("培养结束日期"))
    plan_hours_per_year = IntegerField(
        _l("每年计划课时"),
        validators=[
            InputRequired(_l("请填写课时。")),
            NumberRange(1, _HOURS_MAX, message=_l("应为 1 至 10000 的整数。")),
        ],
    )
    mentors = TextAreaField(
        _l("企业导师"), validators=[InputRequired(_l("请填写企业导师，每行一人。")), Length(max=4000)]
    )
    advance_percent = IntegerField(
        _l("申请预支比例（%）"),
        default=0,
        validators=[InputRequired(_l("不申请预支请填 0。")), NumberRange(0, 100, message=_l("应为 0 至 100 的整数。"))],
    )

    def offer(self, institutions: Sequence[Organisation]) -> None:
        """Fill the lists one chooses from."""
        self.occupation_codes.choices = [SelectChoice(code, f"{name}（{code}）") for code, name in OCCUPATIONS.items()]
        self.target_level.choices = [SelectChoice(0, gettext("请选择")), *_levels()]
        self.institution_id.choices = [
            SelectChoice(0, gettext("请选择")),
            *(SelectChoice(found.id, found.name) for found in institutions),
        ]

    def show(self, cohort: Cohort) -> None:
        """Fill in what is filed."""
        self.process(obj=cohort)
        self.mentors.data = "\n".join(cohort.mentors)

    def plan(self) -> Plan:
        """Return what the form asks for."""
        assert self.starts_on.data is not None
        assert self.ends_on.data is not None
        return Plan(
            title=self.title.data or "",
            occupation_codes=tuple(self.occupation_codes.data or ()),
            target_level=self.target_level.data,
            institution_id=self.institution_id.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            plan_hours_per_year=self.plan_hours_per_year.data or 0,
            mentors=tuple((self.mentors.data or "").splitlines()),
            advance_percent=self.advance_percent.data or 0,
        )


class UploadForm(Form):
    """A spreadsheet."""

    sheet = FileField(_l("选择文件"))

    def content(self) -> tuple[str, bytes]:
        """Return the file's name and bytes; nothing when none was chosen."""
        sent = self.sheet.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class PaperForm(Form):
    """An agreement or another paper."""

    kind = SelectField(_l("材料种类"))
    paper = FileField(_l("选择文件"))

    def offer(self, there: Collection[DocumentKind]) -> None:
        """Fill the list of kinds, of which the first that is still needed is chosen."""
        self.kind.choices = [SelectChoice(kind.value, gettext(label)) for kind, label in DOCUMENT_LABELS.items()]
        if not self.is_submitted():
            lacking = (kind for kind in REQUIRED_DOCUMENTS if kind not in there)
            self.kind.data = next(lacking, DocumentKind.OTHER).value

    def content(self) -> tuple[DocumentKind, str, bytes]:
        """Return the kind, the file's name and its bytes; nothing when none was chosen."""
        sent = self.paper.data
        name, data = (sent.filename or "", sent.read()) if sent else ("", b"")
        return DocumentKind(self.kind.data), name, data


class MoveForm(Form):
    """A move of the lifecycle, with the words that go with it."""

    move = HiddenField()
    note = TextAreaField(_l("意见"), validators=[Length(max=500)])


class ReasonForm(Form):
    """Why something is taken away."""

    reason = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)])


class ConfirmForm(Form):
    """Nothing but the button."""


class RetirementForm(Form):
    """At which age a woman's post lets her retire."""

    kind = RadioField(_l("退休年龄类别"), choices=[])

    def offer(self, current: str) -> None:
        """Fill the list, with what is stated now chosen."""
        self.kind.choices = [
            SelectChoice("F50", gettext("生产操作岗位（原 50 周岁）")),
            SelectChoice("F55", gettext("管理或技术岗位（原 55 周岁）")),
        ]
        if self.kind.data is None:
            self.kind.data = current or None


class ChangeForm(Form):
    """A change asked for while the training runs."""

    kind = SelectField(_l("变更事项"))
    enrolment_id = SelectField(_l("学徒"), coerce=int)
    effective_on = _day(_l("生效日期"))
    months = IntegerField(
        _l("延长月数"), validators=[Optional(), NumberRange(1, 36, message=_l("应为 1 至 36 的整数。"))]
    )
    mentor = StringField(_l("新导师"), validators=[Length(max=60)])
    reason = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)])

    def offer(self, people: Sequence[Enrolment]) -> None:
        """Fill the lists one chooses from."""
        self.kind.choices = [
            SelectChoice(kind.value, gettext(label))
            for kind, label in ((kind, CHANGE_LABELS[kind]) for kind in APPRENTICE_CHANGES)
            if kind is not ChangeKind.REPLACE  # has a form of its own: it asks for a whole person
        ]
        self.enrolment_id.choices = [
            SelectChoice(0, gettext("全部在培学徒（不适用于退出）")),
            *(SelectChoice(one.id, f"{one.position}. {one.person.name}") for one in people),
        ]

    def request(self) -> ChangeRequest:
        """Return what the form asks for."""
        assert self.effective_on.data is not None
        return ChangeRequest(
            kind=ChangeKind(self.kind.data),
            effective_on=self.effective_on.data,
            reason=self.reason.data or "",
            enrolment_id=self.enrolment_id.data or None,
            months=self.months.data or 0,
            mentor=self.mentor.data or "",
        )


def _text(label: str, *, most: int = 60, needed: str = "") -> StringField:
    return StringField(label, validators=[*([InputRequired(needed)] if needed else []), Length(max=most)])


class ReplaceForm(Form):
    """Who comes in an apprentice's place; the fields bear the keys of the roster's columns."""

    name = _text(_l("姓名"), needed=_l("请填写姓名。"))
    id_number = _text(_l("身份证号"), most=40, needed=_l("请填写身份证号。"))
    phone = _text(_l("手机"), most=20, needed=_l("请填写手机号。"))
    category = SelectField(_l("人员类别"), choices=[SelectChoice(one, one) for one in CATEGORIES])
    post = _text(_l("岗位"))
    education = _text(_l("学历"))
    prior_level = SelectField(
        _l("原证书等级"),
        choices=[SelectChoice("", "—"), *(SelectChoice(level_name(one), level_name(one)) for one in LEVELS)],
    )
    prior_certificate = _text(_l("原证书编号"))
    contract_from = _text(_l("劳动合同起"), needed=_l("请选择日期。"))
    contract_to = _text(_l("劳动合同止"), needed=_l("请填写日期。"))
    insured_unit = _text(_l("参保单位"), most=120)
    insured_since = _text(_l("参保起始月"))
    mentor = _text(_l("企业导师"), needed=_l("请填写导师。"))
    ends_on = _text(_l("培养止"), needed=_l("请选择日期。"))
    effective_on = _day(_l("生效日期"))
    reason = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)])

    def request(self, enrolment_id: int) -> ChangeRequest:
        """Return what the form asks for."""
        assert self.effective_on.data is not None
        keys = {one.key for one in FIELDS}
        cells = {name: str(field.data or "").strip() for name, field in self._fields.items() if name in keys}
        return ChangeRequest(
            kind=ChangeKind.REPLACE,
            effective_on=self.effective_on.data,
            reason=self.reason.data or "",
            enrolment_id=enrolment_id,
            newcomer=Newcomer(cells),
        )

    def blame(self, refusal: Refusal) -> None:
        """Put each mistake of the newcomer's line beside its field."""
        if not isinstance(refusal, NewcomerRefused) or not refusal.wrong:
            super().blame(refusal)
            return
        for key, found in refusal.wrong:
            words = "；".join(sentence(text, found, gettext) for text in (found.reason, found.advice) if text)
            super().blame(Refusal(found.code, "%(words)s", field=key, words=words))


class ResultForm(Form):
    """One apprentice's result."""

    outcome = RadioField(_l("考核结果"), validators=[InputRequired(_l("请选择合格或不合格。"))])
    ended_on = _day(_l("实际结束日期"))
    certificate_number = StringField(_l("证书编号"), validators=[Length(max=40)])
    occupation = StringField(_l("证书职业（工种）"), validators=[Length(max=60)])
    level = SelectField(_l("证书等级"), coerce=int)
    issued_on = _day(_l("发证日期"), required=False)

    def offer(self, enrolment: Enrolment, result: Result | None) -> None:
        """Fill the lists, and what is recorded or to be expected."""
        self.outcome.choices = [SelectChoice(kind.value, gettext(label)) for kind, label in OUTCOME_LABELS.items()]
        self.level.choices = [SelectChoice(0, "—"), *_levels()]
        if not self.is_submitted():
            self.process(obj=result)
            self.occupation.data = self.occupation.data or enrolment.occupation
            self.level.data = self.level.data or enrolment.target_level
            self.ended_on.data = self.ended_on.data or enrolment.ends_on

    def validate(self, extra_validators: Any = None) -> bool:
        """Say at once of every part of a certificate that is missing, where one is needed."""
        sound = bool(super().validate(extra_validators))
        if self.outcome.data != Outcome.PASSED.value:
            return sound
        parts = (self.certificate_number, self.occupation, self.level, self.issued_on)
        lacking = [part for part in parts if not part.data and not part.errors]
        for part in lacking:
            part.errors = [gettext("考核合格的必须填写。")]
        return sound and not lacking

    def entry(self, enrolment_id: int) -> ResultEntry:
        """Return what the form asks for."""
        return ResultEntry(
            enrolment_id=enrolment_id,
            outcome=Outcome(self.outcome.data),
            ended_on=self.ended_on.data,
            certificate_number=self.certificate_number.data or "",
            occupation=self.occupation.data or "",
            level=self.level.data or None,
            issued_on=self.issued_on.data,
        )


class VerifyForm(Form):
    """Whose certificates were compared with which source, and whether they agreed."""

    chosen = SelectMultipleField(_l("学徒"), validate_choice=False, coerce=row_id)
    verified = RadioField(_l("核验结论"), validators=[InputRequired(_l("请选择核验结论。"))])
    source = StringField(_l("核验来源"), validators=[InputRequired(_l("请写明核验的来源。")), Length(max=120)])
    as_of = _day(_l("核验日期"))

    def offer(self, on: date) -> None:
        """Fill the list of conclusions, the usual source and the day."""
        self.verified.choices = [
            SelectChoice("yes", gettext("核验属实")),
            SelectChoice("no", gettext("查无此证或不一致")),
        ]
        if self.source.data is None:
            self.source.data, self.as_of.data = gettext("国家职业技能等级证书全国联网查询系统"), on

    def verdict(self) -> tuple[list[int], bool, str]:
        """Return who was chosen, whether the certificates agreed, and with which source."""
        return self.chosen.data or [], self.verified.data == "yes", self.source.data or ""
