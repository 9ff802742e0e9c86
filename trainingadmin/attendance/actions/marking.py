"""The one door for marks: whatever notes people in sessions writes here, and the sums of each month with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple

from trainingadmin.attendance import queries
from trainingadmin.attendance.actions.holding import to_write
from trainingadmin.attendance.models import (
    CohortMonth,
    Mark,
    MarkDoubt,
    MarkSource,
    MarkStatus,
    PersonMonth,
    Roll,
    SessionKind,
)
from trainingadmin.attendance.queries import Known, Worth
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.bulk import add_up, bulk_insert, bulk_insert_ids, copy_rows

_MARK = ("roll_id", "enrolment_id", "session_id", "in_at", "out_at", "status", "credited_minutes")
_SUMS = ("present", "absent", "leave", "planned_minutes", "credited_minutes", "leave_minutes")
_PLACE_OF = {MarkStatus.PRESENT: 0, MarkStatus.ABSENT: 1, MarkStatus.LEAVE: 2}


class Noted(NamedTuple):
    """What is noted of one person in one session, with what it is worth; `flags` as `evidence.flagged` keeps them."""

    session_id: int
    enrolment_id: int
    status: MarkStatus
    credited_minutes: int
    source: MarkSource
    in_at: time | None = None
    out_at: time | None = None
    flags: Sequence[Mapping[str, Any]] = ()


def write_marks(
    cohort: Cohort, noted: Sequence[Noted], *, by: Actor, reason: str = "", upload_id: int | None = None
) -> None:
    """Write marks in sessions of one filing, a roll for each session and source, and keep the sums of the months.

    Each person at most once in a session; the mark is from now on the effective one, so what the one before was
    worth leaves the sums as this one enters them. Refusals of `to_write`.
    """
    to_write(cohort)
    if len({(one.session_id, one.enrolment_id) for one in noted}) < len(noted):
        raise ValueError("a person is noted once in a session")
    if noted:
        _enter(cohort.id, noted, _Act(by.id, reason, upload_id))


@dataclass(frozen=True, slots=True)
class _Act:
    account_id: int
    reason: str
    upload_id: int | None


def _enter(cohort_id: int, noted: Sequence[Noted], act: _Act) -> None:
    changes = _changes(noted)
    rolls = _open_rolls(noted, act)
    copy_rows(Mark, _MARK, [_row(one, rolls) for one in noted])
    doubts = [one for one in noted if one.flags]
    bulk_insert(MarkDoubt, [_doubt(one, rolls) for one in doubts])
    _add_sums(cohort_id, changes)


def _open_rolls(noted: Iterable[Noted], act: _Act) -> dict[tuple[int, MarkSource], int]:
    wanted = sorted({(one.session_id, one.source) for one in noted})
    shared = {"reason": act.reason, "upload_id": act.upload_id, "account_id": act.account_id, "at": clock.now()}
    rows = [{"session_id": session_id, "source": source, **shared} for session_id, source in wanted]
    return dict(zip(wanted, bulk_insert_ids(Roll, rows), strict=True))


def _row(one: Noted, rolls: Mapping[tuple[int, MarkSource], int]) -> tuple[Any, ...]:
    session_id, enrolment_id, status, credited, source, in_at, out_at, _ = one
    return rolls[session_id, source], enrolment_id, session_id, in_at, out_at, status, credited


def _doubt(one: Noted, rolls: Mapping[tuple[int, MarkSource], int]) -> dict[str, Any]:
    return {
        "roll_id": rolls[one.session_id, one.source],
        "enrolment_id": one.enrolment_id,
        "flags": [dict(flag) for flag in one.flags],
    }


_Place = tuple[date, SessionKind, str]
_Changes = Mapping[_Place, Mapping[int, list[int]]]


def _changes(noted: Sequence[Noted]) -> _Changes:
    """Return by how much each person's sums change, by month, kind and group; before the marks are written."""
    changes: dict[_Place, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * len(_SUMS)))
    sessions = {
        session_id: (changes[place.month, place.kind, place.shift_group], place.planned_minutes)
        for session_id, place in queries.places({one.session_id for one in noted}).items()
    }
    _count(noted, sessions, 1)
    _count(_superseded(noted), sessions, -1)
    return changes


def _superseded(noted: Sequence[Noted]) -> Sequence[Known | Worth]:
    """Return the marks that were effective. Of one person alone it is asked for alone: a whole class comes one by one."""
    if len(noted) == 1:
        before = queries.known_of(noted[0].session_id, noted[0].enrolment_id)
        return [before] if before else []
    known = queries.worth({one.session_id for one in noted})
    if not known:
        return []
    again = {(one.session_id, one.enrolment_id) for one in noted}
    return [one for one in known if (one.session_id, one.enrolment_id) in again]


def _count(
    marks: Iterable[Noted | Known | Worth], sessions: Mapping[int, tuple[dict[int, list[int]], int]], sign: int
) -> None:
    for one in marks:
        people, planned = sessions[one.session_id]
        sums = people[one.enrolment_id]
        sums[_PLACE_OF[one.status]] += sign
        sums[3] += sign * planned
        sums[4] += sign * one.credited_minutes
        if one.status is MarkStatus.LEAVE:
            sums[5] += sign * planned


def _add_sums(cohort_id: int, changes: _Changes) -> None:
    people: list[tuple[Any, ...]] = []
    of_cohort: dict[tuple[date, SessionKind], list[list[int]]] = defaultdict(list)
    for (month, kind, group), of_people in changes.items():
        people += [(enrolment_id, month, kind, group, *sums) for enrolment_id, sums in of_people.items()]
        of_cohort[month, kind] += of_people.values()
    add_up(PersonMonth, ("enrolment_id", "month", "kind", "shift_group", *_SUMS), people)
    whole = [(cohort_id, *key, *map(sum, zip(*parts, strict=True))) for key, parts in of_cohort.items()]
    add_up(CohortMonth, ("cohort_id", "month", "kind", *_SUMS), whole)
