"""Marks a session's register, late or in time, and corrects marks by new ones with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from trainingadmin.attendance import queries
from trainingadmin.attendance.actions.holding import to_record
from trainingadmin.attendance.actions.marking import Noted, write_marks
from trainingadmin.attendance.crediting import CreditRules, Flag, credited_minutes, flags_of_times
from trainingadmin.attendance.evidence import flagged, terms
from trainingadmin.attendance.models import MarkSource, MarkStatus, Session
from trainingadmin.cohorts.actions.holding import subject
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal

_REASON_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a register: present, absent or on leave, with the times where they were noted."""

    enrolment_id: int
    status: MarkStatus
    in_at: time | None = None
    out_at: time | None = None


def record(
    session: Session,
    entries: Sequence[Entry],
    reason: str = "",
    *,
    by: Actor,
    second: Actor | None = None,
    opens_at: datetime | None = None,
) -> int:
    """Mark people in a session, all or none; return how many marks that adds, those that change nothing left out.

    A first mark is the register's, a later one that differs is a correction. `second` is who confirmed what is entered
    later after the session than the policy version allows; `opens_at` is when people may be noted where the door opens
    before the session begins. Refusals of `weigh`, and `late-needs-second`.
    """
    marks = weigh(session, entries, reason, by=by, opens_at=opens_at)
    if marks and is_late(session) and second is None:
        message = N_("下课已超过 %(n)s 小时，补登和更正要由另一人确认，请用“补登”提交。")
        raise Refusal("late-needs-second", message, n=terms(session.cohort).late_hours)
    write_marks(session.cohort, marks, by=by, reason=reason.strip())
    if marks:
        corrected = sum(mark.source is MarkSource.CORRECTION for mark in marks)
        told = {"session": session.id, "marks": len(marks), "corrected": corrected}
        told |= {"second": second.id} if second else {}
        journal.record("record-attendance", subject(session.cohort), by=by, **told)
    return len(marks)


def weigh(
    session: Session, entries: Sequence[Entry], reason: str, *, by: Actor, opens_at: datetime | None = None
) -> list[Noted]:
    """Hold entries against the filing; return the marks they would add.

    Refusals of `to_record`, `session-not-begun`, `person-missing`, `person-left`, `person-not-yet`, `times-of-absent`,
    `times-reversed`, `time-ahead`, `reason-missing` for corrections, `late-reason` for marks that `is_late` tells of.
    """
    cohort = session.cohort
    to_record(cohort, by)
    _refuse_early(opens_at or queries.begins(session.held_on, session.starts_at))
    roster = {one.id: one for one in people(cohort.id)}
    known = queries.known_in(session.id)
    rules = terms(cohort).rules
    marks: list[Noted] = []
    for entry in entries:
        enrolment = _checked(session, entry, roster.get(entry.enrolment_id))
        before = known.get((session.id, entry.enrolment_id))
        if before is not None and before.says(entry.status, entry.in_at, entry.out_at):
            continue
        source = MarkSource.REGISTER if before is None else MarkSource.CORRECTION
        marks.append(noted(session, entry, enrolment, rules, source))
    _require_reason(session, marks, reason)
    return marks


def _refuse_early(opens_at: datetime) -> None:
    if clock.now() < opens_at:
        raise Refusal("session-not-begun", N_("这次课还没有开始，到上课时间后才能点名。"))


def is_late(session: Session) -> bool:
    """Whether marks made now come more hours after the session than the policy version allows one person."""
    return clock.now() > queries.begins(session.held_on, session.ends_at) + timedelta(
        hours=terms(session.cohort).late_hours
    )


def _checked(session: Session, entry: Entry, enrolment: Enrolment | None) -> Enrolment:
    if enrolment is None:
        raise Refusal("person-missing", N_("名单里没有这名学徒。"))
    if enrolment.left_on is not None and session.held_on > enrolment.left_on:
        raise Refusal("person-left", N_("%(name)s 在这次课之前已退出。"), name=enrolment.person.name)
    if enrolment.joined_on is not None and session.held_on < enrolment.joined_on:
        raise Refusal("person-not-yet", N_("%(name)s 在这次课之后才加入。"), name=enrolment.person.name)
    if entry.status is not MarkStatus.PRESENT and (entry.in_at or entry.out_at):
        raise Refusal("times-of-absent", N_("缺勤或请假的不填签到、签退。"), field=f"p{enrolment.id}-in_at")
    if entry.in_at and entry.out_at and entry.out_at < entry.in_at:
        raise Refusal("times-reversed", N_("签退不能早于签到。"), field=f"p{enrolment.id}-out_at")
    for field, moment in (("in_at", entry.in_at), ("out_at", entry.out_at)):
        if moment is not None and queries.begins(session.held_on, moment) > clock.now():
            raise Refusal("time-ahead", N_("这个时间还没有到。"), field=f"p{enrolment.id}-{field}")
    return enrolment


def noted(session: Session, entry: Entry, enrolment: Enrolment, rules: CreditRules, source: MarkSource) -> Noted:
    """Return an entry as the mark it makes: what it is worth by `rules`, and what is suspect about it."""
    foreign = session.shift_group not in ("", enrolment.shift_group)
    starts_at, ends_at, in_at, out_at = session.starts_at, session.ends_at, entry.in_at, entry.out_at
    flags: list[Flag] = []
    if entry.status is MarkStatus.PRESENT:
        flags += [Flag.OTHER_GROUP] if foreign else []
        flags += flags_of_times(in_at, out_at, starts_at=starts_at, ends_at=ends_at)
    credited = credited_minutes(
        entry.status.value,
        in_at,
        out_at,
        starts_at=starts_at,
        ends_at=ends_at,
        planned_minutes=0 if foreign else session.planned_minutes,
        rules=rules,
    )
    stored = flagged(
        flags,
        own=enrolment.shift_group,
        group=session.shift_group,
        starts_at=starts_at,
        ends_at=ends_at,
        in_at=in_at,
        out_at=out_at,
    )
    return Noted(session.id, enrolment.id, entry.status, credited, source, in_at, out_at, stored)


def _require_reason(session: Session, marks: Sequence[Noted], reason: str) -> None:
    text = reason.strip()
    if len(text) > _REASON_CHARACTERS:
        raise Refusal("reason-long", N_("原因不超过 500 个字。"), field="reason")
    if text:
        return
    if any(mark.source is MarkSource.CORRECTION for mark in marks):
        raise Refusal("reason-missing", N_("更正已登记的考勤，请写明原因。"), field="reason")
    if marks and is_late(session):
        hours = terms(session.cohort).late_hours
        raise Refusal("late-reason", N_("下课已超过 %(n)s 小时，补登请写明原因。"), field="reason", n=hours)
