"""A trainee's class of today: when, what, where, and what is to be done about it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from trainingadmin.attendance.queries import Own, Presence, begins, next_sessions
from trainingadmin.checkins.evidence import timing
from trainingadmin.classes.queries import places
from trainingadmin.cohorts.models import Cohort
from trainingadmin.plumbing import clock


@dataclass(frozen=True, slots=True)
class Lesson:
    """A session of one's own, where it is held (empty where only its filing says), and when its door opens."""

    own: Own
    place: str
    opens_at: datetime

    @property
    def is_today(self) -> bool:
        """Whether it is held today; else it is the next one."""
        return self.own.held_on == clock.today()

    @property
    def presence(self) -> Presence:
        """What it says now: once its door is open, whoever has not come yet is not checked in."""
        told = self.own.presence
        return Presence.NOT_IN if told is Presence.AHEAD and clock.now() >= self.opens_at else told


def lessons(person_id: int, cohorts: Iterable[Cohort]) -> list[Lesson]:
    """Return a person's sessions of today, or the next one, in those of their trainings; two queries."""
    known = {one.id: one for one in cohorts}
    found = [one for one in next_sessions(person_id) if one.cohort_id in known]
    where = places({one.cohort_id for one in found})
    return [Lesson(one, where.get(one.cohort_id, ""), _opens_at(one, known[one.cohort_id])) for one in found]


def _opens_at(one: Own, cohort: Cohort) -> datetime:
    return begins(one.held_on, one.starts_at) - timedelta(minutes=timing(cohort).checkin_before_minutes)
