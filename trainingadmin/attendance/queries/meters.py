"""How far each person of a filing has come by kind of session, and which sessions are still ahead of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Time, and_, bindparam, case, func, literal, or_, select

from trainingadmin.attendance.forecast import Forecast, forecast
from trainingadmin.attendance.models import Mark, PersonMonth, Roll, Session, SessionKind
from trainingadmin.attendance.queries.sums import OWN_GROUP, ended
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db

Statement = Select[*tuple[Any, ...]]
Rows = Sequence[Any]


@dataclass(frozen=True, slots=True)
class KindSum:
    """Minutes of one kind of session: what the plan has of it, and what was earned."""

    kind: SessionKind
    planned_minutes: int
    credited_minutes: int


@dataclass(frozen=True, slots=True)
class Meter:
    """How far one person has come and what is to be expected."""

    kinds: tuple[KindSum, ...]
    forecast: Forecast
    ahead_minutes: int = 0

    @property
    def planned_minutes(self) -> int:
        """The minutes of the whole plan."""
        return sum(one.planned_minutes for one in self.kinds)

    @property
    def credited_minutes(self) -> int:
        """The minutes earned so far."""
        return sum(one.credited_minutes for one in self.kinds)

    @property
    def due_minutes(self) -> int:
        """The minutes of the plan so far: what `Totals` calls due."""
        return self.planned_minutes - self.ahead_minutes


def meters(cohort_ids: Collection[int], percent: int) -> dict[int, Meter]:
    """Return the meter of each person of these filings: three queries whatever their number."""
    these = Enrolment.cohort_id.in_(cohort_ids)
    now = clock.local(clock.now())
    asked = _statements(literal(now.date()), literal(now.time()))
    planned, credited, ahead = (db.session.execute(statement.where(these)).all() for statement in asked)
    return _metered(planned, credited, ahead, percent)


def meter(enrolment_id: int, percent: int) -> Meter | None:
    """Return one person's meter, by statements that are built once; None while nothing is planned."""
    told = {"of_enrolment": enrolment_id}
    planned, credited, ahead = _of_one()
    now = clock.local(clock.now())
    moment = {"today": now.date(), "at": now.time()}
    found = driver.rows(planned, **told), driver.rows(credited, **told), driver.rows(ahead, **told, **moment)
    return _metered(*found, percent).get(enrolment_id)


@cache
def _of_one() -> list[Statement]:
    one = Enrolment.id == bindparam("of_enrolment")
    asked = _statements(bindparam("today", type_=Date), bindparam("at", type_=Time))
    return [statement.where(one) for statement in asked]


def _statements(today: ColumnElement[Any], at: ColumnElement[Any]) -> tuple[Statement, ...]:
    """Return what asks for minutes planned and credited by kind, and for what is to come; of whom is to be said."""
    return _planned(), _credited(), _ahead(today, at)


def _metered(planned_rows: Rows, credited_rows: Rows, ahead_rows: Rows, percent: int) -> dict[int, Meter]:
    planned, credited, ahead = _by_kind(planned_rows), _by_kind(credited_rows), _by_person(ahead_rows)
    found = {}
    for enrolment_id, kinds in planned.items():
        earned = credited.get(enrolment_id, {})
        sums = tuple(KindSum(one, kinds[one], earned.get(one, 0)) for one in SessionKind if one in kinds)
        whole, so_far, left = sum(kinds.values()), sum(earned.values()), ahead.get(enrolment_id, [])
        told = forecast(so_far, whole, left, percent)
        found[enrolment_id] = Meter(sums, told, sum(minutes for _, minutes in left))
    return found


def _planned() -> Statement:
    return (
        select(Enrolment.id, Session.kind, func.sum(Session.planned_minutes))
        .join(Session, and_(Session.cohort_id == Enrolment.cohort_id, OWN_GROUP))
        .group_by(Enrolment.id, Session.kind)
    )


def _credited() -> Statement:
    own = or_(PersonMonth.shift_group == Enrolment.shift_group, PersonMonth.shift_group == "")
    return (
        select(PersonMonth.enrolment_id, PersonMonth.kind, func.sum(PersonMonth.credited_minutes))
        .join(Enrolment, and_(Enrolment.id == PersonMonth.enrolment_id, own))
        .group_by(PersonMonth.enrolment_id, PersonMonth.kind)
    )


def _by_kind(rows: Rows) -> dict[int, dict[SessionKind, int]]:
    found: dict[int, dict[SessionKind, int]] = defaultdict(dict)
    for enrolment_id, kind, minutes in rows:
        found[enrolment_id][kind] = int(minutes or 0)
    return found


def _ahead(today: ColumnElement[Any], at: ColumnElement[Any]) -> Statement:
    """Select the sessions of each person that are not over, in order, with what of them is not credited yet."""
    credited = (
        select(Mark.credited_minutes)
        .join(Roll, Roll.id == Mark.roll_id)
        .where(Roll.session_id == Session.id, Mark.enrolment_id == Enrolment.id)
        .order_by(Roll.id.desc())
        .limit(1)
        .correlate(Session, Enrolment)
        .scalar_subquery()
    )
    earned = case((Session.held_on == today, func.coalesce(credited, 0)), else_=0)
    return (
        select(Enrolment.id, Session.held_on, (Session.planned_minutes - earned).label("minutes"))
        .join(Session, and_(Session.cohort_id == Enrolment.cohort_id, OWN_GROUP))
        .where(~ended(today, at))
        .order_by(Session.held_on, Session.starts_at)
    )


def _by_person(rows: Rows) -> dict[int, list[tuple[date, int]]]:
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for enrolment_id, held_on, minutes in rows:
        if minutes:
            found[enrolment_id].append((held_on, int(minutes)))
    return found
