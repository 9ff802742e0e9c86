"""What a mark is worth: credited minutes of a session, and what about a sign-in calls for a human look. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from trainingadmin.kernel.labels import N_

PRESENT, ABSENT, LEAVE = "present", "absent", "leave"


@dataclass(frozen=True, slots=True)
class CreditRules:
    """Numbers of the policy version: minutes of a class hour, of grace, whether leave counts, most hours of a day."""

    hour_minutes: int = 45
    late_minutes: int = 15
    leave_counts: bool = False
    day_hours_max: int = 8

    @property
    def day_minutes_max(self) -> int:
        """The most minutes that may be planned for one group on one day."""
        return self.day_hours_max * self.hour_minutes


class Flag(StrEnum):
    """Why a mark is suspect; it still counts for what its times are worth."""

    DURING_SHIFT = "during-shift"
    OTHER_GROUP = "other-group"
    OUTSIDE_HOURS = "outside-hours"
    IDENTICAL_SECONDS = "identical-seconds"
    ONE_TIME_ONLY = "one-time-only"

    @property
    def label(self) -> str:
        """What it says to a person, marked for translation."""
        return _LABELS[self]


_LABELS = {
    Flag.DURING_SHIFT: N_("当班时间签到"),
    Flag.OTHER_GROUP: N_("在别的班组的课上签到，不计课时"),
    Flag.OUTSIDE_HOURS: N_("上课时间以外签到，不计课时"),
    Flag.IDENTICAL_SECONDS: N_("与他人签到、签退时间分秒不差"),
    Flag.ONE_TIME_ONLY: N_("只有签到或只有签退，不计课时"),
}


def credited_minutes(
    status: str,
    in_at: time | None,
    out_at: time | None,
    *,
    starts_at: time,
    ends_at: time,
    planned_minutes: int,
    rules: CreditRules,
) -> int:
    """Return whole minutes of `planned_minutes` that a mark earns (policy §3).

    A teacher's mark without times earns the session whole. Otherwise what was missed of it is taken off: from the
    start to an arrival later than the grace allows, and from a departure to the end. Early arrival and late leaving
    earn nothing, and so do one time without the other, absence, and leave unless it counts.
    """
    if status == LEAVE:
        return planned_minutes if rules.leave_counts else 0
    if status != PRESENT:
        return 0
    if in_at is None and out_at is None:
        return planned_minutes
    if in_at is None or out_at is None or is_outside(in_at, out_at, starts_at, ends_at):
        return 0
    grace = _seconds(starts_at) + 60 * rules.late_minutes
    late = max(0, _seconds(in_at) - _seconds(starts_at)) if _seconds(in_at) > grace else 0
    early = max(0, _seconds(ends_at) - _seconds(out_at))
    return max(0, planned_minutes + -(late + early) // 60)


def is_outside(in_at: time, out_at: time, starts_at: time, ends_at: time) -> bool:
    """Tell whether a stay has no minute in common with the session."""
    return in_at >= ends_at or out_at <= starts_at


def flags_of_times(in_at: time | None, out_at: time | None, *, starts_at: time, ends_at: time) -> tuple[Flag, ...]:
    """Return what the times of one present mark give reason to suspect."""
    if in_at is None and out_at is None:
        return ()
    if in_at is None or out_at is None:
        return (Flag.ONE_TIME_ONLY,)
    return (Flag.OUTSIDE_HOURS,) if is_outside(in_at, out_at, starts_at, ends_at) else ()


def identical_stays(stays: Iterable[tuple[time | None, time | None]]) -> frozenset[tuple[time, time]]:
    """Return the pairs of sign-in and sign-out that more than one person of a session has to the second.

    Times on the full minute are how people write by hand; that they agree says nothing.
    """
    whole = Counter((came, left) for came, left in stays if came and left and (came.second or left.second))
    return frozenset(stay for stay, people in whole.items() if people > 1)


def clock_minutes(starts_at: time, ends_at: time) -> int:
    """Return the whole minutes between two times of a day."""
    day = date(2000, 1, 1)
    return int((datetime.combine(day, ends_at) - datetime.combine(day, starts_at)) / timedelta(minutes=1))


def overlap(one: tuple[time, time], other: tuple[time, time]) -> bool:
    """Tell whether two spans of a day have a minute in common."""
    return one[0] < other[1] and other[0] < one[1]


def most_minutes(day: Iterable[tuple[str, int]]) -> int:
    """Return the most minutes that any group has in (group, minutes) of a day; those of group "" are everybody's."""
    of_group: Counter[str] = Counter()
    for group, minutes in day:
        of_group[group] += minutes
    everybody = of_group.pop("", 0)
    return everybody + max(of_group.values(), default=0)


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
