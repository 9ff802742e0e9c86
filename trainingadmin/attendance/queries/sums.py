"""What effective marks add up to, by apprentice and by filing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    case,
    exists,
    func,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from trainingadmin.attendance.models import Mark, PersonMonth, Roll, Session
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import visible_to
from trainingadmin.cohorts.states import CohortState, EnrolmentState
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import remembered

Cohorts: TypeAlias = tuple[int, ...] | Select[int]
"""Filings by their ids, or a select of these."""

OWN_GROUP = and_(
    or_(Session.shift_group == Enrolment.shift_group, Session.shift_group == ""),
    or_(Enrolment.joined_on.is_(None), Session.held_on >= Enrolment.joined_on),
)


class Totals(NamedTuple):
    """Minutes of one apprentice in the sessions of their own shift group (and of those for all groups).

    `planned` counts every session of the plan, `due` those of past days and of today once somebody is marked,
    `leave` is what was missed on leave.
    """

    planned_minutes: int = 0
    credited_minutes: int = 0
    leave_minutes: int = 0
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
    """Select the latest mark of each person in each session: marks are append-only, the last word counts.

    Ask for those of sessions by `in_sessions`; there is no way to a person's marks but through their filing's.
    """
    after, later = aliased(Roll), aliased(Mark)
    superseded = exists().where(
        after.session_id == Mark.session_id,
        after.id > Mark.roll_id,
        later.roll_id == after.id,
        later.enrolment_id == Mark.enrolment_id,
    )
    return select(Mark).where(~superseded)


def in_sessions(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Narrow marks to the sessions of which `condition` is true."""
    return Mark.roll_id.in_(select(Roll.id).join(Session, Session.id == Roll.session_id).where(condition))


def totals(cohort_id: int) -> dict[int, Totals]:
    """Return each enrolment's totals in two queries."""
    return {row.id: told for row, told in _totals((cohort_id,), _plan_of((cohort_id,)))}


class _Planned:
    """Planned and due minutes, of each shift group of some filings and of each person who came later."""

    def __init__(self) -> None:
        self.groups: dict[tuple[int, str], tuple[int, int]] = {}
        self.newcomers: dict[int, tuple[int, int]] = {}
        self.policies: dict[int, tuple[str, str]] = {}
        """Scheme and digest that each filing with sessions is bound to."""

    def of(self, row: Any) -> tuple[int, int]:
        """Return what is planned and due for one of the people that `_seen` selects."""
        if row.id in self.newcomers:
            return self.newcomers[row.id]
        planned, due = self.groups.get((row.cohort_id, row.shift_group), (0, 0))
        if row.shift_group and (of_all := self.groups.get((row.cohort_id, ""))):
            return planned + of_all[0], due + of_all[1]
        return planned, due


def _plan_of(cohorts: Cohorts) -> _Planned:
    return _planned(driver.rows(_plans(cohorts, clock.today())))


def _planned(plans: Sequence[Any]) -> _Planned:
    found = _Planned()
    for enrolment_id, cohort_id, group, plan, due, *policy in plans:
        if enrolment_id is None:
            found.groups[cohort_id, group] = int(plan), int(due)
            found.policies[cohort_id] = policy[0], policy[1]
        else:
            found.newcomers[enrolment_id] = int(plan or 0), int(due or 0)
    return found


def _totals(cohorts: Cohorts, plans: _Planned) -> Iterator[tuple[Any, Totals]]:
    """Yield everybody on these rosters, as `_seen` selects them, with their totals."""
    return _told(driver.rows(_seen(cohorts)), plans)


def _told(seen: Sequence[Any], plans: _Planned) -> Iterator[tuple[Any, Totals]]:
    for row in seen:
        planned, due = plans.of(row)
        yield row, Totals(planned, int(row.credited or 0), int(row.leave or 0), due)


