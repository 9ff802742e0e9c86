"""What only its number makes odd: perfect attendance, certificates by one assessor, short insurances."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from trainingadmin.anomalies.detecting.sighting import Sighting, on
from trainingadmin.anomalies.states import AnomalyKind
from trainingadmin.attendance.models import PersonMonth, Roll, Session
from trainingadmin.attendance.queries import KEPT
from trainingadmin.classes.models import Score
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import Outcome
from trainingadmin.kernel.dates import add_months
from trainingadmin.people.models import Person
from trainingadmin.plumbing.database import db
from trainingadmin.registers.models import RegisterList, RegisterRow
from trainingadmin.registers.states import Register


def perfect_filings(limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See filings in which (nearly) everybody was in every session so far and earned every minute.

    Whoever is not noted in a session of theirs was not in it; of those who came later the sessions since count.
    """
    held, people = _sessions_held(), _attended()
    for cohort_id, rows in people.items():
        cohort, of_group = held.get(cohort_id, (None, Counter[str]()))
        sessions = sum(of_group.values())
        if cohort is None or len(rows) < limits["perfect_people"] or sessions < limits["perfect_sessions"]:
            continue
        perfect = sum(_is_perfect(row, of_group) for row in rows)
        if 100 * perfect >= limits["perfect_percent"] * len(rows):
            facts = {"n": len(rows), "sessions": sessions, "perfect": perfect}
            what, places = f"{cohort.id}", [_cohort(cohort)]
            yield Sighting(AnomalyKind.ALL_PERFECT, what, cohort.office_code, cohort.id, facts, places)


def _is_perfect(row: Any, of_group: Mapping[str, int]) -> bool:
    own = of_group[""] + (of_group[row.shift_group] if row.shift_group else 0)
    return row.missed == 0 and row.lost == 0 and row.present > 0 and (row.joined_on is not None or row.present >= own)


def _attended() -> Mapping[int, list[Any]]:
    """Return, by filing, what everybody who did not leave was noted in: sessions present, missed, minutes lost."""
    sums = {
        "present": PersonMonth.present,
        "missed": PersonMonth.absent + PersonMonth.leave,
        "lost": PersonMonth.planned_minutes - PersonMonth.credited_minutes,
    }
    rows = (
        select(
            Enrolment.cohort_id,
            Enrolment.shift_group,
            Enrolment.joined_on,
            *(func.coalesce(func.sum(one), 0).label(name) for name, one in sums.items()),
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(PersonMonth, PersonMonth.enrolment_id == Enrolment.id)
        .where(Enrolment.left_on.is_(None), Cohort.state.in_(KEPT))
        .group_by(Enrolment.id, Enrolment.cohort_id, Enrolment.shift_group, Enrolment.joined_on)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(rows):
        found[row.cohort_id].append(row)
    return found


def _sessions_held() -> dict[int, tuple[Any, Counter[str]]]:
    """Return the filings in which somebody was noted, each with how many of its sessions that was, by shift group."""
    number = func.count(func.distinct(Session.id)).label("sessions")
    columns = (Cohort.id, Cohort.number, Cohort.title, Cohort.office_code, Session.shift_group)
    rows = (
        select(*columns, number)
        .join(Session, Session.cohort_id == Cohort.id)
        .join(Roll, Roll.session_id == Session.id)
        .where(Cohort.state.in_(KEPT))
        .group_by(*columns)
    )
    found: dict[int, tuple[Any, Counter[str]]] = {}
    for row in db.session.execute(rows):
        found.setdefault(row.id, (row, Counter()))[1][row.shift_group] += row.sessions
    return found


def _cohort(row: Any) -> dict[str, Any]:
    return {"cohort": row.id, "number": row.number, "title": row.title}


def many_certificates(limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See assessors by whose marks more people got certificates in a year than one assessor examines.

    Whoever held the sitting that somebody passed counts; certificates without a recorded assessor count for nobody.
    """
    rows = (
        select(
            Enrolment.id.label("enrolment_id"), Score.assessor, Result.issued_on,
            Cohort.id, Cohort.number, Cohort.title, Cohort.office_code,
        )
        .join(Result, Result.enrolment_id == Enrolment.id)
        .join(Score, Score.enrolment_id == Enrolment.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Result.outcome == Outcome.PASSED, Result.issued_on.is_not(None), Score.passed, Score.assessor != "")
        .order_by(Cohort.id, Score.attempt, Score.id)
    )  # fmt: skip
    passed = {row.enrolment_id: row for row in db.session.execute(rows)}
    years: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in passed.values():
        years[row.assessor, row.issued_on.year].append(row)
    for (assessor, year), found in years.items():
        if len(found) > limits["certificates_a_year"]:
            yield _certified(assessor, year, found, limits["certificates_a_year"])


def _certified(assessor: str, year: int, found: list[Any], limit: int) -> Sighting:
    facts = {"assessor": assessor, "year": year, "n": len(found), "limit": limit}
    each = Counter(row.id for row in found)
    places = [_cohort(row) | {"certificates": each[row.id]} for row in {row.id: row for row in found}.values()]
    last, what = found[-1], f"{assessor}:{year}"
    return Sighting(AnomalyKind.MANY_CERTIFICATES, what, last.office_code, last.id, facts, places)


def insurance_churn(limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See people of a filing whom a list of insurances shows for a few months here and a few there."""
    rows = (
        select(
            RegisterList.id.label("list_id"), RegisterList.as_of, RegisterRow.row, RegisterRow.from_on,
            RegisterRow.to_on, RegisterRow.unit, Enrolment.id.label("enrolment_id"), Enrolment.person_id,
            Cohort.id, Cohort.number, Cohort.title, Cohort.office_code,
        )
        .join(RegisterList, RegisterList.id == RegisterRow.list_id)
        .join(Person, Person.id_number_index == RegisterRow.id_index)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(RegisterList.kind == Register.INSURANCE, RegisterList.imported_at.is_not(None), Cohort.state.in_(KEPT))
        .where(RegisterRow.from_on.is_not(None), RegisterRow.to_on.is_not(None))
        .order_by(RegisterRow.from_on)
    )  # fmt: skip
    spells: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in db.session.execute(rows):
        if row.to_on < add_months(row.from_on, limits["churn_months"]):
            spells[row.list_id, row.enrolment_id].append(row)
    for found in spells.values():
        units = {row.unit for row in found}
        if len(found) >= limits["churn_spells"] and len(units) > 1:
            yield _churn(found, len(units), limits["churn_months"])


def _churn(found: list[Any], units: int, months: int) -> Sighting:
    first = found[0]
    facts = {"as_of": on(first.as_of), "n": len(found), "months": months, "units": units, "list": first.list_id}
    places = [{"unit": row.unit, "day": on(row.from_on), "until": on(row.to_on), "row": row.row} for row in found]
    what = f"{first.enrolment_id}"
    people = {first.enrolment_id: first.person_id}
    return Sighting(AnomalyKind.INSURANCE_CHURN, what, first.office_code, first.id, facts, places, people)
