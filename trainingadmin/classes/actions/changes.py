"""Changes of a running class: asked for by the institution, decided by the bureau, carried out at once, told to trainees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select, update

from trainingadmin.attendance.models import Session
from trainingadmin.classes import evidence, queries
from trainingadmin.classes.actions import replacing
from trainingadmin.classes.actions.notifying import notify
from trainingadmin.classes.actions.planning import checked_session
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.states import CHANGES
from trainingadmin.classes.timetable import Planned
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions import ChangeRequest
from trainingadmin.cohorts.actions.changes import decide, keep
from trainingadmin.cohorts.actions.holding import in_training, require_enterprise
from trainingadmin.cohorts.models import Change, Enrolment
from trainingadmin.cohorts.states import ENROLMENT, ChangeKind, EnrolmentState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db

_PLACE_CHARACTERS = 120
_OF_ONE = (ChangeKind.LEAVE, ChangeKind.REPLACE)


def request_change(found: TrainingClass, asked: ChangeRequest, *, by: Actor) -> Change:
    """Ask for a change while the class runs.

    Refusals `not-in-training`, `not-the-institution`, `change-unknown`, `reason-missing`, and those of its kind:
    `person-missing`, `not-active`, `effective-outside`, `teacher-unknown`, `teacher-missing`, `place-missing`,
    `session-unknown`, `session-has-marks`, `session-length`, those of `checked_session`, `until-early`,
    `class-suspended`, `not-suspended`, `nothing-ahead`, and of `replacing.check`.
    """
    in_training(found.cohort)
    require_enterprise(found.cohort, by)
    if asked.kind not in CHANGES or (asked.enrolment_id is not None and asked.kind not in _OF_ONE):
        raise Refusal("change-unknown", N_("培训班没有这种变更。"), field="kind")
    if not asked.reason.strip():
        raise Refusal("reason-missing", N_("请写明变更的原因。"), field="reason")
    _DEMANDS[asked.kind](found, asked)
    if asked.kind is ChangeKind.SESSION:
        asked = replace(asked, details={**asked.details, **_as_planned(_session(found, asked.details))})
    newcomer = asked.newcomer.kept() if asked.newcomer is not None and asked.kind is ChangeKind.REPLACE else None
    return keep(found.cohort, asked, newcomer=newcomer, by=by)


def decide_change(found: TrainingClass, change: Change, name: str, *, by: Actor, note: str = "") -> None:
    """Approve or refuse a change ("approve", "refuse"); an approved one takes effect at once, and trainees are told.

    Refusals of `cohorts.actions.changes.decide`, and those of `request_change` when things have changed since.
    """

    def carry_out() -> None:
        newcomer = replacing.Newcomer.of(change) if change.newcomer else None
        asked = ChangeRequest(
            change.kind, change.effective_on, change.reason, change.enrolment_id, newcomer=newcomer,
            details=change.details,
        )  # fmt: skip
        _DEMANDS[change.kind](found, asked)
        goes = _goes(change, by) if change.enrolment_id is not None else None
        if goes is None:
            _CARRY_OUT[change.kind](found, change)
        elif change.kind is ChangeKind.REPLACE:
            replacing.carry_out(found, change, goes)

    decide(found.cohort, change, name, carry_out, by=by, note=note)
    db.session.flush()


def _person(found: TrainingClass, asked: ChangeRequest) -> Enrolment:
    chosen = [one for one in cohorts.people(found.cohort_id) if one.id == asked.enrolment_id]
    if not chosen:
        raise Refusal("person-missing", N_("请从名单中选择学员。"), field="enrolment_id")
    if chosen[0].state is not EnrolmentState.ACTIVE:
        raise Refusal("not-active", N_("这名学员已退出培训。"), field="enrolment_id")
    _refuse_outside(found, asked.effective_on)
    return chosen[0]


def _refuse_outside(found: TrainingClass, day: date) -> None:
    if not found.cohort.starts_on <= day <= found.cohort.ends_on:
        raise Refusal("effective-outside", N_("生效日期应在培训期内。"), field="effective_on")


def _may_leave(found: TrainingClass, asked: ChangeRequest) -> None:
    _person(found, asked)


def _may_replace(found: TrainingClass, asked: ChangeRequest) -> None:
    _person(found, asked)
    replacing.check(found, asked.newcomer, asked.effective_on)


def _may_change_teacher(found: TrainingClass, asked: ChangeRequest) -> None:
    _refuse_outside(found, asked.effective_on)
    if asked.details.get("from") not in found.teachers:
        raise Refusal("teacher-unknown", N_("请选择班级现有的教师。"), field="teacher")
    try:
        parse_name(str(asked.details.get("to", "")))
    except Malformed as malformed:
        raise Refusal("teacher-missing", malformed.reason, field="new_teacher") from None


def _may_change_place(found: TrainingClass, asked: ChangeRequest) -> None:
    _refuse_outside(found, asked.effective_on)
    place = fold(str(asked.details.get("place", "")))
    if not place or len(place) > _PLACE_CHARACTERS:
        raise Refusal("place-missing", N_("请填写新的培训地点，不超过 120 个字。"), field="place")


def _session(found: TrainingClass, details: Mapping[str, Any]) -> Session:
    of_class = select(Session).where(Session.cohort_id == found.cohort_id, Session.id == details.get("session"))
    session = db.session.scalars(of_class).one_or_none()
    if session is None:
        raise Refusal("session-unknown", N_("请选择要调整的课次。"), field="session")
    if queries.has_marks(session.id):
        raise Refusal("session-has-marks", N_("这次课已有考勤记录，不能调整。"), field="session")
    return session


def _moved(found: TrainingClass, details: Mapping[str, Any]) -> Planned:
    """Return a session as it would be held, judged beside the others of that day; its length stays."""
    session = _session(found, details)
    plan = Planned(
        date.fromisoformat(details["held_on"]),
        time.fromisoformat(details["starts_at"]),
        time.fromisoformat(details["ends_at"]),
        session.course,
        details.get("teacher") or session.teacher,
        session.kind,
        session.shift_group,
    )
    if plan.minutes != session.planned_minutes:
        message = N_("调课不能改变课时：原为 %(n)s 分钟。")
        raise Refusal("session-length", message, field="ends_at", n=session.planned_minutes)
    beside = [one for one in queries.sessions(found.cohort_id, plan.held_on, plan.held_on) if one.id != session.id]
    return checked_session(found, plan, beside)


def _as_planned(session: Session) -> dict[str, str]:
    """Return what a session was before it is moved, for whoever decides and whoever is told."""
    return {"before": f"{session.held_on.isoformat()} {session.starts_at:%H:%M}", "course": session.course}


def _may_move(found: TrainingClass, asked: ChangeRequest) -> None:
    _refuse_suspended(found)
    _moved(found, asked.details)


def _refuse_suspended(found: TrainingClass) -> None:
    if found.suspended_on is not None:
        raise Refusal("class-suspended", N_("班级已暂停，请先申请恢复。"))


def _may_extend(found: TrainingClass, asked: ChangeRequest) -> None:
    if date.fromisoformat(asked.details.get("until") or "1900-01-01") <= found.cohort.ends_on:
        raise Refusal("until-early", N_("新的结束日期应晚于现在的结束日期。"), field="until")


def _may_suspend(found: TrainingClass, asked: ChangeRequest) -> None:
    _refuse_suspended(found)
    _refuse_outside(found, asked.effective_on)
    if not queries.unmarked_from(found.cohort_id, asked.effective_on):
        raise Refusal("nothing-ahead", N_("这一天以后没有未上的课，不需要暂停。"), field="effective_on")


def _may_resume(found: TrainingClass, asked: ChangeRequest) -> None:
    if found.suspended_on is None:
        raise Refusal("not-suspended", N_("班级没有暂停。"))
    if asked.effective_on < found.suspended_on:
        raise Refusal("effective-outside", N_("恢复日期不能早于暂停日期。"), field="effective_on")


_DEMANDS: Mapping[ChangeKind, Callable[[TrainingClass, ChangeRequest], None]] = {
    ChangeKind.LEAVE: _may_leave,
    ChangeKind.REPLACE: _may_replace,
    ChangeKind.TEACHER: _may_change_teacher,
    ChangeKind.PLACE: _may_change_place,
    ChangeKind.SESSION: _may_move,
    ChangeKind.EXTENSION: _may_extend,
    ChangeKind.SUSPENSION: _may_suspend,
    ChangeKind.RESUMPTION: _may_resume,
}


def _goes(change: Change, by: Actor) -> Enrolment:
    one = db.session.get_one(Enrolment, change.enrolment_id)
    one.state = ENROLMENT.check("leave", state=one.state, actor=by, past=()).target
    one.left_on = change.effective_on
    return one


def _change_teacher(found: TrainingClass, change: Change) -> None:
    before, after = change.details["from"], parse_name(change.details["to"])
    for session in queries.unmarked_from(found.cohort_id, change.effective_on):
        if session.teacher == before:
            session.teacher = after
    found.teachers = [*(name for name in found.teachers if name != after), after]
    words = N_("%(title)s：自 %(day)s 起，%(before)s 的课由 %(after)s 教师讲授。")
    notify(found, words, day=change.effective_on.isoformat(), before=before, after=after)


def _change_place(found: TrainingClass, change: Change) -> None:
    found.place = fold(change.details["place"])
    words = N_("%(title)s：自 %(day)s 起，上课地点改为 %(place)s。")
    notify(found, words, day=change.effective_on.isoformat(), place=found.place)


def _move(found: TrainingClass, change: Change) -> None:
    session, plan = _session(found, change.details), _moved(found, change.details)
    told = _as_planned(session)
    change.details = {**change.details, **told}
    session.held_on, session.starts_at, session.ends_at = plan.held_on, plan.starts_at, plan.ends_at
    session.teacher = plan.teacher
    words = N_("%(title)s：原定 %(before)s 的“%(course)s”改到 %(after)s 上课，请按时参加。")
    after = f"{plan.held_on.isoformat()} {plan.starts_at:%H:%M}–{plan.ends_at:%H:%M}"
    notify(found, words, group=session.shift_group, after=after, **told)


def _extend(found: TrainingClass, change: Change) -> None:
    _end_on(found, date.fromisoformat(change.details["until"]))
    words = N_("%(title)s：培训延长至 %(day)s。")
    notify(found, words, day=found.cohort.ends_on.isoformat())


def _end_on(found: TrainingClass, last: date) -> None:
    """Let the class and everybody still in it end on a later day; the assessment waits for the last session."""
    found.cohort.ends_on = last
    in_it = update(Enrolment).where(Enrolment.cohort_id == found.cohort_id, Enrolment.state == EnrolmentState.ACTIVE)
    db.session.execute(in_it.values(ends_on=last))


def _suspend(found: TrainingClass, change: Change) -> None:
    """Take what is not yet held off the plan, and keep it with the change until the class is resumed."""
    ahead = queries.unmarked_from(found.cohort_id, change.effective_on)
    change.details = {**change.details, "held_back": [_kept(one) for one in ahead]}
    for session in ahead:
        db.session.delete(session)
    found.suspended_on = change.effective_on
    words = N_("%(title)s：自 %(day)s 起暂停上课，恢复时间另行通知。")
    notify(found, words, day=change.effective_on.isoformat())


def _kept(one: Session) -> dict[str, Any]:
    times = {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}
    return times | {
        "held_on": one.held_on.isoformat(),
        "course": one.course,
        "teacher": one.teacher,
        "kind": one.kind.value,
        "group": one.shift_group,
        "minutes": one.planned_minutes,
    }


def _resume(found: TrainingClass, change: Change) -> None:
    """Put back what was held back, all later by as many days as the first of it; the class ends later by as many."""
    back = evidence.held_back(found)
    first = min(date.fromisoformat(one["held_on"]) for one in back)
    later = change.effective_on - first
    rows = [
        {
            "cohort_id": found.cohort_id,
            "shift_group": one["group"],
            "held_on": date.fromisoformat(one["held_on"]) + later,
            "starts_at": time.fromisoformat(one["starts_at"]),
            "ends_at": time.fromisoformat(one["ends_at"]),
            "course": one["course"],
            "teacher": one["teacher"],
            "kind": one["kind"],
            "planned_minutes": one["minutes"],
        }
        for one in back
    ]
    bulk_insert(Session, rows)
    if later > timedelta(0):
        _end_on(found, found.cohort.ends_on + later)
        found.assess_on += later
    found.suspended_on = None
    words = N_("%(title)s：自 %(day)s 起恢复上课，共 %(n)s 次课，培训至 %(last)s。")
    notify(found, words, day=change.effective_on.isoformat(), n=len(rows), last=found.cohort.ends_on.isoformat())


_CARRY_OUT: Mapping[ChangeKind, Callable[[TrainingClass, Change], None]] = {
    ChangeKind.TEACHER: _change_teacher,
    ChangeKind.PLACE: _change_place,
    ChangeKind.SESSION: _move,
    ChangeKind.EXTENSION: _extend,
    ChangeKind.SUSPENSION: _suspend,
    ChangeKind.RESUMPTION: _resume,
}
