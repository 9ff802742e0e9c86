"""Proves the sums of the months: adds up every effective mark again and tells where a stored sum differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from trainingadmin.attendance.models import CohortMonth, Mark, MarkStatus, PersonMonth, Roll, Session
from trainingadmin.attendance.queries import effective, in_sessions
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.plumbing.database import db

_SUMS = ("present", "absent", "leave", "planned_minutes", "credited_minutes", "leave_minutes")
_Sums = dict[tuple[Any, ...], list[int]]


@dataclass(frozen=True, slots=True)
class Breach:
    """A sum that is not what the marks add up to: of whom, in which month, and both numbers."""

    rule: str
    subject: str
    detail: str


@dataclass(slots=True)
class Verified:
    """How much was looked at, and what does not agree."""

    counts: dict[str, int] = field(default_factory=dict)
    breaches: list[Breach] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing disagrees."""
        return not self.breaches


def verify(cohort_ids: Sequence[int] | None = None) -> Verified:
    """Add up the marks of one filing after the other, all unless some are named; memory does not grow with them."""
    found = Verified()
    every = select(Session.cohort_id).distinct().order_by(Session.cohort_id)
    cohorts = list(db.session.scalars(every)) if cohort_ids is None else list(cohort_ids)
    people = months = 0
    for cohort_id in cohorts:
        persons, whole = _recomputed(cohort_id)
        people, months = people + len(persons), months + len(whole)
        found.breaches += _compared("person-month", "enrolments", persons, _stored_people(cohort_id))
        found.breaches += _compared("cohort-month", "cohorts", whole, _stored_cohort(cohort_id))
    found.breaches += _strangers() if cohort_ids is None else ()
    marks = db.session.scalar(select(func.count()).select_from(Mark)) or 0
    found.counts = {"marks": marks, "cohorts": len(cohorts), "person_months": people, "cohort_months": months}
    return found


def _recomputed(cohort_id: int) -> tuple[_Sums, _Sums]:
    columns = (Mark.enrolment_id, Mark.status, Mark.credited_minutes)
    placed = (Session.held_on, Session.kind, Session.shift_group, Session.planned_minutes)
    marks = effective().where(in_sessions(Session.cohort_id == cohort_id))
    rows = marks.join(Session, Session.id == Mark.session_id).with_only_columns(*columns, *placed)
    persons: _Sums = defaultdict(lambda: [0] * len(_SUMS))
    whole: _Sums = defaultdict(lambda: [0] * len(_SUMS))
    found: Iterable[Any] = db.session.execute(rows)
    for enrolment_id, status, credited, held_on, kind, group, planned in found:
        month = held_on.replace(day=1)
        own = [*(int(status is one) for one in MarkStatus), planned, credited]
        own.append(planned if status is MarkStatus.LEAVE else 0)
        for sums in (persons[enrolment_id, month, kind, group], whole[cohort_id, month, kind]):
            for at, number in enumerate(own):
                sums[at] += number
    return persons, whole


def _stored_people(cohort_id: int) -> Mapping[tuple[Any, ...], list[int]]:
    keys = (PersonMonth.enrolment_id, PersonMonth.month, PersonMonth.kind, PersonMonth.shift_group)
    rows = select(*keys, *(getattr(PersonMonth, name) for name in _SUMS)).join(
        Enrolment, Enrolment.id == PersonMonth.enrolment_id
    )
    found = db.session.execute(rows.where(Enrolment.cohort_id == cohort_id))
    return {tuple(row[:4]): list(row[4:]) for row in found}


def _stored_cohort(cohort_id: int) -> Mapping[tuple[Any, ...], list[int]]:
    keys = (CohortMonth.cohort_id, CohortMonth.month, CohortMonth.kind)
    rows = select(*keys, *(getattr(CohortMonth, name) for name in _SUMS))
    found = db.session.execute(rows.where(CohortMonth.cohort_id == cohort_id))
    return {tuple(row[:3]): list(row[3:]) for row in found}


def _compared(rule: str, table: str, wanted: _Sums, stored: Mapping[tuple[Any, ...], list[int]]) -> Iterator[Breach]:
    nothing = [0] * len(_SUMS)
    for key in sorted(wanted.keys() | stored.keys(), key=str):
        told, kept = wanted.get(key, nothing), stored.get(key, nothing)
        for name, is_, was in zip(_SUMS, told, kept, strict=True):
            if is_ != was:
                place = " ".join(part.isoformat()[:7] if isinstance(part, date) else str(part) for part in key[1:])
                yield Breach(rule, f"{table}:{key[0]}", f"{place}".strip() + f" {name} {was} ≠ {is_}")


def _strangers() -> Iterator[Breach]:
    """Marks of people who are not in the session's filing."""
    lost = (
        select(Mark.roll_id, Mark.enrolment_id)
        .join(Roll, Roll.id == Mark.roll_id)
        .join(Session, Session.id == Roll.session_id)
        .outerjoin(Enrolment, (Enrolment.id == Mark.enrolment_id) & (Enrolment.cohort_id == Session.cohort_id))
        .where(Enrolment.id.is_(None))
        .order_by(Mark.roll_id, Mark.enrolment_id)
    )
    for roll_id, enrolment_id in db.session.execute(lost):
        yield Breach("mark-of-a-stranger", f"rolls:{roll_id}", f"enrolments:{enrolment_id}")
