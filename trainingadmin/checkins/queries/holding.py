"""Sessions that are on, who belongs in them, and who is in, out or missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.attendance.queries import Known, known_in
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import visible_to
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing.database import db

IN, OUT, ABSENT, LEAVE, MISSING = "in", "out", "absent", "leave", "missing"


def session_of(session_id: int) -> Session | None:
    """Return a session that a genuine code names; None when it was taken off the plan since."""
    return db.session.get(Session, session_id, options=[joinedload(Session.cohort, innerjoin=True)])


def enrolment_in(cohort_id: int, person_id: int | None) -> Enrolment | None:
    """Return the place that a person has in a filing."""
    mine = select(Enrolment).where(Enrolment.cohort_id == cohort_id, Enrolment.person_id == person_id)
    return db.session.scalars(mine).one_or_none()


def sessions_of_day(actor: Actor, day: date) -> Select[*tuple[Any, ...]]:
    """Select the columns of the sessions of one day that `actor` may see, in the order they are held."""
    people = (
        select(func.count())
        .where(Enrolment.cohort_id == Cohort.id, Enrolment.left_on.is_(None))
        .where((Session.shift_group == "") | (Enrolment.shift_group == Session.shift_group))
        .correlate(Cohort, Session)
        .scalar_subquery()
    )
    return (
        visible_to(actor)
        .join(Session, Session.cohort_id == Cohort.id)
        .where(Session.held_on == day, Cohort.state == CohortState.APPROVED)
        .with_only_columns(
            Session.id,
            Session.cohort_id,
            Cohort.title,
            Cohort.number,
            Session.shift_group,
            Session.held_on,
            Session.starts_at,
            Session.ends_at,
            Session.course,
            Session.teacher,
            people.label("people"),
        )
        .order_by(Session.starts_at, Cohort.number, Session.shift_group)
    )


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one person stands in a session: in, out, absent, leave or missing, since when."""

    state: str
    came: time | None = None
    left: time | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everybody who was marked in a session stands, by enrolment; whoever is not in it is missing."""

    seats: Mapping[int, Seat]

    def of(self, enrolment_id: int) -> Seat:
        """Return one person's seat."""
        return self.seats.get(enrolment_id, Seat(MISSING))

    @property
    def present(self) -> list[int]:
        """Those who are in and have not left."""
        return [id_ for id_, seat in self.seats.items() if seat.state == IN]

    def count(self, among: Iterable[int]) -> dict[str, int]:
        """Count the people of `among` by where they stand."""
        found = dict.fromkeys((IN, OUT, ABSENT, LEAVE, MISSING), 0)
        for one in among:
            found[self.of(one).state] += 1
        return found


def standing(session_id: int) -> Standing:
    """Return where everybody stands; one query."""
    return Standing({known.enrolment_id: _seat(known) for known in known_in(session_id).values()})


def _seat(known: Known) -> Seat:
    if known.status is not MarkStatus.PRESENT:
        return Seat(ABSENT if known.status is MarkStatus.ABSENT else LEAVE)
    return Seat(OUT if known.out_at else IN, known.in_at, known.out_at)
