"""Forms of the changes of a running class: one a kind, each asking only what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from trainingadmin.attendance.models import Session
from trainingadmin.classes.forms import day
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.roster_columns import FIELDS
from trainingadmin.cohorts.actions import ChangeRequest, Newcomer, NewcomerRefused
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.states import ChangeKind
from trainingadmin.courses.states import GROUP_LABELS
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing.pages import Form
from trainingadmin.plumbing.spreadsheets.annotating import sentence

_PERSON = [InputRequired(_l("请选择学员。")), NumberRange(1, message=_l("请选择学员。"))]


class ChangeForm(Form):
    """What every change is asked with."""

    kind = ChangeKind.SUSPENSION
    effective_on = day(_l("生效日期"))
    reason = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)])

    def offer(self, found: TrainingClass, people: Sequence[Enrolment], ahead: Sequence[Session]) -> None:
        """Fill the lists one chooses from."""

    def details(self) -> dict[str, Any]:
        """Return what this kind asks for besides."""
        return {}

    def asked(self) -> ChangeRequest:
        """Return what the form asks for."""
        assert self.effective_on.data is not None
        details = self.details()
        return ChangeRequest(self.kind, self.effective_on.data, self.reason.data or "", details=details)


class LeaveForm(ChangeForm):
    """Somebody leaves."""

    kind = ChangeKind.LEAVE
    enrolment_id = SelectField(_l("学员"), coerce=int, validators=_PERSON)

    def offer(self, found: TrainingClass, people: Sequence[Enrolment], ahead: Sequence[Session]) -> None:
        """Fill the list of people."""
        self.enrolment_id.choices = [
            SelectChoice(0, gettext("请选择")),
            *(SelectChoice(one.id, f"{one.position}. {one.person.name}") for one in people),
        ]

    def asked(self) -> ChangeRequest:
        """Return what the form asks for."""
        assert self.effective_on.data is not None
        return ChangeRequest(self.kind, self.effective_on.data, self.reason.data or "", self.enrolment_id.data)


class TeacherForm(ChangeForm):
    """Another teacher for what is still to come."""

    kind = ChangeKind.TEACHER
    teacher = SelectField(_l("原教师"), validators=[InputRequired(_l("请选择班级现有的教师。"))])
    new_teacher = StringField(_l("新教师"), validators=[InputRequired(_l("请填写新教师。")), Length(max=60)])

    def offer(self, found: TrainingClass, people: Sequence[Enrolment], ahead: Sequence[Session]) -> None:
        """Fill the list of teachers."""
        self.teacher.choices = [SelectChoice(name, name) for name in found.teachers]

    def details(self) -> dict[str, Any]:
        """Return who goes and who comes."""
        return {"from": self.teacher.data, "to": self.new_teacher.data or ""}


class PlaceForm(ChangeForm):
    """Another place."""

    kind = ChangeKind.PLACE
    place = StringField(_l("新地点"), validators=[InputRequired(_l("请填写新地点。")), Length(max=120)])

    def details(self) -> dict[str, Any]:
        """Return the new place."""
        return {"place": self.place.data or ""}


class MoveSessionForm(ChangeForm):
    """A session at another time."""

    kind = ChangeKind.SESSION
    session = SelectField(_l("要调整的课次"), coerce=int, validators=[InputRequired(_l("请选择要调整的课次。"))])
    effective_on = day(_l("改到哪一天"))
    starts_at = TimeField(_l("上课时间"), validators=[InputRequired(_l("请填写时间。"))])
    ends_at = TimeField(_l("下课时间"), validators=[InputRequired(_l("请填写时间。"))])
    teacher = StringField(_l("教师（不换不填）"), validators=[Length(max=60)])

    def offer(self, found: TrainingClass, people: Sequence[Enrolment], ahead: Sequence[Session]) -> None:
        """Fill the list of sessions nobody is marked in."""
        self.session.choices = [
            SelectChoice(
                one.id,
                f"{one.held_on.isoformat()} {one.starts_at:%H:%M}–{one.ends_at:%H:%M} {one.shift_group} {one.course}",
            )
            for one in ahead
        ]

    def details(self) -> dict[str, Any]:
        """Return which session goes where."""
        assert self.effective_on.data is not None
        assert self.starts_at.data is not None
        assert self.ends_at.data is not None
        return {
            "session": self.session.data,
            "held_on": self.effective_on.data.isoformat(),
            "starts_at": self.starts_at.data.isoformat(),
            "ends_at": self.ends_at.data.isoformat(),
            "teacher": self.teacher.data or "",
        }

    def blame(self, refusal: Refusal) -> None:
        """Put what is wrong with the new day beside it."""
        refusal.field = "effective_on" if refusal.field == "held_on" else refusal.field
        super().blame(refusal)


class ExtensionForm(ChangeForm):
    """A later end."""

    kind = ChangeKind.EXTENSION
    until = day(_l("新的结班日期"))

    def details(self) -> dict[str, Any]:
        """Return the new end."""
        return {"until": self.until.data.isoformat() if self.until.data else ""}


class SuspensionForm(ChangeForm):
    """The class stands still."""


class ResumptionForm(ChangeForm):
    """The class goes on."""

    kind = ChangeKind.RESUMPTION


FORMS: Mapping[str, type[ChangeForm]] = {
    form.kind.value: form
    for form in (
        LeaveForm,
        TeacherForm,
        PlaceForm,
        MoveSessionForm,
        ExtensionForm,
        SuspensionForm,
        ResumptionForm,
    )
}
"""The form of each kind of change; replacing has one of its own, it asks for a whole person."""


def _text(label: str, needed: str = "", most: int = 60) -> StringField:
    return StringField(label, validators=[*([InputRequired(needed)] if needed else []), Length(max=most)])


class ReplaceForm(Form):
    """Who comes in a trainee's place; the fields bear the keys of the roster's columns."""

    name = _text(_l("姓名"), _l("请填写姓名。"))
    id_number = _text(_l("身份证号"), _l("请填写身份证号。"), 40)
    phone = _text(_l("手机"), _l("请填写手机号。"), 20)
    category = SelectField(_l("人员类别"), choices=[])
    education = _text(_l("学历"))
    household = _text(_l("户籍地"), most=120)
    card_number = _text(_l("银行卡号(社保卡)"), most=40)
    prior_training = _text(_l("往年培训"), most=120)
    effective_on = day(_l("生效日期"))
    reason = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)])

    def offer(self, found: TrainingClass) -> None:
        """Fill the list of groups that the item is open to."""
        groups = [GROUP_LABELS[group] for group in found.item.open_to]
        self.category.choices = [SelectChoice(label, gettext(label)) for label in groups]

    def asked(self, enrolment_id: int) -> ChangeRequest:
        """Return what the form asks for."""
        assert self.effective_on.data is not None
        keys = {one.key for one in FIELDS}
        cells = {name: str(field.data or "").strip() for name, field in self._fields.items() if name in keys}
        on, why = self.effective_on.data, self.reason.data or ""
        return ChangeRequest(ChangeKind.REPLACE, on, why, enrolment_id, newcomer=Newcomer(cells))

    def blame(self, refusal: Refusal) -> None:
        """Put each mistake of the newcomer's line beside its field."""
        if not isinstance(refusal, NewcomerRefused) or not refusal.wrong:
            super().blame(refusal)
            return
        for key, found in refusal.wrong:
            words = "；".join(sentence(text, found, gettext) for text in (found.reason, found.advice) if text)
            super().blame(Refusal(found.code, "%(words)s", field=key, words=words))
