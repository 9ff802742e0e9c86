"""Forms of claims: a move with its note, one line's hold, what was checked with other departments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from trainingadmin.plumbing.pages import Form
from trainingadmin.registers.states import FACT_LABELS, Fact

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

    def offer(self) -> None:
        """Let every fact be chosen."""
        self.fact.choices = [SelectChoice(fact.value, gettext(FACT_LABELS[fact])) for fact in Fact]
        self.value.choices = [SelectChoice("yes", gettext("是")), SelectChoice("no", gettext("否"))]
