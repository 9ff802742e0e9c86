"""Reads of anomalies; `visible_to` is the only door to their rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from trainingadmin.anomalies.models import Anomaly, AnomalyLimits, AnomalyPerson, AnomalySearch
from trainingadmin.anomalies.states import LIMITS, AnomalyKind, AnomalyState
from trainingadmin.attendance.models import Roll
from trainingadmin.checkins.models import Scan
from trainingadmin.classes.models import Score
from trainingadmin.cohorts.models import Change, Cohort, CohortStep, Enrolment, Result
from trainingadmin.cohorts.states import Outcome
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Account, Person
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, one_or_404, remembered
from trainingadmin.registers.models import RegisterList, Ruling


def visible_to(actor: Actor) -> Select[Anomaly]:
    """Select what `actor` may see: staff their district's; operators none, they are whom it may be about."""
    return select(Anomaly).where(office_filter(Anomaly.office_code, actor))


def anomaly(anomaly_id: int, *, actor: Actor) -> Anomaly:
    """Return one visible anomaly or answer 404."""
    return one_or_404(visible_to(actor).where(Anomaly.id == anomaly_id).options(joinedload(Anomaly.cohort)))


def listing(actor: Actor, *, kind: str = "", state: str = "", q: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of the list, the undecided and latest first, narrowed by kind, state, filing or person."""
    rows = (
        visible_to(actor)
        .join(Cohort, Cohort.id == Anomaly.cohort_id)
        .with_only_columns(
            Anomaly.id,
            Anomaly.kind,
            Anomaly.state,
            Anomaly.evidence,
            Anomaly.first_seen_at,
            Cohort.id.label("cohort_id"),
            Cohort.number,
            Cohort.title,
            Cohort.scheme,
        )
    )
    if kind in set(AnomalyKind):
        rows = rows.where(Anomaly.kind == AnomalyKind(kind))
    if state in set(AnomalyState):
        rows = rows.where(Anomaly.state == AnomalyState(state))
    if q:
        named = exists().where(
            AnomalyPerson.anomaly_id == Anomaly.id,
            Person.id == AnomalyPerson.person_id,
            Person.name.contains(q, autoescape=True),
        )
        fields = (Cohort.number, Cohort.title)
        rows = rows.where(or_(named, *(field.icontains(q, autoescape=True) for field in fields)))
    return rows.order_by(Anomaly.state != AnomalyState.OPEN, Anomaly.id.desc())


def names(anomaly_ids: Collection[int]) -> dict[int, list[str]]:
    """Return whom each of these anomalies names, in the order of their roster."""
    rows = (
        select(AnomalyPerson.anomaly_id, Person.name)
        .join(Person, Person.id == AnomalyPerson.person_id)
        .join(Enrolment, Enrolment.id == AnomalyPerson.enrolment_id)
        .where(AnomalyPerson.anomaly_id.in_(anomaly_ids))
        .order_by(Enrolment.cohort_id, Enrolment.position)
    )
    found: dict[int, list[str]] = {}
    for anomaly_id, name in db.session.execute(rows):
        if name not in found.setdefault(anomaly_id, []):
            found[anomaly_id].append(name)
    return found


def people(anomaly_id: int) -> list[Any]:
    """Return whom an anomaly names: enrolment, filing and its scheme, number on the roster, name, ID number and its index."""
    of_enrolment = (Enrolment.id, Enrolment.cohort_id, Cohort.scheme, Enrolment.position)
    rows = (
        select(*of_enrolment, Person.name, Person.id_number, Person.id_number_index)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(AnomalyPerson, AnomalyPerson.enrolment_id == Enrolment.id)
        .join(Person, Person.id == AnomalyPerson.person_id)
        .where(AnomalyPerson.anomaly_id == anomaly_id)
        .order_by(Enrolment.cohort_id, Enrolment.position)
    )
    return list(db.session.execute(rows))


def counts(actor: Actor) -> dict[AnomalyState, int]:
    """Count the anomalies one may see, by state."""
    return dict(driver.rows(counted(actor)))


@remembered
def counted(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select each state with the number of visible anomalies in it."""
    return visible_to(actor).with_only_columns(Anomaly.state, func.count()).group_by(Anomaly.state)


UNSETTLED = (AnomalyState.OPEN, AnomalyState.REFERRED, AnomalyState.CONFIRMED)


def about(actor: Actor, cohort_id: int, enrolment_ids: Collection[int] | None = None) -> list[Any]:
    """Return what is not cleared about a filing, or about some of its people: id, kind, state, evidence."""
    of_people = select(AnomalyPerson.anomaly_id).join(Enrolment, Enrolment.id == AnomalyPerson.enrolment_id)
    if enrolment_ids is None:
        meant = or_(Anomaly.cohort_id == cohort_id, Anomaly.id.in_(of_people.where(Enrolment.cohort_id == cohort_id)))
    else:
        meant = Anomaly.id.in_(of_people.where(Enrolment.id.in_(enrolment_ids)))
    seen = visible_to(actor).where(Anomaly.state.in_(UNSETTLED), meant)
    columns = (Anomaly.id, Anomaly.kind, Anomaly.state, Anomaly.evidence)
    return list(db.session.execute(seen.with_only_columns(*columns).order_by(Anomaly.id)))


def limits() -> dict[str, int]:
    """Return the limits in force: what was set last, the defaults for the rest."""
    latest = db.session.scalars(select(AnomalyLimits).order_by(AnomalyLimits.id.desc()).limit(1)).first()
    return {**LIMITS, **(latest.limits if latest else {})}


def limits_set(limit: int = 20) -> list[Any]:
    """Return who set the limits, when and why, the latest first."""
    rows = select(AnomalyLimits.limits, AnomalyLimits.reason, AnomalyLimits.at, Account.name).join(
        Account, Account.id == AnomalyLimits.account_id
    )
    return list(db.session.execute(rows.order_by(AnomalyLimits.id.desc()).limit(limit)))


def newest() -> dict[str, int]:
    """Return how far everything goes by which an anomaly can come up: what was written last, and how many there are."""
    told = {
        "marks": func.max(Roll.id),
        "scans": func.max(Scan.id),
        "scores": func.max(Score.id),
        "rulings": func.max(Ruling.id),
        "limits": func.max(AnomalyLimits.id),
        "results": func.count(Result.enrolment_id),
        "filings": func.max(CohortStep.id),
        "changes": func.max(Change.id),
    }
    found = {name: db.session.scalar(select(one)) or 0 for name, one in told.items()}
    lists = select(func.count()).where(RegisterList.imported_at.is_not(None))
    return found | {"lists": db.session.scalar(lists) or 0}


def searched() -> dict[str, int] | None:
    """Return how far it went at the last search; None before the first."""
    last = db.session.scalars(select(AnomalySearch).order_by(AnomalySearch.id.desc()).limit(1)).first()
    return last.seen if last else None


def without_assessor() -> int:
    """Count the certificates of people whose assessor is not recorded: other bodies examined them."""
    examined = exists().where(Score.enrolment_id == Result.enrolment_id, Score.passed)
    counted = select(func.count()).where(Result.outcome == Outcome.PASSED, Result.issued_on.is_not(None), ~examined)
    return db.session.scalar(counted) or 0


def known_keys() -> set[str]:
    """Return the keys of all anomalies."""
    return set(db.session.scalars(select(Anomaly.key)))


def undecided() -> dict[str, Anomaly]:
    """Return, by key, the anomalies that nobody has looked at yet."""
    waiting = select(Anomaly).where(Anomaly.state == AnomalyState.OPEN).options(lazyload("*"))
    return {one.key: one for one in db.session.scalars(waiting)}
