"""Forms of recoveries: the terms of an order, an audit's finding, what came back, what bears or gives it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.names import fold
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.pages import Form, row_id
from trainingadmin.recoveries.actions import Evidence, Finding, Terms
from trainingadmin.recoveries.queries import Bearer
from trainingadmin.recoveries.states import CAUSE_LABELS, Cause

DAYS_TO_PAY = 30


def _amount(_form: Form, field: StringField) -> None:
    try:
        read = _money(field.data)
    except ValueError:
        raise ValidationError(gettext("请填写金额，单位元，最多两位小数。")) from None
    if read <= ZERO:
        raise ValidationError(gettext("金额应大于零。"))


def _money(text: str | None) -> Money:
    return Money.parse(fold(text or "").replace(",", "").replace(" ", ""))


class TermsForm(Form):
    """Why, until when and to which source the money goes back."""

    reason = TextAreaField(
        _l("追回的事实和依据"), validators=[InputRequired(_l("请写明追回的事实和依据。")), Length(max=500)]
    )
    due_on = DateField(_l("退款期限"), validators=[InputRequired(_l("请选择日期。"))])
    funding_source = SelectField(_l("退回的资金来源"), validators=[InputRequired(_l("请选择资金来源。"))])

    def offer(self, sources: Sequence[str], reason: str = "") -> None:
        """Fill the list of sources, and what is usual where nothing was entered."""
        self.funding_source.choices = [SelectChoice(source, source) for source in sources]
        if not self.is_submitted():
            self.due_on.data = clock.today() + timedelta(days=DAYS_TO_PAY)
            self.reason.data = reason

    def terms(self) -> Terms:
        """Return what was filled in."""
        assert self.due_on.data is not None
        return Terms(self.reason.data or "", self.due_on.data, self.funding_source.data)


class FindingForm(TermsForm):
    """Whose money an audit wants back."""

    people = SelectMultipleField(_l("人员"), choices=[], validate_choice=False, coerce=row_id)
    cause = SelectField(_l("追回原因"))
    each = StringField(_l("每人追回金额（元）"), validators=[Optional(), _amount])

    def offer(self, sources: Sequence[str], reason: str = "", cause: Cause = Cause.AUDIT) -> None:
        """Fill the lists one chooses from, and what is usual where nothing was entered."""
        super().offer(sources, reason)
        self.cause.choices = [SelectChoice(cause.value, gettext(label)) for cause, label in CAUSE_LABELS.items()]
        if not self.is_submitted():
            self.cause.data = cause.value

    def finding(self) -> Finding:
        """Return who was ticked and how much of each."""
        each = _money(self.each.data) if self.each.data else None
        return Finding(self.people.data or [], Cause(self.cause.data), each)


class RepayForm(Form):
    """Money that came in, by the bank's slip."""

    amount = StringField(_l("到账金额（元）"), validators=[InputRequired(_l("请填写金额。")), _amount])
    received_on = DateField(_l("到账日期"), validators=[InputRequired(_l("请选择日期。"))])
    reference = StringField(_l("银行流水号"), validators=[InputRequired(_l("请填写银行流水号。")), Length(max=60)])
    slip = FileField(_l("银行到账凭证"))

    def money(self) -> Money:
        """Return the amount."""
        return _money(self.amount.data)

    def evidence(self) -> Evidence:
        """Return what the bank says."""
        sent = self.slip.data
        name, data = (sent.filename or "", sent.read()) if sent else ("", b"")
        assert self.received_on.data is not None
        return Evidence(self.reference.data or "", self.received_on.data, name, data)


class ReasonForm(Form):
    """Why something is decided."""

    reason = TextAreaField(_l("理由和依据"), validators=[InputRequired(_l("请写明理由和依据。")), Length(max=500)])


class WaiveForm(ReasonForm):
    """What is to be given up, and why."""

    amount = StringField(_l("核销金额（元）"), validators=[InputRequired(_l("请填写金额。")), _amount])

    def money(self) -> Money:
        """Return the amount."""
        return _money(self.amount.data)


class SetOffForm(WaiveForm):
    """What another filing's balance is to bear, and why."""

    amount = StringField(_l("抵扣金额（元）"), validators=[InputRequired(_l("请填写金额。")), _amount])
    # What was offered a moment ago may be in a batch by now: the action says by whom, where the list could only miss it.
    cohort_id = SelectField(_l("用哪个班级的待拨付余额抵扣"), validate_choice=False, coerce=row_id)

    def offer(self, bearers: Sequence[Bearer]) -> None:
        """Fill the list of filings."""
        self.cohort_id.choices = [
            SelectChoice(one.cohort_id, f"{one.cohort}（¥{one.amount.grouped()}）") for one in bearers
        ]


class MoveForm(Form):
    """A move of an order or of an act, with the words that go with it."""

    move = HiddenField()
    note = TextAreaField(_l("意见"), validators=[Length(max=500)])
