"""What effective marks add up to, by apprentice and by filing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import time
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    Time,
    and_,
    bindparam,
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
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.membership import among, ids_named

OWN_GROUP = and_(
    or_(Session.shift_group == Enrolment.shift_group, Session.shift_group == ""),
    or_(Enrolment.joined_on.is_(None), Session.held_on >= Enrolment.joined_on),
)


class Totals(NamedTuple):
    """Minutes of one apprentice in the sessions of their own shift group (and of those for all groups).

    `planned` counts every session of the plan, `due` those that are over and of those still on what is credited
    already, so that nothing of them is missed; `leave` is what was missed on leave, `unrecorded` the minutes of sessions
    that are over and in which nobody noted this person.
    """

    planned_minutes: int = 0
    credited_minutes: int = 0
    leave_minutes: int = 0
    due_minutes: int = 0
    unrecorded_minutes: int = 0

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


def ended(today: ColumnElement[Any], at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Tell of a session that it is over at this time of a day; until then nobody has missed anything of it."""
    return or_(Session.held_on < today, and_(Session.held_on == today, Session.ends_at <= at))


def totals(cohort_id: int) -> dict[int, Totals]:
    """Return each enrolment's totals in two queries."""
    return rosters((cohort_id,))[cohort_id].by_enrolment


def months(cohort_id: int) -> dict[int, int]:
    """Return the months filed and extended of everybody who has not left, by enrolment."""
    lasting = (Enrolment.id, Enrolment.filed_months + Enrolment.extended_months)
    active = Enrolment.state == EnrolmentState.ACTIVE
    return dict(db.session.execute(select(*lasting).where(Enrolment.cohort_id == cohort_id, active)).all())


class Counted(NamedTuple):
    """Somebody on a roster, as `_people` selects them, with what their marks come to."""

    row: Any
    totals: Totals


@dataclass(slots=True)
class RosterTotals:
    """Everybody on the roster of a filing, how many sessions its plan has, and until when today that holds unless
    something changes: the end of the next session."""

    people: list[Counted] = field(default_factory=list)
    sessions: int = 0
    until: time | None = None

    @property
    def by_enrolment(self) -> dict[int, Totals]:
        """The totals of each person by their enrolment."""
        return {one.row.id: one.totals for one in self.people}


def rosters(cohort_ids: Sequence[int]) -> dict[int, RosterTotals]:
    """Return the totals of everybody in these filings in two queries, three while class is on, however many they are."""
    now = clock.local(clock.now())
    asked: dict[str, Any] = {"cohorts": cohort_ids, "today": now.date(), "at": now.time()}
    found = {cohort_id: RosterTotals() for cohort_id in cohort_ids}
    plans = _Plans(driver.rows(_plans(), **asked))
    on = {row.id: row for row in driver.rows(_running(), **asked)} if plans.until else {}
    for row in driver.rows(_people(), cohorts=cohort_ids):
        found[row.cohort_id].people.append(Counted(row, _totals(row, *plans.of(row), on.get(row.id))))
    for cohort_id, sessions in plans.sessions.items():
        found[cohort_id].sessions, found[cohort_id].until = sessions, plans.until.get(cohort_id)
    return found


def _totals(row: Any, planned: int, over: int, running: Any) -> Totals:
    """Return what `_people`, `_Plans` and `_running` say of a person; `over` is what is planned of sessions that ended."""
    noted, earned = (int(running.planned), int(running.credited)) if running else (0, 0)
    unrecorded = max(0, over - (int(row.recorded or 0) - noted))
    return Totals(planned, int(row.credited or 0), int(row.leave or 0), over + earned, unrecorded)


