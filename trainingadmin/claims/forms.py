"""Forms of claims: a move with its note, one line's hold, what was checked with other departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
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
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from trainingadmin.claims.actions.applying import Named
from trainingadmin.claims.applicants import Prefilled, stated_specs, values_of
from trainingadmin.people.models import Office
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.pages import Form
from trainingadmin.registers.states import FACT_LABELS, Fact
from trainingadmin.schemes.facts import FactSpec
from trainingadmin.schemes.wording import in_english

NOTE_MAX = 2000


class MoveForm(Form):
    """A move by its name, and the reason or opinion that goes with it."""

    move = HiddenField()
    note = TextAreaField(_l("意见或理由"), validators=[Length(max=NOTE_MAX, message=_l("最多 2000 字。"))])


class _SourceForm(Form):
    """Against what something was checked."""

    source = StringField(_l("核对来源"), validators=[Length(max=200)])
    as_of = DateField(_l("名单日期"), validators=[InputRequired(_l("请选择名单的日期。"))])
    note = StringField(_l("备注"), validators=[Length(max=300)])

    @property
    def day(self) -> date:
        """The date of the list, once valid."""
        day: date = self.as_of.data
        return day


class AttestForm(_SourceForm):
    """Which facts were checked for the people shown, and who was found on the list ("fact:person")."""

    facts = SelectMultipleField(
        _l("本次核对的事项"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), coerce=Fact
    )
    found = SelectMultipleField(_l("例外人员"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))

    def offer(self, persons: Iterable[int], organisation: int) -> None:
        """Let every fact be chosen, and every person or the firm be an exception to it."""
        self.facts.choices = [SelectChoice(fact.value, gettext(FACT_LABELS[fact])) for fact in Fact]
        subjects = [*persons, organisation]
        self.found.choices = [SelectChoice(f"{fact.value}:{one}", "") for fact in Fact for one in subjects]

    @property
    def pairs(self) -> list[tuple[Fact, int]]:
        """The exceptions, as fact and id."""
        cut = [entry.partition(":") for entry in self.found.data or []]
        return [(Fact(fact), int(one)) for fact, _, one in cut]


class AnswerForm(_SourceForm):
    """One fact about one person, or about the firm."""

    fact = SelectField(_l("事项"), coerce=Fact)
    value = RadioField(_l("核对结果"), validators=[InputRequired(_l("请选择核对结果。"))])

    def offer(self, only: Iterable[Fact] = Fact) -> None:
        """Let every fact be chosen, or some."""
        self.fact.choices = [SelectChoice(fact.value, gettext(FACT_LABELS[fact])) for fact in only]
        self.value.choices = [SelectChoice("yes", gettext("是")), SelectChoice("no", gettext("否"))]


class StatingForm(Form):
    """What an applicant states of themselves: the fields are made from the scheme's facts by `stating`."""

    scheme: ClassVar[str]
    office_code = SelectField(_l("登记所在区县"))
    credit_code = StringField(_l("统一社会信用代码"), validators=[Length(max=30)])
    business = StringField(_l("经营主体名称"), validators=[Length(max=120)])
    place = StringField(_l("实际经营地址"), validators=[Length(max=200)])

    def facts(self) -> dict[str, Any]:
        """Return what was stated as JSON under the names of the facts; what was left empty is not known."""
        told = {spec.name: _as_fact(self[spec.name].data) for spec in stated_specs(self.scheme)}
        return {name: value for name, value in told.items() if value not in (None, "", [])}

    def named(self) -> Named:
        """Return the business."""
        return Named(self.credit_code.data or "", self.business.data or "", self.place.data or "")

    def show(self, office_code: str, business: Named, facts: Mapping[str, Any]) -> None:
        """Fill in what was stated before, or what registers say."""
        if office_code:
            self.office_code.data = office_code
        self.credit_code.data, self.business.data, self.place.data = business
        for spec in stated_specs(self.scheme):
            self[spec.name].data = _as_field(facts.get(spec.name))


def stating(scheme: str, offices: Iterable[Office], told: Prefilled, *, english: bool) -> StatingForm:
    """Return the form for what an applicant can state, filled in with what they stated before or registers say."""
    fields = {spec.name: _field_of(scheme, spec, english) for spec in stated_specs(scheme)}
    form: StatingForm = type("StatingForm", (StatingForm,), {"scheme": scheme, **fields})()
    form.office_code.choices = [SelectChoice(one.code, one.name) for one in offices]
    if not form.is_submitted():
        form.show(told.office_code, Named(*told.business), told.facts)
    return form


def _field_of(scheme: str, spec: FactSpec, english: bool) -> Any:
    label, listed = spec.label_en if english else spec.label_zh, values_of(scheme, spec.name)
    offered = [SelectChoice(one, in_english(one) if english else one) for one in listed]
    match spec.kind.name:
        case "date":
            return DateField(label, validators=[Optional()])
        case "flag":
            yes_or_no = [SelectChoice("yes", gettext("是")), SelectChoice("no", gettext("否"))]
            return RadioField(label, choices=yes_or_no, validators=[Optional()])
        case "text":
            return SelectField(label, choices=[SelectChoice("", gettext("请选择")), *offered])
        case "whole":
            return IntegerField(label, validators=[Optional(), NumberRange(0, 1000)])
        case _:
            return SelectMultipleField(
                label, choices=offered, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
            )


def _as_fact(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [{"group": one, "from": clock.today().isoformat()} for one in value]
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


def _as_field(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return [one["group"] for one in value]
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return value
