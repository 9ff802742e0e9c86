"""Marks that were suspect when they were written, and marks of people whom a list of deaths names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, select

from trainingadmin.anomalies.detecting.sighting import Sighting, attended, on, people_of, place
from trainingadmin.anomalies.states import AnomalyKind
from trainingadmin.attendance.crediting import Flag
from trainingadmin.attendance.models import Mark, MarkDoubt, Session
from trainingadmin.attendance.queries import in_sessions
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.people.models import Person
from trainingadmin.plumbing.database import db
from trainingadmin.registers import queries as registers
from trainingadmin.registers.models import RegisterList, RegisterRow
from trainingadmin.registers.queries import Found
from trainingadmin.registers.states import Match, Register

# One time without the other is how people forget; it earns nothing and is corrected in the register.
_OF_ONE = {
    Flag.DURING_SHIFT: AnomalyKind.DURING_SHIFT,
    Flag.OTHER_GROUP: AnomalyKind.OTHER_GROUP,
    Flag.OUTSIDE_HOURS: AnomalyKind.OUTSIDE_HOURS,
}


def odd_marks(_limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See marks during a shift, in another group, outside the hours; and those alike to the second, as one of all."""
    same = and_(MarkDoubt.roll_id == Mark.roll_id, MarkDoubt.enrolment_id == Mark.enrolment_id)
    alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in db.session.execute(attended().join(MarkDoubt, same).add_columns(MarkDoubt.flags)):
        evidence = {Flag(one["code"]): one["evidence"] for one in row.flags}
        if Flag.IDENTICAL_SECONDS in evidence:
            alike[row.session_id, row.in_at, row.out_at].append(row)
        # Whoever signs in during a shift does so in another group's class: one thing, told once.
        found = next((flag for flag in _OF_ONE if flag in evidence), None)
        if found is not None:
            facts = {"own": "", "group": row.shift_group, **_merged(evidence)}
            yield _of_one(_OF_ONE[found], row, facts)
    for rows in alike.values():
        yield _alike(rows)


def _merged(evidence: Mapping[Flag, Mapping[str, str]]) -> dict[str, str]:
    return {name: text for told in evidence.values() for name, text in told.items()}


def _of_one(kind: AnomalyKind, row: Any, facts: dict[str, Any]) -> Sighting:
    what = f"{row.session_id}:{row.enrolment_id}"
    facts |= {"day": on(row.held_on)}
    return Sighting(kind, what, row.office_code, row.cohort_id, facts, [place(row)], people_of([row]))


def _alike(rows: list[Any]) -> Sighting:
    first = rows[0]
    came, left = first.in_at.isoformat(), first.out_at.isoformat()
    facts = {"day": on(first.held_on), "n": len(rows), "came": came, "left": left}
    places = [place(row) for row in sorted(rows, key=lambda row: row.position)]
    what = f"{first.session_id}:{came}:{left}"
    kind = AnomalyKind.IDENTICAL_SECONDS
    return Sighting(kind, what, first.office_code, first.cohort_id, facts, places, people_of(rows))


def after_death(_limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See people who came to class after the day of their death, as an imported list has it and nobody ruled out."""
    died = _deaths()
    if not died:
        return
    enrolled = db.session.execute(
        select(Enrolment.id, Enrolment.cohort_id, Enrolment.person_id).where(Enrolment.person_id.in_(died))
    ).all()
    marks = attended().where(
        in_sessions(Session.cohort_id.in_({row.cohort_id for row in enrolled})),
        Mark.enrolment_id.in_({row.id for row in enrolled}),
    )
    seen: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(marks.order_by(Session.held_on, Session.starts_at)):
        day = died[row.person_id][0].from_on
        if day is not None and row.held_on > day:
            seen[row.enrolment_id].append(row)
    for rows in seen.values():
        yield _dead(rows, *died[rows[0].person_id])


def _deaths() -> dict[int, tuple[Found, Any]]:
    """Return, by person, the line of the newest list of deaths that names them."""
    lists = {
        one.id: one
        for one in db.session.scalars(
            select(RegisterList).where(RegisterList.kind == Register.DEATH, RegisterList.imported_at.is_not(None))
        )
    }
    named = (
        select(Person.id)
        .join(RegisterRow, RegisterRow.id_index == Person.id_number_index)
        .where(RegisterRow.list_id.in_(lists))
    )
    people = set(db.session.scalars(named))
    lines = sorted(registers.about(set(lists), people, []), key=lambda one: one.list_id) if people else []
    return {one.person_id: (one, lists[one.list_id]) for one in lines if one.person_id is not None and _is_so(one)}


def _is_so(line: Found) -> bool:
    if line.ruling is not None:
        return line.ruling.confirmed
    return line.outcome is not Match.CLEAR


def _dead(rows: list[Any], line: Found, sent: Any) -> Sighting:
    first = rows[0]
    assert line.from_on is not None
    facts = {
        "died": on(line.from_on),
        "as_of": on(sent.as_of),
        "row": line.row,
        "n": len(rows),
        "list": sent.id,
        "match": line.row_id,
    }
    places = [place(row) for row in rows]
    what = f"{first.enrolment_id}"
    return Sighting(AnomalyKind.AFTER_DEATH, what, first.office_code, first.cohort_id, facts, places, people_of(rows))
