"""Forms of classes: the application, the plan, marks, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from trainingadmin.attendance.models import KIND_LABELS, SessionKind
from trainingadmin.classes.actions import Marks, Opening, Shifts, Sitting, Timetable
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.states import MODE_LABELS, Mode
from trainingadmin.classes.timetable import WEEK, Planned, Slot
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.courses.models import CatalogueItem
from trainingadmin.plumbing.pages import Form

_REASON = [InputRequired(_l("请写明原因。")), Length(max=500)]


def day(label: str, *, required: bool = True) -> DateField:
    """Return a field for a day."""
    return DateField(label, validators=[InputRequired(_l("请选择日期。")) if required else Optional()])


def _time(label: str, *, required: bool = False) -> TimeField:
    return TimeField(label, validators=[InputRequired(_l("请填写时间。")) if required else Optional()])


def _text(label: str, needed: str = "", most: int = 60) -> StringField:
    return StringField(label, validators=[*([InputRequired(needed)] if needed else []), Length(max=most)])


def lines(text: str | None) -> tuple[str, ...]:
    """Return the lines of a text area that are not blank."""
    return tuple(line for line in (text or "").splitlines() if line.strip())


class OpeningForm(Form):
    """What an institution applies for."""

    item_code = SelectField(_l("培训项目"), validators=[InputRequired(_l("请选择培训项目。"))])
    title = _text(_l("班级名称"), _l("请填写班级名称。"), 80)
    starts_on = day(_l("开班日期"))
    ends_on = day(_l("结班日期"))
    place = _text(_l("培训地点"), _l("请填写培训地点。"), 120)
    mode = SelectField(_l("培训方式"))
    employer_code = _text(_l("下单企业统一社会信用代码"), most=40)
    teachers = TextAreaField(_l("教师"), validators=[InputRequired(_l("请填写教师，每行一人。")), Length(max=2000)])
    assess_on = day(_l("考核日期"))
    assess_place = _text(_l("考核地点"), _l("请填写考核地点。"), 120)
    assessors = TextAreaField(
        _l("考评人员"), validators=[InputRequired(_l("请填写考评人员，每行一人。")), Length(max=2000)]
    )

    def offer(self, items: Iterable[CatalogueItem]) -> None:
        """Fill the lists one chooses from."""
        self.item_code.choices = [
            SelectChoice("", gettext("请选择")),
            *(SelectChoice(one.code, f"{one.name}（{one.code}，{one.hours} {gettext('课时')}）") for one in items),
        ]
        self.mode.choices = [SelectChoice(mode.value, gettext(label)) for mode, label in MODE_LABELS.items()]

    def show(self, found: TrainingClass) -> None:
        """Fill in what is applied for."""
        cohort, employer = found.cohort, found.cohort.enterprise
        self.process(obj=found)
        self.item_code.data, self.title.data = found.item.code, cohort.title
        self.starts_on.data, self.ends_on.data = cohort.starts_on, cohort.ends_on
        self.mode.data, self.employer_code.data = found.mode.value, employer.credit_code if employer else ""
        self.teachers.data, self.assessors.data = "\n".join(found.teachers), "\n".join(found.assessors)

    def opening(self) -> Opening:
        """Return what the form asks for."""
        assert self.starts_on.data is not None
        assert self.ends_on.data is not None
        assert self.assess_on.data is not None
        return Opening(
            item_code=self.item_code.data or "",
            title=self.title.data or "",
            place=self.place.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            mode=Mode(self.mode.data),
            teachers=lines(self.teachers.data),
            assess_on=self.assess_on.data,
            assess_place=self.assess_place.data or "",
            assessors=lines(self.assessors.data),
            employer_code=self.employer_code.data or "",
        )


class _TimetableForm(Form):
    """What both generators ask."""

    first = day(_l("排课第一天"))
    last = day(_l("排课最后一天"))
    morning_from, morning_to = _time(_l("上午从")), _time(_l("上午到"))
    afternoon_from, afternoon_to = _time(_l("下午从")), _time(_l("下午到"))
    teachers = StringField(_l("教师"), validators=[InputRequired(_l("请填写教师。")), Length(max=200)])
    courses = TextAreaField(_l("课程"), validators=[InputRequired(_l("请填写课程，每行一次课。")), Length(max=4000)])
    online_percent = IntegerField(
        _l("线上理论课比例（%）"),
        default=0,
        validators=[Optional(), NumberRange(0, 100, message=_l("应为 0 至 100 的整数。"))],
    )

    def usual(self, found: TrainingClass) -> None:
        """Fill in what is usual where nothing was sent yet."""
        if not self.is_submitted():
            self.first.data, self.last.data = found.cohort.starts_on, found.cohort.ends_on
            self.teachers.data = "、".join(found.teachers)

    def slots(self) -> tuple[Slot, ...]:
        """Return the times of the day that are filled in, taught by the teachers in turn."""
        names = [name for name in (self.teachers.data or "").replace(",", "、").replace("，", "、").split("、") if name]
        times = [
            (self.morning_from.data, self.morning_to.data),
            (self.afternoon_from.data, self.afternoon_to.data),
        ]
        whole = [(one, other) for one, other in times if one and other]
        return tuple(Slot(one, other, names[at % len(names)] if names else "") for at, (one, other) in enumerate(whole))

    def timetable(self, weekdays: frozenset[int] = WEEK) -> Timetable:
        """Return what the form asks for."""
        assert self.first.data is not None
        assert self.last.data is not None
        courses, online = lines(self.courses.data), self.online_percent.data or 0
        return Timetable(self.first.data, self.last.data, self.slots(), courses, weekdays, online)


class DailyForm(_TimetableForm):
    """A plan day by day."""

    weekdays = SelectMultipleField(
        _l("上课日"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("请至少选一天。"))],
    )

    def offer(self) -> None:
        """Fill the list of weekdays, working days chosen."""
        names = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))
        self.weekdays.choices = [SelectChoice(at, str(name)) for at, name in enumerate(names)]
        if not self.is_submitted():
            self.weekdays.data = [0, 1, 2, 3, 4]

    def plan(self) -> Timetable:
        """Return what the form asks for."""
        return self.timetable(frozenset(self.weekdays.data or ()))


class ShiftsForm(_TimetableForm):
    """A plan in the rest days of shift groups."""

    groups = StringField(
        _l("班组"), default="甲、乙、丙", validators=[InputRequired(_l("请填写班组。")), Length(max=120)]
    )
    on = IntegerField(_l("上班天数"), default=6, validators=[InputRequired(), NumberRange(0, 30)])
    off = IntegerField(_l("轮休天数"), default=3, validators=[InputRequired(), NumberRange(1, 30)])

    def shifts(self) -> Shifts:
        """Return the groups and their turns."""
        names = (self.groups.data or "").replace(",", "、").replace("，", "、").split("、")
        return Shifts(tuple(names), self.on.data or 0, self.off.data or 0)


class SessionForm(Form):
    """One more session."""

    held_on = day(_l("日期"))
    starts_at, ends_at = _time(_l("上课时间"), required=True), _time(_l("下课时间"), required=True)
    course = _text(_l("课程"), _l("请填写课程。"))
    teacher = _text(_l("教师"), _l("请填写教师。"))
    kind = SelectField(_l("授课方式"))
    group = SelectField(_l("班组"))

    def offer(self, groups: Iterable[str]) -> None:
        """Fill the lists one chooses from."""
        self.kind.choices = [SelectChoice(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()]
        self.group.choices = [
            SelectChoice("", gettext("全体学员")),
            *(SelectChoice(name, name) for name in groups if name),
        ]

    def plan(self) -> Planned:
        """Return what the form asks for."""
        assert self.held_on.data is not None
        assert self.starts_at.data is not None
        assert self.ends_at.data is not None
        kind = SessionKind(self.kind.data)
        course, teacher, group = self.course.data or "", self.teacher.data or "", self.group.data or ""
        return Planned(self.held_on.data, self.starts_at.data, self.ends_at.data, course, teacher, kind, group)


class SittingForm(Form):
    """When an assessment was held, by whom, the first time or again."""

    attempt = HiddenField(default="1")
    examined_on = day(_l("考核日期"))
    assessor = _text(_l("考评人员"), _l("请填写考评人员。"))

    def usual(self, found: TrainingClass, today: date) -> None:
        """Fill in what is planned where nothing was sent yet."""
        if not self.is_submitted():
            self.examined_on.data = min(found.assess_on, today)
            self.assessor.data = found.assessors[0] if found.assessors else ""

    def sitting(self) -> Sitting:
        """Return what the form asks for."""
        assert self.examined_on.data is not None
        return Sitting(sitting_asked(), self.examined_on.data, self.assessor.data or "")


def sitting_asked() -> int:
    """Return which sitting the page is about: 1 the first time."""
    told = request.form.get("attempt") or request.args.get("attempt") or "1"
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 2 else 1


class GridForm(SittingForm):
    """The marks of everybody who sits, in fields named by part and enrolment."""

    def offer(self, seats: Sequence[Enrolment], parts: Sequence[str]) -> None:
        """Know who sits and what is examined."""
        self._seats, self._parts = seats, parts

    def told(self, part: str, enrolment_id: int) -> str:
        """Return what was sent for a mark, to show it again."""
        return request.form.get(f"{part}-{enrolment_id}", "").strip()

    def entries(self) -> list[Marks]:
        """Return the marks that were filled in; whoever has nothing is left out. A mark that is no number is -1."""
        return [one for one in map(self._entry, self._seats) if one is not None]

    def _entry(self, seat: Enrolment) -> Marks | None:
        absent = bool(self.told("absent", seat.id))
        marks = {part: self._mark(self.told(part, seat.id)) for part in self._parts}
        if not absent and all(mark is None for mark in marks.values()):
            return None
        return Marks(seat.id, marks.get("theory"), marks.get("practice"), absent)

    def _mark(self, text: str) -> int | None:
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else -1
