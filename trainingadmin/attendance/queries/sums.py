"""What effective marks add up to, by apprentice and by filing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from trainingadmin.attendance.models import Mark, MarkStatus, Session
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db

_OWN_GROUP = and_(
    or_(Session.shift_group == Enrolment.shift_group, Session.shift_group == ""),
    or_(Enrolment.joined_on.is_(None), Session.held_on >= Enrolment.joined_on),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """Minutes of one apprentice in the sessions of their own shift group (and of those for all groups).

    `planned` counts every session of the plan, `due` those of past days and of today once somebody is marked,
    `held` those with a mark of this person, `leave` what was missed on leave.
    """

    planned_minutes: int = 0
    credited_minutes: int = 0
    leave_minutes: int = 0
    held_minutes: int = 0
    due_minutes: int = 0

    @property
    def missed_minutes(self) -> int:
        """What of the sessions so far earned nothing."""
        return max(0, self.due_minutes - self.credited_minutes)

    @property
    def ahead_minutes(self) -> int:
        """What is still to come."""
        return self.planned_minutes - self.due_minutes

    def is_below(self, percent: int) -> bool:
        """Less than `percent` of the sessions so far; compared in whole minutes, never as a rounded share."""
        return 100 * self.credited_minutes < percent * self.due_minutes

    def is_lost(self, percent: int) -> bool:
        """Even with everything to come, `percent` of the plan cannot be reached."""
        return 100 * (self.credited_minutes + self.ahead_minutes) < percent * self.planned_minutes


def effective() -> Select[Mark]:
    """Select the latest mark of each person in each session: marks are append-only, the last word counts."""
    later = aliased(Mark)
    superseded = exists().where(
        later.session_id == Mark.session_id, later.enrolment_id == Mark.enrolment_id, later.id > Mark.id
    )
    return select(Mark).where(~superseded)


def totals(cohort_id: int) -> dict[int, Totals]:
    """Return each enrolment's totals in two queries, whatever their number."""
    return _totals([cohort_id])


def _totals(cohort_ids: Collection[int]) -> dict[int, Totals]:
    marked = and_(Session.held_on == clock.today(), exists().where(Mark.session_id == Session.id))
    due = case((or_(Session.held_on < clock.today(), marked), Session.planned_minutes), else_=0)
    planned = (
        select(Enrolment.id, func.sum(Session.planned_minutes), func.sum(due))
        .outerjoin(Session, and_(Session.cohort_id == Enrolment.cohort_id, _OWN_GROUP))
        .where(Enrolment.cohort_id.in_(cohort_ids))
        .group_by(Enrolment.id)
    )
    marks = (
        effective().where(Mark.session_id.in_(select(Session.id).where(Session.cohort_id.in_(cohort_ids)))).subquery()
    )
    seen = (
        select(
            marks.c.enrolment_id, marks.c.status, func.sum(marks.c.credited_minutes), func.sum(Session.planned_minutes)
        )
        .join(Session, Session.id == marks.c.session_id)
        .join(Enrolment, and_(Enrolment.id == marks.c.enrolment_id, _OWN_GROUP))
        .group_by(marks.c.enrolment_id, marks.c.status)
    )
    sums: dict[int, dict[MarkStatus, tuple[int, int]]] = {}
    for enrolment_id, status, credited, held in db.session.execute(seen):
        sums.setdefault(enrolment_id, {})[MarkStatus(status)] = (int(credited or 0), int(held or 0))
    return {
        enrolment_id: _summed(int(minutes or 0), int(so_far or 0), sums.get(enrolment_id, {}))
        for enrolment_id, minutes, so_far in db.session.execute(planned)
    }


def _summed(planned: int, due: int, by_status: dict[MarkStatus, tuple[int, int]]) -> Totals:
    return Totals(
        planned_minutes=planned,
        credited_minutes=sum(credited for credited, _ in by_status.values()),
        leave_minutes=by_status.get(MarkStatus.LEAVE, (0, 0))[1],
        held_minutes=sum(held for _, held in by_status.values()),
        due_minutes=due,
    )


@dataclass(frozen=True, slots=True)
class Overview:
    """A filing's attendance in one line: shares over all its apprentices, and how many are at risk."""

    planned_minutes: int = 0
    credited_minutes: int = 0
    due_minutes: int = 0
    below: int = 0
    lost: int = 0


def overviews(cohort_ids: Collection[int], percent: int) -> dict[int, Overview]:
    """Return the overview of each of these filings in three queries; those who left are not counted."""
    active = select(Enrolment.id, Enrolment.cohort_id).where(
        Enrolment.cohort_id.in_(cohort_ids), Enrolment.state == EnrolmentState.ACTIVE
    )
    summed = _totals(cohort_ids)
    of_cohort: dict[int, list[Totals]] = {cohort_id: [] for cohort_id in cohort_ids}
    for enrolment_id, cohort_id in db.session.execute(active):
        of_cohort[cohort_id].append(summed.get(enrolment_id, Totals()))
    return {cohort_id: overview(found, percent) for cohort_id, found in of_cohort.items()}


def overview(found: Collection[Totals], percent: int) -> Overview:
    """Add up the totals of a filing's apprentices."""
    return Overview(
        planned_minutes=sum(one.planned_minutes for one in found),
        credited_minutes=sum(one.credited_minutes for one in found),
        due_minutes=sum(one.due_minutes for one in found),
        below=sum(one.is_below(percent) for one in found),
        lost=sum(one.is_lost(percent) for one in found),
    )
