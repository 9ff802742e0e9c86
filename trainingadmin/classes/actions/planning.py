"""Plans the sessions of a class before it is approved: by generator, all anew, or one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, update

from trainingadmin.attendance.crediting import overlap
from trainingadmin.attendance.models import Session, SessionKind
from trainingadmin.classes import evidence, queries, timetable
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.states import ONLINE_MODES
from trainingadmin.classes.timetable import Planned, Slot
from trainingadmin.cohorts.actions.holding import subject, to_edit
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db

_COURSE_CHARACTERS = 60
_GROUP_CHARACTERS = 10
_GROUPS_MAX = 12


@dataclass(frozen=True, slots=True)
class Timetable:
    """What the generator is told: days, times of the day, courses in turn, and how much of the theory is online."""

    first: date
    last: date
    slots: tuple[Slot, ...]
    courses: tuple[str, ...]
    weekdays: frozenset[int] = timetable.WEEK
    online_percent: int = 0


@dataclass(frozen=True, slots=True)
class Shifts:
    """Shift groups in the order in which they rest: `on` days of work, then `off` days of rest."""

    groups: tuple[str, ...]
    on: int = 6
    off: int = 3


def plan_daily(found: TrainingClass, told: Timetable, *, by: Actor) -> int:
    """Lay the whole plan out day by day for everybody, in place of the one before; return how many sessions.

    Refusals `not-the-institution`, `not-editable`, `period-reversed`, `plan-outside`, `session-overlaps`,
    `day-hours-max`, `online-mode`, `teacher-missing`, and those of `timetable.lay_out`.
    """
    to_edit(found.cohort, by)
    tidy = _checked(found, told)
    days = timetable.daily(tidy.first, tidy.last, tidy.weekdays)
    laid = timetable.lay_out(days, tidy.slots, evidence.hours(found, tidy.online_percent), tidy.courses)
    _group(found, {})
    return _replace(found, laid, by)


def plan_shifts(found: TrainingClass, told: Timetable, shifts: Shifts, *, by: Actor) -> int:
    """Lay the plan of each shift group out in its rest days; the roster is dealt to the groups in blocks.

    Refusals as for `plan_daily`, `roster-missing`, `groups-missing`, `group-name`, `shift-days`.
    """
    to_edit(found.cohort, by)
    tidy, groups, roster = _checked(found, told), _groups(shifts), people(found.cohort_id)
    if not roster:
        raise Refusal("roster-missing", N_("请先导入花名册，再按班组排课。"), field="groups")
    hours = evidence.hours(found, tidy.online_percent)
    laid: list[Planned] = []
    for at, name in enumerate(groups):
        days = timetable.rests(tidy.first, tidy.last, on=shifts.on, off=shifts.off, group=at)
        laid += timetable.lay_out(days, tidy.slots, hours, tidy.courses, name)
    names = timetable.in_groups(len(roster), groups)
    _group(found, {one.id: name for one, name in zip(roster, names, strict=True)})
    return _replace(found, laid, by)


def add_session(found: TrainingClass, plan: Planned, *, by: Actor) -> Session:
    """Put one more session on the plan.

    Refusals `not-the-institution`, `not-editable`, `course-missing`, `teacher-missing`, `group-name`,
    `session-times`, `plan-outside`, `session-overlaps`, `day-hours-max`, `online-mode`.
    """
    to_edit(found.cohort, by)
    tidy = checked_session(found, plan, queries.sessions(found.cohort_id, plan.held_on, plan.held_on))
    session = Session(**_row(found, tidy))
    db.session.add(session)
    db.session.flush()
    told = {"session": session.id, "held_on": session.held_on.isoformat()}
    journal.record("plan-session", subject(found.cohort), by=by, **told)
    return session


def remove_session(found: TrainingClass, session: Session, *, by: Actor) -> None:
    """Take a session off the plan of a class that may still be changed; refusals `not-editable`."""
    to_edit(found.cohort, by)
    told = {"session": session.id, "held_on": session.held_on.isoformat()}
    journal.record("remove-session", subject(found.cohort), by=by, **told)
    db.session.delete(session)


def checked_session(found: TrainingClass, plan: Planned, beside: Sequence[Session]) -> Planned:
    """Return a session as it is kept, judged beside the others of its day."""
    course, teacher, group = fold(plan.course)[:_COURSE_CHARACTERS], _teacher(plan.teacher, "teacher"), plan.group
    if not course:
        raise Refusal("course-missing", N_("请填写课程。"), field="course")
    if group and group not in {one.shift_group for one in people(found.cohort_id)}:
        raise Refusal("group-name", N_("名单里没有这个班组。"), field="group")
    if plan.minutes <= 0:
        raise Refusal("session-times", N_("下课时间应晚于上课时间。"), field="ends_at")
    cohort = found.cohort
    if not cohort.starts_on <= plan.held_on <= cohort.ends_on:
        message = N_("上课日期应在 %(first)s 至 %(last)s 之间。")
        days = {"first": cohort.starts_on.isoformat(), "last": cohort.ends_on.isoformat()}
        raise Refusal("plan-outside", message, field="held_on", **days)
    _refuse_online(found, plan.kind is SessionKind.ONLINE, "kind")
    tidy = Planned(plan.held_on, plan.starts_at, plan.ends_at, course, teacher, plan.kind, group)
    _refuse_overlaps([*map(_planned, beside), tidy])
    refuse_long_days(found, [*map(_planned, beside), tidy], field="ends_at")
    return tidy


def _planned(one: Session) -> Planned:
    return Planned(one.held_on, one.starts_at, one.ends_at, one.course, one.teacher, one.kind, one.shift_group)


def _checked(found: TrainingClass, told: Timetable) -> Timetable:
    cohort = found.cohort
    if told.last < told.first:
        raise Refusal("period-reversed", N_("结束日期不能早于开始日期。"), field="last")
    for field, day in (("first", told.first), ("last", told.last)):
        if not cohort.starts_on <= day <= cohort.ends_on:
            message = N_("上课日期应在 %(first)s 至 %(last)s 之间。")
            days = {"first": cohort.starts_on.isoformat(), "last": cohort.ends_on.isoformat()}
            raise Refusal("plan-outside", message, field=field, **days)
    _refuse_online(found, told.online_percent > 0, "online_percent")
    slots = tuple(Slot(one.starts_at, one.ends_at, _teacher(one.teacher, "teachers")) for one in told.slots)
    courses = tuple(name for name in (fold(one)[:_COURSE_CHARACTERS] for one in told.courses) if name)
    return Timetable(told.first, told.last, slots, courses, told.weekdays, told.online_percent)


def _teacher(name: str, field: str) -> str:
    try:
        return parse_name(name)
    except Malformed:
        raise Refusal("teacher-missing", N_("请填写授课教师。"), field=field) from None


def _refuse_online(found: TrainingClass, online: bool, field: str) -> None:
    if online and found.mode not in ONLINE_MODES:
        raise Refusal("online-mode", N_("只有在线、混合方式可以线上授课。"), field=field)


def _groups(shifts: Shifts) -> tuple[str, ...]:
    groups = tuple(dict.fromkeys(name for name in map(fold, shifts.groups) if name))
    if not groups:
        raise Refusal("groups-missing", N_("请填写班组，用顿号隔开，例如：甲、乙、丙。"), field="groups")
    if len(groups) > _GROUPS_MAX or any(len(name) > _GROUP_CHARACTERS for name in groups):
        raise Refusal("group-name", N_("班组不超过 12 个，名称不超过 10 个字。"), field="groups")
    if shifts.on < 0 or shifts.off < 1:
        raise Refusal("shift-days", N_("轮休天数至少为 1。"), field="off")
    return groups


def _replace(found: TrainingClass, laid: Sequence[Planned], by: Actor) -> int:
    _refuse_overlaps(laid)
    refuse_long_days(found, laid, field="morning_to")
    db.session.execute(delete(Session).where(Session.cohort_id == found.cohort_id))
    bulk_insert(Session, [_row(found, one) for one in laid])
    journal.record("plan-class", subject(found.cohort), by=by, sessions=len(laid))
    return len(laid)


def _group(found: TrainingClass, groups: dict[int, str]) -> None:
    db.session.execute(update(Enrolment).where(Enrolment.cohort_id == found.cohort_id).values(shift_group=""))
    if groups:
        db.session.execute(update(Enrolment), [{"id": id_, "shift_group": name} for id_, name in groups.items()])
    db.session.expire_all()


def _refuse_overlaps(laid: Sequence[Planned]) -> None:
    ordered = sorted(laid, key=lambda one: (one.held_on, one.starts_at))
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.held_on != one.held_on:
                break
            beside = one.group == other.group or not (one.group and other.group)
            if beside and overlap((one.starts_at, one.ends_at), (other.starts_at, other.ends_at)):
                times = f"{one.starts_at:%H:%M}–{one.ends_at:%H:%M}"
                message = N_("%(day)s %(times)s 已有课，时间重叠。")
                day = one.held_on.isoformat()
                raise Refusal("session-overlaps", message, field="starts_at", day=day, times=times)


def refuse_long_days(found: TrainingClass, laid: Sequence[Planned], *, field: str) -> None:
    """Refuse a day on which a group has more class hours than the version allows: `day-hours-max`, with its clause."""
    version = evidence.version(found)
    most, hour = version.parameters.day_hours_max or evidence.DAY_HOURS_MAX, evidence.hour_minutes(found)
    spent: dict[tuple[date, str], int] = {}
    for one in laid:
        spent[one.held_on, one.group] = spent.get((one.held_on, one.group), 0) + one.minutes
    for (day, group), minutes in sorted(spent.items()):
        total = minutes + (spent.get((day, ""), 0) if group else 0)
        if total > most * hour:
            message = N_("%(day)s 的课超过每天 %(n)s 课时的上限（%(clause)s）。")
            told = {"day": day.isoformat(), "n": most, "clause": evidence.clause(version, "day_hours_max")}
            raise Refusal("day-hours-max", message, field=field, **told)


def _row(found: TrainingClass, one: Planned) -> dict[str, Any]:
    return {
        "cohort_id": found.cohort_id,
        "shift_group": one.group,
        "held_on": one.held_on,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "course": one.course,
        "teacher": one.teacher,
        "kind": one.kind,
        "planned_minutes": one.minutes,
    }
