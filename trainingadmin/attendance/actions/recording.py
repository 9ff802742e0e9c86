"""Marks a session's register, late or in time, and corrects marks by new ones with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from trainingadmin.attendance import queries
from trainingadmin.attendance.actions.holding import to_record
from trainingadmin.attendance.crediting import CreditRules, Flag, credited_minutes, flags_of_times
from trainingadmin.attendance.evidence import flagged, terms
from trainingadmin.attendance.models import Mark, MarkSource, MarkStatus, Session
from trainingadmin.cohorts.actions.holding import subject
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import bulk_insert

LATE = timedelta(hours=48)
_REASON_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a register: present, absent or on leave, with the times where they were noted."""

    enrolment_id: int
    status: MarkStatus
    in_at: time | None = None
    out_at: time | None = None


def record(session: Session, entries: Sequence[Entry], reason: str = "", *, by: Actor) -> int:
    """Mark people in a session, all or none; return how many marks that adds, those that change nothing left out.

    A first mark is the register's, a later one that differs is a correction. Refusals of `to_record`,
    `session-not-begun`, `person-missing`, `person-left`, `times-of-absent`, `times-reversed`, `time-ahead`,
    `reason-missing` for corrections, `late-reason` for marks more than 48 hours after the session.
    """
    cohort = session.cohort
    to_record(cohort, by)
    _refuse_early(session)
    roster = {one.id: one for one in people(cohort.id)}
    known = queries.known_in(session.id)
    rules = terms(cohort).rules
    marks: list[dict[str, Any]] = []
    for entry in entries:
        enrolment = _checked(session, entry, roster.get(entry.enrolment_id))
        before = known.get((session.id, entry.enrolment_id))
        if before is not None and before.says(entry.status, entry.in_at, entry.out_at):
            continue
        source = MarkSource.REGISTER if before is None else MarkSource.CORRECTION
        marks.append(_mark(session, entry, enrolment, rules) | {"source": source})
    _require_reason(session, marks, reason)
    made = {"reason": reason.strip(), "upload_id": None, "account_id": by.id, "at": clock.now()}
    bulk_insert(Mark, [mark | made for mark in marks])
    if marks:
        corrected = sum(mark["source"] is MarkSource.CORRECTION for mark in marks)
        told = {"session": session.id, "marks": len(marks), "corrected": corrected}
        journal.record("record-attendance", subject(cohort), by=by, **told)
    return len(marks)


def _refuse_early(session: Session) -> None:
    if clock.now() < queries.begins(session.held_on, session.starts_at):
        raise Refusal("session-not-begun", N_("这次课还没有开始，到上课时间后才能点名。"))


def is_late(session: Session) -> bool:
    """Whether marks made now come more than 48 hours after the session."""
    return clock.now() > queries.begins(session.held_on, session.ends_at) + LATE


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


def _mark(session: Session, entry: Entry, enrolment: Enrolment, rules: CreditRules) -> dict[str, Any]:
    foreign = session.shift_group not in ("", enrolment.shift_group)
    starts_at, ends_at, in_at, out_at = session.starts_at, session.ends_at, entry.in_at, entry.out_at
    flags: list[Flag] = []
    if entry.status is MarkStatus.PRESENT:
        flags += [Flag.OTHER_GROUP] if foreign else []
        flags += flags_of_times(in_at, out_at, starts_at=starts_at, ends_at=ends_at)
    return {
        "session_id": session.id,
        "enrolment_id": enrolment.id,
        "status": entry.status,
        "in_at": in_at,
        "out_at": out_at,
        "credited_minutes": credited_minutes(
            entry.status.value,
            in_at,
            out_at,
            starts_at=starts_at,
            ends_at=ends_at,
            planned_minutes=0 if foreign else session.planned_minutes,
            rules=rules,
        ),
        "flags": flagged(
            flags,
            own=enrolment.shift_group,
            group=session.shift_group,
            starts_at=starts_at,
            ends_at=ends_at,
            in_at=in_at,
            out_at=out_at,
        ),
    }


def _require_reason(session: Session, marks: Sequence[dict[str, Any]], reason: str) -> None:
    text = reason.strip()
    if len(text) > _REASON_CHARACTERS:
        raise Refusal("reason-long", N_("原因不超过 500 个字。"), field="reason")
    if text:
        return
    if any(mark["source"] is MarkSource.CORRECTION for mark in marks):
        raise Refusal("reason-missing", N_("更正已登记的考勤，请写明原因。"), field="reason")
    if marks and is_late(session):
        raise Refusal("late-reason", N_("下课已超过 48 小时，补登请写明原因。"), field="reason")
