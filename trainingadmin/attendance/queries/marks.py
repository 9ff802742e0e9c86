"""Effective marks: of a filing, of a session, of one apprentice, and those that carry a flag."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from trainingadmin.attendance.models import Mark, MarkDoubt, MarkSource, MarkStatus, Roll, Session, SessionKind
from trainingadmin.attendance.queries.sums import effective, in_sessions
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.membership import among, ids_named

_KNOWN = (
    Mark.session_id,
    Mark.enrolment_id,
    Mark.status,
    Mark.in_at,
    Mark.out_at,
    Roll.source,
    Mark.credited_minutes,
)


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
    credited_minutes: int

    def says(self, status: MarkStatus, in_at: time | None, out_at: time | None) -> bool:
        """Whether a new mark would say nothing new."""
        return (self.status, self.in_at, self.out_at) == (status, in_at, out_at)


def known(cohort_id: int) -> dict[tuple[int, int], Known]:
    """Return the effective marks of a filing by session and enrolment; one query."""
    return _known(effective().where(in_sessions(Session.cohort_id == cohort_id)))


def known_in(session_id: int) -> dict[tuple[int, int], Known]:
    """Return the effective marks of one session by session and enrolment."""
    return _known(effective().where(in_sessions(Session.id == session_id)))


def known_of(session_id: int, enrolment_id: int) -> Known | None:
    """Return the effective mark of one person in one session, by a statement that is built once."""
    found = driver.rows(_of_one(), of_session=session_id, of_enrolment=enrolment_id)
    return Known(*found[0]) if found else None


@cache
def _of_one() -> Select[*tuple[Any, ...]]:
    marks = effective().where(in_sessions(Session.id == bindparam("of_session")))
    one = marks.where(Mark.enrolment_id == bindparam("of_enrolment"))
    return one.join(Roll, Roll.id == Mark.roll_id).with_only_columns(*_KNOWN)


def _known(marks: Select[Mark]) -> dict[tuple[int, int], Known]:
    joined = marks.join(Roll, Roll.id == Mark.roll_id).with_only_columns(*_KNOWN)
    found = (Known(*row) for row in db.session.execute(joined))
    return {(one.session_id, one.enrolment_id): one for one in found}


def marks_of(session_id: int) -> dict[int, Mark]:
    """Return the effective marks of one session by enrolment."""
    return {mark.enrolment_id: mark for mark in _entities(in_sessions(Session.id == session_id))}


def _entities(condition: ColumnElement[bool]) -> list[Mark]:
    return list(db.session.scalars(effective().where(condition)))


class Place(NamedTuple):
    """What of a session decides where its marks are added up."""

    month: date
    kind: SessionKind
    shift_group: str
    planned_minutes: int


def places(session_ids: Collection[int]) -> dict[int, Place]:
    """Return the place of each of these sessions."""
    found = driver.rows(_placed(), of_sessions=sorted(session_ids))
    return {id_: Place(held_on.replace(day=1), kind, group, planned) for id_, held_on, kind, group, planned in found}


@cache
def _placed() -> Select[*tuple[Any, ...]]:
    columns = (Session.id, Session.held_on, Session.kind, Session.shift_group, Session.planned_minutes)
    return select(*columns).where(among(Session.id, ids_named("of_sessions")))


class Worth(NamedTuple):
    """What a person's mark in a session is worth."""

    session_id: int
    enrolment_id: int
    status: MarkStatus
    credited_minutes: int


def worth(session_ids: Collection[int]) -> list[Worth]:
    """Return what the effective marks of sessions are worth."""
    rolls = [row.id for row in driver.rows(_rolls(), of_sessions=sorted(session_ids))]
    return [Worth(*row) for row in driver.rows(_worth(), of_rolls=rolls)] if rolls else []


@cache
def _rolls() -> Select[*tuple[Any, ...]]:
    return select(Roll.id).where(among(Roll.session_id, ids_named("of_sessions")))


@cache
def _worth() -> Select[*tuple[Any, ...]]:
    columns = (Mark.session_id, Mark.enrolment_id, Mark.status, Mark.credited_minutes)
    return effective().where(among(Mark.roll_id, ids_named("of_rolls"))).with_only_columns(*columns)


def suspects(cohort_id: int) -> Select[*tuple[Any, ...]]:
    """Select the columns of effective marks that carry a flag, in the order of the sessions."""
    return (
        effective()
        .join(MarkDoubt, and_(MarkDoubt.roll_id == Mark.roll_id, MarkDoubt.enrolment_id == Mark.enrolment_id))
        .join(Roll, Roll.id == Mark.roll_id)
        .join(Session, Session.id == Mark.session_id)
        .join(Enrolment, Enrolment.id == Mark.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Session.cohort_id == cohort_id)
        .with_only_columns(
            MarkDoubt.flags,
            Mark.credited_minutes,
            Roll.source,
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
    made = in_sessions(Session.cohort_id == enrolment.cohort_id)
    marks = select(Mark).where(made, Mark.enrolment_id == enrolment.id).order_by(Mark.roll_id)
    for mark in db.session.scalars(marks):
        said.setdefault(mark.session_id, []).append(mark)
    own = or_(Session.shift_group.in_(("", enrolment.shift_group)), Session.id.in_(said))
    held = select(Session).where(Session.cohort_id == enrolment.cohort_id, own)
    ordered = db.session.scalars(held.order_by(Session.held_on.desc(), Session.starts_at.desc()))
    return [(one, said.get(one.id, [])) for one in ordered]
