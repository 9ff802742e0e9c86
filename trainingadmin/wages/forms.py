"""Forms of filings of people trained at work: the months, spreadsheets, scans, a month struck out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import MonthField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.dates import FIRST_YEAR, LAST_YEAR, month_text, parse_month
from trainingadmin.plumbing.pages import Form
from trainingadmin.wages.actions import Plan


def _within_years(_form: Form, field: MonthField) -> None:
    if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(gettext("日期应在 1900 年至 2199 年之间。"))


def _month(label: str) -> MonthField:
    return MonthField(label, validators=[InputRequired(_l("请选择月份，写成 2020-05 的样子。")), _within_years])


class PlanForm(Form):
    """What an enterprise files."""

    title = StringField(_l("名称"), validators=[InputRequired(_l("请填写名称。")), Length(max=80)])
    first_month = _month(_l("第一个月"))
    last_month = _month(_l("最后一个月"))

    def show(self, cohort: Cohort) -> None:
        """Fill in what is filed."""
        self.title.data, self.first_month.data, self.last_month.data = cohort.title, cohort.starts_on, cohort.ends_on

    def plan(self) -> Plan:
        """Return what the form asks for."""
        assert self.first_month.data is not None
        assert self.last_month.data is not None
        return Plan(self.title.data or "", self.first_month.data, self.last_month.data)


class SheetForm(Form):
    """A spreadsheet."""

    sheet = FileField(_l("选择文件"))

    def content(self) -> tuple[str, bytes]:
        """Return the file's name and bytes; nothing when none was chosen."""
        sent = self.sheet.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class ScanForm(Form):
    """A scan that proves a month's wages."""

    month = SelectField(_l("月份"))
    paper = FileField(_l("选择文件"))

    def offer(self, months: Sequence[date]) -> None:
        """Fill the list of months."""
        self.month.choices = [SelectChoice(month_text(one), month_text(one)) for one in months]

    def content(self) -> tuple[date, str, bytes]:
        """Return the month, the file's name and its bytes; nothing when none was chosen."""
        sent = self.paper.data
        return parse_month(self.month.data), *((sent.filename or "", sent.read()) if sent else ("", b""))


class ConfirmForm(Form):
    """Nothing but the button."""


class ReasonForm(Form):
    """Why a month is struck out."""

    reason = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)])


class MoveForm(Form):
    """A move of the lifecycle and what its maker says."""

    move = StringField()
    note = TextAreaField(_l("意见"), validators=[Length(max=500)])
