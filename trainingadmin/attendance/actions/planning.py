"""Plans the sessions of a filing, one at a time, within its period and the hours of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time

from sqlalchemy import exists, select

from trainingadmin.attendance import queries
from trainingadmin.attendance.actions.holding import to_record
from trainingadmin.attendance.crediting import CreditRules, clock_minutes, most_minutes, overlap
from trainingadmin.attendance.evidence import terms
from trainingadmin.attendance.models import Roll, Session, SessionKind
from trainingadmin.cohorts.actions.holding import subject
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import extended, people
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.database import db


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session as it is asked for; an empty `group` is for everybody. What it plans are the minutes of the clock."""

    held_on: date
    starts_at: time
    ends_at: time
    course: str
    teacher: str
    group: str = ""
    kind: SessionKind = SessionKind.THEORY

    @property
    def minutes(self) -> int:
        """The planned minutes."""
        return clock_minutes(self.starts_at, self.ends_at)


def plan_session(cohort: Cohort, plan: SessionPlan, *, by: Actor) -> Session:
    """Put a session on the plan.

    Refusals of `to_record`, `plan-by-change`, `course-missing`, `teacher-missing`, `group-unknown`, `session-times`,
    `session-outside-training`, `session-taken`, `session-overlaps`, `day-cap`.
    """
    to_record(cohort, by)
    _refuse_class(cohort)
    checked = _checked(cohort, plan)
    _refuse_clashes(checked, queries.sessions_on(cohort.id, checked.held_on), terms(cohort).rules)
    session = Session(
        cohort_id=cohort.id,
        shift_group=checked.group,
        held_on=checked.held_on,
        starts_at=checked.starts_at,
        ends_at=checked.ends_at,
        course=checked.course,
        teacher=checked.teacher,
        kind=checked.kind,
        planned_minutes=checked.minutes,
    )
    db.session.add(session)
    db.session.flush()
    journal.record("plan-session", subject(cohort), by=by, session=session.id, held_on=session.held_on.isoformat())
    return session


def _refuse_class(cohort: Cohort) -> None:
    """Refuse what the bureau agreed to as it was planned; a class's plan is altered by a change it decides."""
    if cohort.is_class:
        message = N_("培训班的教学计划已经同意，不能直接增删课次；请到班级的“变更”页申请，主管部门同意后自动调整。")
        raise Refusal("plan-by-change", message)


def _checked(cohort: Cohort, plan: SessionPlan) -> SessionPlan:
    tidy = replace(plan, course=fold(plan.course), teacher=fold(plan.teacher), group=fold(plan.group))
    if not tidy.course:
        raise Refusal("course-missing", N_("请填写课程。"), field="course")
    if not tidy.teacher:
        raise Refusal("teacher-missing", N_("请填写授课教师。"), field="teacher")
    if tidy.group and tidy.group not in queries.groups(cohort.id):
        raise Refusal("group-unknown", N_("名单里没有这个班组，请先给学徒分班组。"), field="group")
    if tidy.minutes <= 0:
        raise Refusal("session-times", N_("结束时间应晚于开始时间。"), field="ends_at")
    if not cohort.starts_on <= tidy.held_on <= last_day(cohort):
        raise Refusal("session-outside-training", N_("上课日期不在培养期内。"), field="held_on")
    return tidy


def last_day(cohort: Cohort) -> date:
    """Return the last day on which anybody of a filing is in training, extensions included."""
    return max((extended(one.ends_on, one.extended_months) for one in people(cohort.id)), default=cohort.ends_on)


def _refuse_clashes(plan: SessionPlan, held: Iterable[Session], rules: CreditRules) -> None:
    beside = [one for one in held if one.shift_group == plan.group or not (one.shift_group and plan.group)]
    for one in beside:
        if (one.shift_group, one.starts_at) == (plan.group, plan.starts_at):
            raise Refusal("session-taken", N_("这个班组这一天这个时间已有课。"), field="starts_at")
        if overlap((one.starts_at, one.ends_at), (plan.starts_at, plan.ends_at)):
            times = f"{one.starts_at:%H:%M}–{one.ends_at:%H:%M}"
            raise Refusal("session-overlaps", N_("与这一天 %(times)s 的课时间重叠。"), field="starts_at", times=times)
    day = [(one.shift_group, one.planned_minutes) for one in beside]
    if most_minutes([*day, (plan.group, plan.minutes)]) > rules.day_minutes_max:
        message = N_("这一天的课超过 %(n)s 课时的上限。")
        raise Refusal("day-cap", message, field="ends_at", n=rules.day_hours_max)


def remove_session(session: Session, *, by: Actor) -> None:
    """Take a session off the plan while nobody is marked in it.

    Refusals of `to_record`, `plan-by-change`, `session-has-marks`.
    """
    cohort = session.cohort
    to_record(cohort, by)
    _refuse_class(cohort)
    if db.session.scalar(select(exists().where(Roll.session_id == session.id))):
        raise Refusal("session-has-marks", N_("这次课已有考勤记录，不能从计划中删去。"))
    journal.record("remove-session", subject(cohort), by=by, session=session.id, held_on=session.held_on.isoformat())
    db.session.delete(session)