@remembered
def _seen(cohorts: Cohorts) -> Select[*tuple[Any, ...]]:
    """Select each person with the minutes credited and on leave in their own group."""
    own = or_(PersonMonth.shift_group == Enrolment.shift_group, PersonMonth.shift_group == "")
    credited, leave = func.sum(PersonMonth.credited_minutes), func.sum(PersonMonth.leave_minutes)
    person = (Enrolment.id, Enrolment.cohort_id, Enrolment.shift_group, Enrolment.state)
    return (
        select(*person, credited.label("credited"), leave.label("leave"))
        .outerjoin(PersonMonth, and_(PersonMonth.enrolment_id == Enrolment.id, own))
        .where(Enrolment.cohort_id.in_(cohorts))
        .group_by(Enrolment.cohort_id, Enrolment.position, Enrolment.id)  # as they lie in the index: nothing to sort
    )


@remembered
def _plans(cohorts: Cohorts, today: date) -> CompoundSelect[*tuple[Any, ...]]:
    """Select what is planned and due of each shift group, all that those need who were there from the start, and of each
    person who came later."""
    nobody, policy = type_coerce(null(), Integer), (Cohort.scheme, Cohort.policy_digest)
    group = (Cohort.id, Session.shift_group)
    of_groups = select(nobody, *group, *_minutes(today), *policy).join(Session, Session.cohort_id == Cohort.id)
    later = (Enrolment.id, Enrolment.cohort_id, Enrolment.shift_group)
    none = type_coerce(null(), String)
    of_newcomers = (
        select(*later, *_minutes(today), none, none)
        .outerjoin(Session, and_(Session.cohort_id == Enrolment.cohort_id, OWN_GROUP))
        .where(Enrolment.cohort_id.in_(cohorts), Enrolment.joined_on.is_not(None))
    )
    return union_all(of_groups.where(Cohort.id.in_(cohorts)).group_by(*group), of_newcomers.group_by(*later))


def _minutes(today: date) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    marked = and_(Session.held_on == today, exists().where(Roll.session_id == Session.id))
    due = case((or_(Session.held_on < today, marked), Session.planned_minutes), else_=0)
    return func.sum(Session.planned_minutes), func.sum(due)


@dataclass(frozen=True, slots=True)
class Overview:
    """A filing's attendance in one line: shares over all its apprentices, and how many are at risk."""

    planned_minutes: int = 0
    credited_minutes: int = 0
    due_minutes: int = 0
    below: int = 0
    lost: int = 0


def overviews(cohort_ids: Collection[int], percent: int) -> dict[int, Overview]:
    """Return the overview of each of these filings, as `totals` in queries; those who left are not counted."""
    these = tuple(sorted(cohort_ids))
    return dict(_overviews(these, driver.rows(_plans(these, clock.today())), driver.rows(_seen(these)), percent))


@driver.worked_out
def _overviews(
    cohort_ids: tuple[int, ...], plans: Sequence[Any], seen: Sequence[Any], percent: int
) -> Mapping[int, Overview]:
    of_cohort: dict[int, list[Totals]] = {cohort_id: [] for cohort_id in cohort_ids}
    for row, told in _told(seen, _planned(plans)):
        if row.state is EnrolmentState.ACTIVE:
            of_cohort[row.cohort_id].append(told)
    return {cohort_id: overview(found, percent) for cohort_id, found in of_cohort.items()}


def in_training(actor: Actor) -> Iterator[tuple[int, tuple[str, str], Totals]]:
    """Yield the totals of everybody whom one may see, who is in training and has not left, as `totals` in queries.

    Before them the filing, and the scheme and digest of the policy that it is bound to; filings without sessions are
    left out.
    """
    running = _running(actor)
    plans = _plan_of(running)
    for row, told in _totals(running, plans):
        if row.state is EnrolmentState.ACTIVE and row.cohort_id in plans.policies:
            yield row.cohort_id, plans.policies[row.cohort_id], told


@remembered
def _running(actor: Actor) -> Select[int]:
    return visible_to(actor).where(Cohort.state == CohortState.APPROVED).with_only_columns(Cohort.id)


def overview(found: Collection[Totals], percent: int) -> Overview:
    """Add up the totals of a filing's apprentices."""
    return Overview(
        planned_minutes=sum(one.planned_minutes for one in found),
        credited_minutes=sum(one.credited_minutes for one in found),
        due_minutes=sum(one.due_minutes for one in found),
        below=sum(one.is_below(percent) for one in found),
        lost=sum(one.is_lost(percent) for one in found),
    )
