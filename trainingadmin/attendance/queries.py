"""Reads of attendance: effective marks and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, and_, func, or_, select

from trainingadmin.attendance.models import Mark, MarkStatus, Session
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.plumbing.database import db


@dataclass(frozen=True, slots=True)
class Totals:
    """Minutes of one apprentice in the sessions of their own shift group (and of those for all groups)."""

    planned_minutes: int = 0
    credited_minutes: int = 0
    leave_minutes: int = 0
    held_minutes: int = 0


def effective() -> Select[tuple[Mark]]:
    """Select the latest mark of each person in each session: marks are append-only, the last word counts."""
    last = select(func.max(Mark.id).label("id")).group_by(Mark.session_id, Mark.enrolment_id).subquery()
    return select(Mark).join(last, Mark.id == last.c.id)


def totals(cohort_id: int) -> dict[int, Totals]:
    """Return each enrolment's totals in two queries, whatever their number."""
    own_group = or_(Session.shift_group == Enrolment.shift_group, Session.shift_group == "")
    planned = (
        select(Enrolment.id, func.coalesce(func.sum(Session.planned_minutes), 0))
        .outerjoin(Session, and_(Session.cohort_id == Enrolment.cohort_id, own_group))
        .where(Enrolment.cohort_id == cohort_id)
        .group_by(Enrolment.id)
    )
    marks = effective().where(Mark.session_id.in_(select(Session.id).where(Session.cohort_id == cohort_id))).subquery()
    seen = (
        select(marks.c.enrolment_id, marks.c.status, func.sum(marks.c.credited_minutes), func.sum(Session.planned_minutes))
        .join(Session, Session.id == marks.c.session_id)
        .join(Enrolment, and_(Enrolment.id == marks.c.enrolment_id, own_group))
        .group_by(marks.c.enrolment_id, marks.c.status)
    )
    sums: dict[int, dict[MarkStatus, tuple[int, int]]] = {}
    for enrolment_id, status, credited, held in db.session.execute(seen):
        sums.setdefault(enrolment_id, {})[MarkStatus(status)] = (int(credited or 0), int(held or 0))
    return {enrolment_id: _totals(int(minutes), sums.get(enrolment_id, {})) for enrolment_id, minutes in db.session.execute(planned)}


def _totals(planned: int, by_status: dict[MarkStatus, tuple[int, int]]) -> Totals:
    return Totals(
        planned_minutes=planned,
        credited_minutes=sum(credited for credited, _ in by_status.values()),
        leave_minutes=by_status.get(MarkStatus.LEAVE, (0, 0))[1],
        held_minutes=sum(held for _, held in by_status.values()),
    )
