"""When codes of a session are good, and what a scan comes to by the clock and the roster."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.attendance.queries import Known, begins
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.checkins.tokens import Code
from trainingadmin.cohorts.evidence import version_of
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.plumbing import clock


@dataclass(frozen=True, slots=True)
class Timing:
    """Minutes before and after a session in which codes are shown, and hours after it in which scans that were kept
    without a network are taken; versions from before there were such figures have these."""

    checkin_before_minutes: int = 30
    checkin_after_minutes: int = 30
    checkin_sync_hours: int = 12


def timing(cohort: Cohort) -> Timing:
    """Return the timing under the version that a filing is judged by."""
    parameters = version_of(cohort).parameters
    told = {one.name: getattr(parameters, one.name, None) for one in fields(Timing)}
    return Timing(**{name: value for name, value in told.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Span:
    """The instants of a session that matter at the door."""

    opens_at: datetime
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Whether codes are shown and hands noted."""
        return self.opens_at <= at < self.closes_at

    def admits(self, direction: Direction, at: datetime) -> bool:
        """Whether one can come (until the end) or leave (from the start) at this instant."""
        if direction is Direction.IN:
            return self.opens_at <= at < self.ends_at
        return self.starts_at <= at < self.closes_at


def span_of(session: Session, rules: Timing) -> Span:
    """Return the instants of a session."""
    starts_at, ends_at = begins(session.held_on, session.starts_at), begins(session.held_on, session.ends_at)
    before, after = timedelta(minutes=rules.checkin_before_minutes), timedelta(minutes=rules.checkin_after_minutes)
    return Span(starts_at - before, starts_at, ends_at, ends_at + after)


def time_on(day: date, at: datetime) -> time:
    """Return the time to note for a session of `day`: whoever comes on the evening before has come when it begins,
    whoever leaves on the morning after has left when it ends."""
    local = clock.local(at)
    if local.date() == day:
        return local.time().replace(microsecond=0)
    return time.min if local.date() < day else time(23, 59, 59)


def by_the_clock(code: Code, scanned_at: datetime) -> Verdict | None:
    """Hold a scan against the half minute of its code; None when it was made in time."""
    if scanned_at >= code.good_until:
        return Verdict.EXPIRED
    return Verdict.EARLY if scanned_at < code.shown_at else None


def by_the_roster(session: Session, enrolment: Enrolment | None) -> Verdict | None:
    """Hold whoever scanned against the roster; None when it is a session of theirs."""
    if enrolment is None:
        return Verdict.OTHER_CLASS
    if session.shift_group not in ("", enrolment.shift_group):
        return Verdict.OTHER_GROUP
    gone = enrolment.left_on is not None and session.held_on > enrolment.left_on
    not_yet = enrolment.joined_on is not None and session.held_on < enrolment.joined_on
    return Verdict.NOT_THERE if gone or not_yet else None


def by_the_door(code: Code, span: Span, scanned_at: datetime, before: Known | None) -> Verdict | None:
    """Hold a scan against the session's times and what is known of the person in it; None when it may pass."""
    if not span.admits(code.direction, scanned_at):
        return Verdict.CLOSED
    if code.direction is Direction.OUT and (before is None or before.status is not MarkStatus.PRESENT):
        return Verdict.NOT_IN
    return None
