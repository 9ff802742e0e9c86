"""Forms of payments: what to pay and from where, a move of a batch, the bank's answer, reasons."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments.actions import Choice
from trainingadmin.plumbing.pages import Form
from trainingadmin.plumbing.spreadsheets.findings import CellFinding


class ComposeForm(Form):
    """What is ticked, and where the money comes from; which of it may be ticked the action says."""

    groups = SelectMultipleField(_l("待拨付款项"), choices=[], validate_choice=False)
    dues = SelectMultipleField(_l("人员"), choices=[], validate_choice=False, coerce=int)
    funding_source = StringField(_l("资金来源"), validators=[InputRequired(_l("请填写资金来源。")), Length(max=60)])
    budget_item = StringField(_l("预算科目"), validators=[InputRequired(_l("请填写预算科目。")), Length(max=60)])

    def choice(self) -> Choice:
        """Return what was ticked and filled in."""
        texts = (self.funding_source.data or "", self.budget_item.data or "")
        return Choice(self.groups.data or [], self.dues.data or [], *texts)


class MoveForm(Form):
    """A move of a batch, with what its maker saw and the words that go with it."""

    move = HiddenField()
    count = IntegerField(validators=[Optional()])
    total = HiddenField()
    digest = HiddenField()
    note = TextAreaField(_l("意见"), validators=[Length(max=500)])

    def seen(self) -> tuple[int, Money, str]:
        """Return count, total and digest as they were seen; what is no number was not seen."""
        fen = self.total.data or ""
        return self.count.data or 0, Money(int(fen) if fen.isdecimal() else 0), self.digest.data or ""


class AnswerForm(Form):
    """The bank's file, and after a refusal what is wrong in it."""

    answer = FileField(_l("银行回单"), validators=[FileRequired(_l("请选择银行回单文件。"))])
    problems: Sequence[CellFinding] = ()

    def blame(self, refusal: Refusal) -> None:
        """Keep the places beside the words."""
        super().blame(refusal)
        self.problems = getattr(refusal, "findings", ())


class NoteForm(Form):
    """Words that go with an act."""

    note = TextAreaField(_l("说明"), validators=[Length(max=500)])


class EmptyForm(Form):
    """Nothing but the button."""
