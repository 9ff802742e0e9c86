"""A person's own sessions, each with what was noted of them in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select

from trainingadmin.attendance.models import Mark, MarkStatus, Session
from trainingadmin.attendance.queries.expecting import Phase, phase
from trainingadmin.attendance.queries.sums import OWN_GROUP, effective, in_sessions
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db


class Presence(StrEnum):
    """What a session says to the person whose it is."""

    AHEAD = "ahead"
    NOT_IN = "not-in"
    IN = "in"
    OUT = "out"
    PRESENT = "present"
    ABSENT = "absent"
    LEAVE = "leave"
    UNRECORDED = "unrecorded"


PRESENCE_LABELS = {
    Presence.AHEAD: N_("未上课"),
    Presence.NOT_IN: N_("未签到"),
    Presence.IN: N_("已签到"),
    Presence.OUT: N_("已签退"),
    Presence.PRESENT: N_("已登记到课"),
    Presence.ABSENT: N_("缺勤"),
    Presence.LEAVE: N_("请假"),
    Presence.UNRECORDED: N_("未登记"),
}
PRESENCE_TONES = {
    Presence.AHEAD: "idle",
    Presence.NOT_IN: "warn",
    Presence.IN: "ok",
    Presence.OUT: "ok",
    Presence.PRESENT: "ok",
    Presence.ABSENT: "bad",
    Presence.LEAVE: "warn",
    Presence.UNRECORDED: "warn",
}
_WORDS = {MarkStatus.ABSENT: Presence.ABSENT, MarkStatus.LEAVE: Presence.LEAVE}


@dataclass(frozen=True, slots=True)
class Own:
    """One session as the person sees it whose it is."""

    session_id: int
    cohort_id: int
    held_on: date
    starts_at: time
    ends_at: time
    course: str
    teacher: str
    planned_minutes: int
    status: MarkStatus | None
    in_at: time | None
    out_at: time | None
    credited_minutes: int

    @property
    def phase(self) -> Phase:
        """Where the session stands by the clock."""
        return phase(self)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, so that what is credited is the last word."""
        return self.phase is Phase.OVER

    @property
    def presence(self) -> Presence:
        """What it says to the person now."""
        if self.status is None:
            return {Phase.AHEAD: Presence.AHEAD, Phase.RUNNING: Presence.NOT_IN}.get(self.phase, Presence.UNRECORDED)
        if self.status in _WORDS:
            return _WORDS[self.status]
        if self.out_at:
            return Presence.OUT
        return Presence.IN if self.in_at else Presence.PRESENT


def own_sessions(enrolment: Enrolment) -> list[Own]:
    """Return the sessions of somebody's own group, the latest first."""
    of_it = Session.cohort_id == enrolment.cohort_id
    marks = effective().where(in_sessions(of_it), Mark.enrolment_id == enrolment.id).subquery()
    rows = _rows(marks, Enrolment.id == enrolment.id, of_it)
    return _read(rows.order_by(Session.held_on.desc(), Session.starts_at.desc()))


def next_sessions(person_id: int, most: int = 6) -> list[Own]:
    """Return what of a person's running trainings is held today, the first on top; where nothing is, the next session."""
    today = clock.today()
    person = Enrolment.person_id == person_id
    enrolled = select(Enrolment.id).where(person)
    marks = effective().where(in_sessions(Session.held_on == today), Mark.enrolment_id.in_(enrolled)).subquery()
    rows = _rows(marks, person, Session.held_on >= today, Cohort.state == CohortState.APPROVED)
    rows = rows.where(or_(Enrolment.left_on.is_(None), Session.held_on <= Enrolment.left_on))
    found = _read(rows.order_by(Session.held_on, Session.starts_at).limit(most))
    return [one for one in found if one.held_on == today] or found[:1]


def _rows(marks: Any, *conditions: Any) -> Select[*tuple[Any, ...]]:
    names = ("cohort_id", "held_on", "starts_at", "ends_at", "course", "teacher", "planned_minutes")
    of_plan = Session.id.label("session_id"), *(getattr(Session, name) for name in names)
    credited = func.coalesce(marks.c.credited_minutes, 0).label("credited_minutes")
    return (
        select(*of_plan, marks.c.status, marks.c.in_at, marks.c.out_at, credited)
        .join(Cohort, Cohort.id == Session.cohort_id)
        .join(Enrolment, (Enrolment.cohort_id == Session.cohort_id) & OWN_GROUP)
        .outerjoin(marks, (marks.c.session_id == Session.id) & (marks.c.enrolment_id == Enrolment.id))
        .where(*conditions)
    )


def _read(rows: Select[*tuple[Any, ...]]) -> list[Own]:
    return [Own(**row) for row in db.session.execute(rows).mappings()]
