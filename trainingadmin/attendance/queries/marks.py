"""Effective marks: of a filing, of a session, of one apprentice, and those that carry a flag."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select

from trainingadmin.attendance.models import Mark, MarkSource, MarkStatus, Session
from trainingadmin.attendance.queries.sums import effective
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db


def begins(held_on: date, starts_at: time) -> datetime:
    """Return the instant at which a session begins or ends."""
    return datetime.combine(held_on, starts_at, clock.LOCAL)


class Known(NamedTuple):
    """A person's effective mark in a session, as far as a new one is held against it."""

    session_id: int
    enrolment_id: int
    status: MarkStatus
    in_at: time | None
    out_at: time | None
    source: MarkSource

    def says(self, status: MarkStatus, in_at: time | None, out_at: time | None) -> bool:
        """Whether a new mark would say nothing new."""
        return (self.status, self.in_at, self.out_at) == (status, in_at, out_at)


def known(cohort_id: int) -> dict[tuple[int, int], Known]:
    """Return the effective marks of a filing by session and enrolment; one query."""
    own = Mark.session_id.in_(select(Session.id).where(Session.cohort_id == cohort_id))
    return _known(effective().where(own))


def known_in(session_id: int) -> dict[tuple[int, int], Known]:
    """Return the effective marks of one session by session and enrolment."""
    return _known(effective().where(Mark.session_id == session_id))


def _known(marks: Select[Mark]) -> dict[tuple[int, int], Known]:
    columns = (Mark.session_id, Mark.enrolment_id, Mark.status, Mark.in_at, Mark.out_at, Mark.source)
    found = (Known(*row) for row in db.session.execute(marks.with_only_columns(*columns)))
    return {(one.session_id, one.enrolment_id): one for one in found}


def marks_of(session_id: int) -> dict[int, Mark]:
    """Return the effective marks of one session by enrolment."""
    return {mark.enrolment_id: mark for mark in db.session.scalars(effective().where(Mark.session_id == session_id))}


def suspects(cohort_id: int) -> Select[*tuple[Any, ...]]:
    """Select the columns of effective marks that carry a flag, in the order of the sessions."""
    return (
        effective()
        .join(Session, Session.id == Mark.session_id)
        .join(Enrolment, Enrolment.id == Mark.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Session.cohort_id == cohort_id, Mark.flags != [])
        .with_only_columns(
            Mark.id,
            Mark.flags,
            Mark.credited_minutes,
            Mark.source,
            Enrolment.id.label("enrolment_id"),
            Enrolment.position,
            Person.name,
            Person.id_number,
            Session.id.label("session_id"),
            Session.held_on,
            Session.starts_at,
            Session.ends_at,
            Session.shift_group,
            Session.course,
        )
        .order_by(Session.held_on, Session.starts_at, Enrolment.position)
    )


def suspect_count(cohort_id: int) -> int:
    """Return how many effective marks carry a flag."""
    return db.session.scalar(select(func.count()).select_from(suspects(cohort_id).order_by(None).subquery())) or 0


def history(enrolment: Enrolment) -> list[tuple[Session, list[Mark]]]:
    """Return one apprentice's sessions, the latest first, each with all marks ever made, the effective one last."""
    said: dict[int, list[Mark]] = {}
    for mark in db.session.scalars(select(Mark).where(Mark.enrolment_id == enrolment.id).order_by(Mark.id)):
        said.setdefault(mark.session_id, []).append(mark)
    own = or_(Session.shift_group.in_(("", enrolment.shift_group)), Session.id.in_(said))
    held = select(Session).where(Session.cohort_id == enrolment.cohort_id, own)
    ordered = db.session.scalars(held.order_by(Session.held_on.desc(), Session.starts_at.desc()))
    return [(one, said.get(one.id, [])) for one in ordered]
