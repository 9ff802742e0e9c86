"""Forms of payments: what to pay and from where, a move of a batch, the bank's answer, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments.actions import Budget, Choice, Seen
from trainingadmin.people.models import Office
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.pages import Form, reads, row_id
from trainingadmin.plumbing.spreadsheets.findings import CellFinding


def read_money(text: str | None) -> Money:
    """Read yuan as people write them; `Malformed` otherwise."""
    try:
        return Money.parse(fold(text or "").replace(",", "").replace(" ", ""))
    except ValueError:
        raise Malformed("amount-form", N_("请填写金额，单位元，最多两位小数。")) from None


class ComposeForm(Form):
    """What is ticked, and where the money comes from; which of it may be ticked the action says."""

    groups = SelectMultipleField(_l("待拨付款项"), choices=[], validate_choice=False)
    dues = SelectMultipleField(_l("人员"), choices=[], validate_choice=False, coerce=row_id)
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

    def seen(self) -> Seen:
        """Return count, total and digest as they were seen; what is no number was not seen."""
        fen = self.total.data or ""
        return Seen(self.count.data or 0, Money(int(fen) if fen.isdecimal() else 0), self.digest.data or "")


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


class ReviewForm(Form):
    """What a second person says of a corrected account."""

    passed = RadioField(
        _l("复核结论"),
        choices=[
            SelectChoice("yes", _l("账户属于收款方本人，可以重发")),
            SelectChoice("no", _l("账户有疑问，退回更正")),
        ],
        validators=[InputRequired(_l("请选择复核结论。"))],
    )
    note = TextAreaField(_l("说明"), validators=[Length(max=500)])

    def verdict(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        return {"passed": self.passed.data == "yes", "note": self.note.data or ""}


class StrayForm(Form):
    """What a line of the bank's answer is about, and why."""

    move = HiddenField()
    payment = RadioField(_l("对应的款项"), choices=[], coerce=row_id, validators=[Optional()], validate_choice=False)
    note = TextAreaField(_l("说明"), validators=[Length(max=500)])

    def offer(self, candidates: Sequence[Any]) -> None:
        """Fill the list of payments a line may be about."""
        self.payment.choices = [
            SelectChoice(one.id, f"{one.number} · {one.position} · {one.person}") for one in candidates
        ]


class BudgetForm(Form):
    """Money for a budget line, by its document."""

    office_code = SelectField(_l("经办机构"), validators=[InputRequired(_l("请选择经办机构。"))])
    year = IntegerField(
        _l("年度"),
        validators=[InputRequired(_l("请填写年度。")), NumberRange(2000, 2099, message=_l("请填写四位年份。"))],
    )
    funding_source = StringField(_l("资金来源"), validators=[InputRequired(_l("请填写资金来源。")), Length(max=60)])
    budget_item = StringField(_l("预算科目"), validators=[InputRequired(_l("请填写预算科目。")), Length(max=60)])
    amount = StringField(_l("额度（元）"), validators=[InputRequired(_l("请填写金额。")), reads(read_money)])
    document = StringField(_l("文号"), validators=[InputRequired(_l("请填写下达或收回额度的文号。")), Length(max=120)])

    def offer(self, offices: Sequence[Office]) -> None:
        """Fill the list of offices, and this year where nothing was entered."""
        self.office_code.choices = [SelectChoice(office.code, office.name) for office in offices]
        if not self.is_submitted():
            self.year.data = clock.today().year

    def budget(self) -> Budget:
        """Return which line is meant."""
        texts = (self.funding_source.data or "", self.budget_item.data or "")
        return Budget(self.office_code.data, self.year.data or 0, *texts)

    def money(self) -> Money:
        """Return how much; negative where it is taken back."""
        return read_money(self.amount.data)


class EmptyForm(Form):
    """Nothing but the button."""