class _Plans:
    """Minutes planned and of sessions that are over, of each shift group of some filings and of each person who came
    later; and when the next session of each filing ends today."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._groups: dict[tuple[int, str], tuple[int, int]] = {}
        self._newcomers: dict[int, tuple[int, int]] = {}
        self.sessions: Counter[int] = Counter()
        self.until: dict[int, time] = {}
        for row in rows:
            minutes = int(row.planned or 0), int(row.due or 0)
            if row.newcomer is None:
                self._groups[row.cohort_id, row.shift_group] = minutes
                self.sessions[row.cohort_id] += row.sessions
                if row.until:
                    self.until[row.cohort_id] = min(row.until, self.until.get(row.cohort_id, row.until))
            else:
                self._newcomers[row.newcomer] = minutes

    def of(self, row: Any) -> tuple[int, int]:
        """Return what is planned and over for one of the people that `_people` selects."""
        if row.id in self._newcomers:
            return self._newcomers[row.id]
        planned, due = self._groups.get((row.cohort_id, row.shift_group), (0, 0))
        if row.shift_group and (of_all := self._groups.get((row.cohort_id, ""))):
            return planned + of_all[0], due + of_all[1]
        return planned, due


@cache
def _people() -> Select[*tuple[Any, ...]]:
    """Select each person of `cohorts` with the minutes noted, credited and on leave in their own group."""
    own = or_(PersonMonth.shift_group == Enrolment.shift_group, PersonMonth.shift_group == "")
    credited, leave = func.sum(PersonMonth.credited_minutes), func.sum(PersonMonth.leave_minutes)
    recorded = func.sum(PersonMonth.planned_minutes).label("recorded")
    person = (Enrolment.id, Enrolment.cohort_id, Enrolment.shift_group, Enrolment.state)
    return (
        select(*person, recorded, credited.label("credited"), leave.label("leave"))
        .outerjoin(PersonMonth, and_(PersonMonth.enrolment_id == Enrolment.id, own))
        .where(among(Enrolment.cohort_id, ids_named("cohorts")))
        .group_by(Enrolment.cohort_id, Enrolment.position, Enrolment.id)  # as they lie in the index: nothing to sort
    )


@cache
def _plans() -> CompoundSelect[*tuple[Any, ...]]:
    """Select what is planned and over of each shift group, all that those need who were there from the start, and of each
    person who came later."""
    nobody, group = type_coerce(null(), Integer).label("newcomer"), (Session.cohort_id, Session.shift_group)
    of_groups = select(nobody, *group, *_minutes()).where(among(Session.cohort_id, ids_named("cohorts")))
    later = (Enrolment.id, Enrolment.cohort_id, Enrolment.shift_group)
    of_newcomers = (
        select(*later, *_minutes())
        .outerjoin(Session, and_(Session.cohort_id == Enrolment.cohort_id, OWN_GROUP))
        .where(among(Enrolment.cohort_id, ids_named("cohorts")), Enrolment.joined_on.is_not(None))
    )
    return union_all(of_groups.group_by(*group), of_newcomers.group_by(*later))


def _minutes() -> tuple[ColumnElement[Any], ...]:
    today, at = bindparam("today", type_=Date), bindparam("at", type_=Time)
    due = case((ended(today, at), Session.planned_minutes), else_=0)
    until = func.min(case((and_(Session.held_on == today, Session.ends_at > at), Session.ends_at)))
    sums = func.sum(Session.planned_minutes), func.sum(due), func.count(Session.id), until
    return tuple(one.label(name) for one, name in zip(sums, ("planned", "due", "sessions", "until"), strict=True))


@cache
def _running() -> Select[*tuple[Any, ...]]:
    """Select of each person of `cohorts` what is noted of today's sessions that are not over: planned and credited."""
    today, at = bindparam("today", type_=Date), bindparam("at", type_=Time)
    own = or_(Session.shift_group == Enrolment.shift_group, Session.shift_group == "")
    planned, credited = func.sum(Session.planned_minutes), func.sum(Mark.credited_minutes)
    return (
        effective()
        .join(Roll, Roll.id == Mark.roll_id)
        .join(Session, Session.id == Roll.session_id)
        .join(Enrolment, and_(Enrolment.id == Mark.enrolment_id, own))
        .where(among(Session.cohort_id, ids_named("cohorts")), Session.held_on == today, Session.ends_at > at)
        .with_only_columns(Enrolment.id, planned.label("planned"), credited.label("credited"))
        .group_by(Enrolment.id)
    )
