"""The official form (考勤表): a month a page, days over their periods, a sign for each person; for a file and for paper. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from trainingadmin.attendance.grid import SIGNS, Heading, Person
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets.forms import FormPage

_PERIODS = ((time(12), N_("上午")), (time(18), N_("下午")))
_EVENING = N_("晚上")
_NOT_THEIRS, _CAME = "—", "present"
_LEGEND = N_("√ 到 × 缺勤 假 请假")
_Slot = tuple[date, str]


@dataclass(frozen=True, slots=True)
class Papers:
    """What the head of the form says."""

    title: str
    lines: Sequence[str]


def pages(
    people: Sequence[Person],
    sessions: Iterable[Heading],
    marks: Mapping[tuple[int, int], str],
    papers: Papers,
    *,
    foot: Sequence[str] = (),
    translate: Callable[[str], str] = str,
) -> list[FormPage]:
    """Return a page for each month with class; `marks` gives the status by (session, enrolment)."""
    months: dict[date, dict[_Slot, list[Heading]]] = defaultdict(lambda: defaultdict(list))
    for one in sessions:
        months[one.held_on.replace(day=1)][one.held_on, period(one.starts_at)].append(one)
    return [
        FormPage(
            f"{month:%Y-%m}",
            papers.title,
            papers.lines,
            (translate(N_("序号")), translate(N_("姓名"))),
            _days(slots, translate),
            (translate(N_("实到次数")),),
            [_row(one, slots, marks, translate) for one in people],
            (translate(_LEGEND), *foot),
        )
        for month, slots in sorted(months.items())
    ]


def period(starts_at: time) -> str:
    """Return the period of the day in which a session begins, to be translated."""
    return next((name for until, name in _PERIODS if starts_at < until), _EVENING)


def _days(slots: Mapping[_Slot, object], translate: Callable[[str], str]) -> list[tuple[str, list[str]]]:
    days: dict[date, list[str]] = defaultdict(list)
    for day, name in _in_order(slots):
        days[day].append(translate(name))
    return [(f"{day.month}月{day.day}日", parts) for day, parts in days.items()]


def _in_order(slots: Iterable[_Slot]) -> list[_Slot]:
    order = [*(name for _, name in _PERIODS), _EVENING]
    return sorted(slots, key=lambda slot: (slot[0], order.index(slot[1])))


def _row(
    one: Person,
    slots: Mapping[_Slot, Sequence[Heading]],
    marks: Mapping[tuple[int, int], str],
    translate: Callable[[str], str],
) -> list[str | int]:
    signs = [_sign(one, slots[slot], marks, translate) for slot in _in_order(slots)]
    came = sum(marks.get((held.id, one.id)) == _CAME for slot in slots.values() for held in slot)
    return [one.position, one.name, *signs, came]


def _sign(
    one: Person,
    held: Sequence[Heading],
    marks: Mapping[tuple[int, int], str],
    translate: Callable[[str], str],
) -> str:
    own = [session for session in held if session.group in ("", one.group) or (session.id, one.id) in marks]
    if not own:
        return _NOT_THEIRS
    return "".join(translate(SIGNS[marks[session.id, one.id]]) for session in own if (session.id, one.id) in marks)
