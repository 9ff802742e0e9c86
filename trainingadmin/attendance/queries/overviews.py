"""What each filing's attendance comes to in one line, worked out again only when something of it changed.

A desk and a list ask for hundreds of people's sums each time they are opened. What came of them is kept, and holds for
a filing while the database has counted no change of it (`AttendanceRevision`), and until its next session ends: that
falls due by the clock alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select

from trainingadmin.attendance.models import AttendanceRevision
from trainingadmin.attendance.queries.plan import attended
from trainingadmin.attendance.queries.sums import RosterTotals, rosters
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState, EnrolmentState
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, engines
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.plumbing.templating.steady import Steady

_LIMIT = 10_000
"""Filings of which the overview is kept."""


@dataclass(frozen=True, slots=True)
class Overview(Steady):
    """A filing's attendance in one line: people on the roster, sessions, minutes of all who have not left, and how many of
    them are below the share to be reached, or cannot reach it any more."""

    people: int
    sessions: int
    planned_minutes: int
    credited_minutes: int
    due_minutes: int
    percent: int
    below: int
    lost: int


class Wanted(NamedTuple):
    """What the overview of a filing depends on besides the clock: its revision, and the percent to be reached."""

    revision: int | None
    percent: int


class _Kept(NamedTuple):
    """An overview, what it depends on, and the instants between which it holds."""

    wanted: Wanted
    since: datetime
    until: datetime
    found: Overview

    def holds(self, wanted: Wanted, now: datetime) -> bool:
        return self.wanted == wanted and self.since <= now < self.until


def overviews(wanted: Mapping[int, Wanted]) -> dict[int, Overview]:
    """Return the overview of each of these filings.

    A page that reads takes what is kept; within a unit that writes everything is worked out, as nobody may keep what
    may yet be undone.
    """
    now = clock.now()
    if not engines.reading.get():
        return {cohort_id: one.found for cohort_id, one in _worked_out(wanted, now).items()}
    kept: dict[int, _Kept] = db.engine.__dict__.setdefault("_attendance_overviews", {})
    new = {id_: one for id_, one in wanted.items() if id_ not in kept or not kept[id_].holds(one, now)}
    if new:
        if len(kept) > _LIMIT:
            kept.clear()
        kept |= _worked_out(new, now)
    return {cohort_id: kept[cohort_id].found for cohort_id in wanted}


def _worked_out(wanted: Mapping[int, Wanted], now: datetime) -> dict[int, _Kept]:
    found = rosters(list(wanted))
    return {
        cohort_id: _Kept(one, now, _until(found[cohort_id], now), overview(found[cohort_id], one.percent))
        for cohort_id, one in wanted.items()
    }


def _until(found: RosterTotals, now: datetime) -> datetime:
    today = clock.local(now).date()
    return datetime.combine(today, found.until, clock.LOCAL) if found.until else clock.end_of(today)


def overview(found: RosterTotals, percent: int) -> Overview:
    """Add up the totals of a filing; those who left are on its roster, and not in its sums."""
    active = [one.totals for one in found.people if one.row.state is EnrolmentState.ACTIVE]
    return Overview(
        people=len(found.people),
        sessions=found.sessions,
        planned_minutes=sum(one.planned_minutes for one in active),
        credited_minutes=sum(one.credited_minutes for one in active),
        due_minutes=sum(one.due_minutes for one in active),
        percent=percent,
        below=sum(one.is_below(percent) for one in active),
        lost=sum(one.is_lost(percent) for one in active),
    )


@remembered
def running(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the filings in training of which one may see the attendance: id, scheme and digest of the policy bound to, revision."""
    return (
        attended(actor)
        .outerjoin(AttendanceRevision, AttendanceRevision.cohort_id == Cohort.id)
        .where(Cohort.state == CohortState.APPROVED)
        .with_only_columns(Cohort.id, Cohort.scheme, Cohort.policy_digest, AttendanceRevision.revision)
    )
