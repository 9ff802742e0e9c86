"""Lays out the sessions of a class: day by day, or in the shift rest of each group. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle

from trainingadmin.attendance.crediting import clock_minutes
from trainingadmin.attendance.models import SessionKind
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal

WEEK = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of the day at which is taught, and by whom."""

    starts_at: time
    ends_at: time
    teacher: str

    @property
    def minutes(self) -> int:
        """The minutes of the clock between both ends."""
        return clock_minutes(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class Planned:
    """A session to be put on the plan; an empty `group` is for everybody."""

    held_on: date
    starts_at: time
    ends_at: time
    course: str
    teacher: str
    kind: SessionKind
    group: str = ""

    @property
    def minutes(self) -> int:
        """The planned minutes."""
        return clock_minutes(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class Hours:
    """What the item asks for, in minutes: theory first, of which `online` is held online, then practice."""

    theory: int
    practice: int
    online: int = 0

    @property
    def all(self) -> int:
        """Everything together."""
        return self.theory + self.practice


def daily(first: date, last: date, weekdays: Iterable[int] = WEEK) -> Iterator[date]:
    """Return the days from `first` to `last`, both included, that fall on these weekdays (Monday is 0)."""
    wanted = frozenset(weekdays)
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        if day.weekday() in wanted:
            yield day


def rests(first: date, last: date, *, on: int, off: int, group: int) -> Iterator[date]:
    """Return a group's rest days: the group numbered 0 rests from `first` on, each next one `off` days later.

    A cycle is `on` days of work and `off` of rest; with more groups than fit into it they share rest days.
    """
    turn = on + off
    for at in range((last - first).days + 1):
        if (at - group * off) % turn < off:
            yield first + timedelta(days=at)


def lay_out(
    days: Iterable[date], slots: Sequence[Slot], hours: Hours, courses: Sequence[str], group: str = ""
) -> list[Planned]:
    """Fill the slots of these days until the item's hours are reached: theory online, theory in class, practice.

    A slot is cut short where what is left of a kind is shorter. Courses are taken in turn, the last one again and
    again. Refusals `slots-missing`, `session-times`, `courses-missing`, `plan-short` when the days do not suffice.
    """
    if not slots:
        raise Refusal("slots-missing", N_("请至少填写一个上课时段。"), field="morning_from")
    if any(slot.minutes <= 0 for slot in slots):
        raise Refusal("session-times", N_("下课时间应晚于上课时间。"), field="morning_to")
    if not courses:
        raise Refusal("courses-missing", N_("请填写课程，每行一次课。"), field="courses")
    left = [
        (SessionKind.ONLINE, hours.online),
        (SessionKind.THEORY, hours.theory - hours.online),
        (SessionKind.PRACTICE, hours.practice),
    ]
    names = _courses(courses)
    laid: list[Planned] = []
    for day, slot in ((day, slot) for day in days for slot in slots):
        left = [(kind, minutes) for kind, minutes in left if minutes > 0]
        if not left:
            break
        kind, minutes = left[0]
        taken = min(minutes, slot.minutes)
        left[0] = (kind, minutes - taken)
        laid.append(_session(day, slot, taken, next(names), kind, group))
    lacking = sum(minutes for _, minutes in left)
    if lacking:
        raise Refusal(
            "plan-short",
            N_("这段时间排不满：还差 %(n)s 分钟。请延长日期、增加上课日或加长时段。"),
            field="last",
            n=lacking,
        )
    return laid


def _courses(courses: Sequence[str]) -> Iterator[str]:
    yield from courses
    yield from cycle(courses[-1:])


def _session(day: date, slot: Slot, minutes: int, course: str, kind: SessionKind, group: str) -> Planned:
    ends = datetime.combine(day, slot.starts_at) + timedelta(minutes=minutes)
    return Planned(day, slot.starts_at, ends.time(), course, slot.teacher, kind, group)


def in_groups(size: int, groups: Sequence[str]) -> list[str]:
    """Return the group of each of `size` people in roster order: blocks as even as they can be."""
    share, more = divmod(size, len(groups))
    return [name for at, name in enumerate(groups) for _ in range(share + (at < more))]
