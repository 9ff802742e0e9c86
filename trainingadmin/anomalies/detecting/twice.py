"""What is in two filings at once: people, teachers, whole rosters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import time
from itertools import combinations
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from trainingadmin.anomalies.detecting.sighting import Sighting, attended, on, place, shared_minutes
from trainingadmin.anomalies.states import AnomalyKind
from trainingadmin.attendance.models import Mark, Roll, Session
from trainingadmin.attendance.queries import KEPT, in_sessions
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.plumbing.database import db


def people_in_two_places(_limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See people who were in class in two filings at the same time: by their own times, else by the session's."""
    twice = (
        select(Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.state.in_(KEPT))
        .group_by(Enrolment.person_id)
        .having(func.count() > 1)
    )
    enrolled = db.session.execute(select(Enrolment.id, Enrolment.cohort_id).where(Enrolment.person_id.in_(twice))).all()
    cohorts, ids = {row.cohort_id for row in enrolled}, {row.id for row in enrolled}
    marks = attended().where(in_sessions(Session.cohort_id.in_(cohorts)), Mark.enrolment_id.in_(ids))
    days: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in db.session.execute(marks) if enrolled else ():
        days[row.person_id, row.held_on].append(row)
    for rows in days.values():
        for one, other in combinations(rows, 2):
            minutes = shared_minutes(_stay(one), _stay(other))
            if one.cohort_id != other.cohort_id and minutes >= 0:
                yield _both(one, other, minutes)


def _stay(row: Any) -> tuple[time, time]:
    if row.in_at and row.out_at:
        return row.in_at, row.out_at
    return row.starts_at, row.ends_at


def _both(one: Any, other: Any, minutes: int) -> Sighting:
    first, second = sorted((one, other), key=lambda row: row.session_id)
    what = f"{first.person_id}:{first.session_id}:{second.session_id}"
    facts = {"day": on(first.held_on), "minutes": minutes}
    people = {row.enrolment_id: row.person_id for row in (first, second)}
    places = [place(first), place(second)]
    return Sighting(AnomalyKind.TWO_PLACES, what, second.office_code, second.cohort_id, facts, places, people)


def teachers_in_two_places(_limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See teachers of one name who held two filings' classes at the same time; only of sessions somebody was noted in."""
    one, other = aliased(Session), aliased(Session)
    held = exists().where(Roll.session_id == one.id)
    also = exists().where(Roll.session_id == other.id)
    pairs = (
        select(one.id, other.id)
        .join(other, (other.held_on == one.held_on) & (other.teacher == one.teacher) & (other.id > one.id))
        .where(one.teacher != "", one.cohort_id != other.cohort_id, held, also)
        .where(one.starts_at < other.ends_at, other.starts_at < one.ends_at)
    )
    found = [tuple(pair) for pair in db.session.execute(pairs)]
    sessions = _sessions({id_ for pair in found for id_ in pair})
    together: dict[tuple[Any, ...], list[tuple[Any, Any]]] = defaultdict(list)
    for first, second in found:
        if first in sessions and second in sessions:
            one_, other_ = sessions[first], sessions[second]
            filings = tuple(sorted((one_.cohort_id, other_.cohort_id)))
            together[one_.teacher, filings].append((one_, other_))
    for (teacher, (first_filing, second_filing)), twice in together.items():
        yield _taught(f"{teacher}:{first_filing}:{second_filing}", sorted(twice, key=lambda both: both[0].held_on))


def _sessions(ids: set[int]) -> dict[int, Any]:
    columns = (Session.held_on, Session.starts_at, Session.ends_at, Session.course, Session.teacher)
    of_cohort = (Cohort.id.label("cohort_id"), Cohort.number, Cohort.title, Cohort.office_code)
    rows = select(Session.id.label("session_id"), *columns, *of_cohort).join(Cohort, Cohort.id == Session.cohort_id)
    return {row.session_id: row for row in db.session.execute(rows.where(Session.id.in_(ids), Cohort.state.in_(KEPT)))}


def _taught(what: str, twice: list[tuple[Any, Any]]) -> Sighting:
    first, last = twice[0][0], twice[0][1]
    facts = {"teacher": first.teacher, "day": on(first.held_on), "n": len(twice)}
    places = [place(row, person=False) for both in twice for row in both]
    return Sighting(AnomalyKind.TEACHER_TWO_PLACES, what, last.office_code, last.cohort_id, facts, places)


def copied_rosters(limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See two filings that have much of one roster: from a number of people, and a share of the smaller one."""
    one, other = aliased(Enrolment), aliased(Enrolment)
    shared = (
        select(one.cohort_id, other.cohort_id, func.count())
        .join(other, (other.person_id == one.person_id) & (other.cohort_id > one.cohort_id))
        .group_by(one.cohort_id, other.cohort_id)
        .having(func.count() >= limits["copied_people"])
    )
    pairs = [tuple(pair) for pair in db.session.execute(shared)]
    cohorts = _cohorts({id_ for first, second, _ in pairs for id_ in (first, second)})
    for first, second, number in pairs:
        if first not in cohorts or second not in cohorts:
            continue
        of = min(cohorts[first].people, cohorts[second].people)
        if 100 * number >= limits["copied_percent"] * of:
            yield _copied(cohorts[first], cohorts[second], number, of)


def _cohorts(ids: set[int]) -> dict[int, Any]:
    people = select(func.count()).where(Enrolment.cohort_id == Cohort.id).correlate(Cohort).scalar_subquery()
    columns = (Cohort.id, Cohort.number, Cohort.title, Cohort.office_code, people.label("people"))
    rows = select(*columns).where(Cohort.id.in_(ids), Cohort.state.in_(KEPT))
    return {row.id: row for row in db.session.execute(rows)}


def _copied(one: Any, other: Any, number: int, of: int) -> Sighting:
    facts = {"n": number, "of": of, "percent": 100 * number // of}
    places = [
        {"cohort": row.id, "number": row.number, "title": row.title, "people": row.people} for row in (one, other)
    ]
    mine, theirs = aliased(Enrolment), aliased(Enrolment)
    both = (
        select(theirs.id, theirs.person_id)
        .join(mine, mine.person_id == theirs.person_id)
        .where(mine.cohort_id == one.id, theirs.cohort_id == other.id)
    )
    people = {row.id: row.person_id for row in db.session.execute(both)}
    what = f"{one.id}:{other.id}"
    return Sighting(AnomalyKind.COPIED_ROSTER, what, other.office_code, other.id, facts, places, people)
