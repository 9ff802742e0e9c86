"""Forms of attendance: a session's plan, its register, shift groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from trainingadmin.attendance.actions import Entry, SessionPlan
from trainingadmin.attendance.models import KIND_LABELS, STATUS_LABELS, Mark, MarkStatus, SessionKind
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.plumbing.pages import Form

_TO_THE_MINUTE = ["%H:%M", "%H:%M:%S"]
_TO_THE_SECOND = ["%H:%M:%S", "%H:%M"]
_OF_STATUS = (Optional(), AnyOf([status.value for status in MarkStatus]))


def _time(label: str) -> TimeField:
    return TimeField(label, format=_TO_THE_MINUTE, validators=[InputRequired(_l("请填写时间，例如 09:00。"))])


class SessionForm(Form):
    """A session to be planned."""

    held_on = DateField(_l("上课日期"), validators=[InputRequired(_l("请选择日期。"))])
    starts_at = _time(_l("开始时间"))
    ends_at = _time(_l("结束时间"))
    group = SelectField(_l("班组"))
    course = StringField(_l("课程"), validators=[InputRequired(_l("请填写课程。")), Length(max=80)])
    teacher = StringField(_l("授课教师"), validators=[InputRequired(_l("请填写授课教师。")), Length(max=60)])
    kind = SelectField(_l("授课方式"))

    def offer(self, groups: Iterable[str]) -> None:
        """Fill the lists one chooses from."""
        named = [SelectChoice(group, gettext("%(name)s班组", name=group)) for group in groups if group]
        self.group.choices = [SelectChoice("", gettext("全体学徒")), *named]
        self.kind.choices = [SelectChoice(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()]

    def plan(self) -> SessionPlan:
        """Return what the form asks for."""
        assert self.held_on.data is not None
        return SessionPlan(
            held_on=self.held_on.data,
            starts_at=self.starts_at.data,
            ends_at=self.ends_at.data,
            course=self.course.data or "",
            teacher=self.teacher.data or "",
            group=self.group.data or "",
            kind=SessionKind(self.kind.data),
        )


class RegisterForm(Form):
    """A session's register: for everybody present, absent or on leave, with the times where they were noted."""

    reason = TextAreaField(_l("原因"), validators=[Length(max=500)])
    seats: Sequence[int] = ()
    shown: Mapping[str, Any] = {}

    @classmethod
    def seated(
        cls, people: Sequence[Enrolment], marks: Mapping[int, Mark], *, all_present: bool = False
    ) -> RegisterForm:
        """Return the form with a line for each of `people` that shows the effective mark.

        `all_present` fills in those without one, ready to be sent.
        """
        usual = MarkStatus.PRESENT.value if all_present else None
        fields: dict[str, Any] = {}
        shown: dict[str, Any] = {}
        for one in people:
            mark = marks.get(one.id)
            fields |= _line(one)
            shown[f"p{one.id}-status"] = mark.status.value if mark else usual
            shown[f"p{one.id}-in_at"] = mark.in_at if mark else None
            shown[f"p{one.id}-out_at"] = mark.out_at if mark else None
        form: RegisterForm = type(cls.__name__, (cls,), fields)(data=shown)
        form.seats, form.shown = [one.id for one in people], shown
        return form

    def entries(self) -> list[Entry]:
        """Return the lines that say something; times alone mean present."""
        found = []
        for id_ in self.seats:
            status = self[f"p{id_}-status"].data
            came, left = (self._time_of(f"p{id_}-{key}", status) for key in ("in_at", "out_at"))
            if status or came or left:
                found.append(Entry(id_, MarkStatus(status or MarkStatus.PRESENT), came, left))
        return found

    def changed(self) -> list[Entry]:
        """Return the lines that say something else than the effective mark shown in them."""
        return [one for one in self.entries() if self._differs(one)]

    def _differs(self, one: Entry) -> bool:
        before = (self.shown[f"p{one.enrolment_id}-{key}"] for key in ("status", "in_at", "out_at"))
        return (one.status.value, one.in_at, one.out_at) != tuple(before)

    def _time_of(self, name: str, status: str | None) -> time | None:
        """Return the time entered; one that merely stood there goes when somebody turns out not to have come."""
        entered: time | None = self[name].data
        stood_there = entered == self.shown[name] and status in (MarkStatus.ABSENT, MarkStatus.LEAVE)
        return None if stood_there else entered


def _line(one: Enrolment) -> dict[str, Any]:
    choices = [SelectChoice(status.value, gettext(label)) for status, label in STATUS_LABELS.items()]
    name = one.person.name
    label = gettext("%(name)s 的出勤", name=name)
    times = {"in_at": gettext("%(name)s 的签到", name=name), "out_at": gettext("%(name)s 的签退", name=name)}
    return {
        f"p{one.id}-status": RadioField(label, choices=choices, validate_choice=False, validators=_OF_STATUS),
        **{
            f"p{one.id}-{key}": TimeField(text, format=_TO_THE_SECOND, validators=[Optional()])
            for key, text in times.items()
        },
    }


class GroupsForm(Form):
    """Which shift group each apprentice belongs to."""

    seats: Sequence[int] = ()

    @classmethod
    def seated(cls, people: Sequence[Enrolment]) -> GroupsForm:
        """Return the form with a field for each of `people` that shows the group now."""
        fields = {
            f"group-{one.id}": StringField(
                gettext("%(name)s 的班组", name=one.person.name), default=one.shift_group, validators=[Length(max=10)]
            )
            for one in people
        }
        form: GroupsForm = type(cls.__name__, (cls,), fields)()
        form.seats = [one.id for one in people]
        return form

    def groups(self) -> dict[int, str]:
        """Return the group entered for each."""
        return {id_: self[f"group-{id_}"].data or "" for id_ in self.seats}
