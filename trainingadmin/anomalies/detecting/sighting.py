"""What a detector saw, and how the places of its evidence are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import Select

from trainingadmin.anomalies.states import AnomalyKind
from trainingadmin.attendance.models import Mark, MarkStatus, Session
from trainingadmin.attendance.queries import KEPT, effective
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.people.models import Person


@dataclass(frozen=True, slots=True)
class Sighting:
    """An anomaly as it was seen: what and where, of whom (enrolment → person), and what tells it from others."""

    kind: AnomalyKind
    what: str
    office_code: str
    cohort_id: int
    facts: Mapping[str, Any]
    places: list[dict[str, Any]] = field(default_factory=list)
    people: Mapping[int, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for the same thing seen again."""
        return f"{self.kind.value}:{self.what}"


def attended() -> Select[*tuple[Any, ...]]:
    """Select effective marks of people who came, with session, person and filing; to be narrowed."""
    return (
        effective()
        .join(Session, Session.id == Mark.session_id)
        .join(Enrolment, Enrolment.id == Mark.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Session.cohort_id)
        .where(Mark.status == MarkStatus.PRESENT, Cohort.state.in_(KEPT))
        .with_only_columns(
            Mark.roll_id,
            Mark.enrolment_id,
            Mark.in_at,
            Mark.out_at,
            Session.id.label("session_id"),
            Session.held_on,
            Session.starts_at,
            Session.ends_at,
            Session.course,
            Session.teacher,
            Session.shift_group,
            Enrolment.person_id,
            Enrolment.position,
            Person.name,
            Cohort.id.label("cohort_id"),
            Cohort.number,
            Cohort.title,
            Cohort.office_code,
        )
    )


def place(row: Any, *, person: bool = True) -> dict[str, Any]:
    """Return a session as evidence names it, with the person's times when the row is a mark."""
    told = {
        "cohort": row.cohort_id,
        "number": row.number,
        "title": row.title,
        "session": row.session_id,
        "day": row.held_on.isoformat(),
        "starts": clock(row.starts_at),
        "ends": clock(row.ends_at),
        "course": row.course,
        "teacher": row.teacher,
    }
    if person:
        told |= {"enrolment": row.enrolment_id, "position": row.position, "name": row.name}
        told |= {"came": seconds(row.in_at), "left": seconds(row.out_at)}
    return told


def clock(moment: time) -> str:
    """Return a planned time."""
    return f"{moment:%H:%M}"


def seconds(moment: time | None) -> str:
    """Return a time as it was signed, or nothing."""
    return moment.isoformat() if moment else ""


def shared_minutes(one: tuple[time, time], other: tuple[time, time]) -> int:
    """Return how many whole minutes two spans of a day have in common; -1 when they do not meet."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    if first >= last:
        return -1
    return (last.hour - first.hour) * 60 + last.minute - first.minute


def on(day: date) -> str:
    """Return a day as evidence writes it."""
    return day.isoformat()


def people_of(rows: Iterable[Any]) -> dict[int, int]:
    """Return enrolment → person of marks."""
    return {row.enrolment_id: row.person_id for row in rows}
