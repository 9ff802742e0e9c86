"""Reads of classes; `cohorts.queries.visible_to` is the door to their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, time
from typing import Any

from flask import abort
from sqlalchemy import Select, func, or_, select

from trainingadmin.attendance.models import Roll, Session
from trainingadmin.classes.models import Score, TrainingClass
from trainingadmin.classes.states import TOLD
from trainingadmin.cohorts.models import Change, Cohort, Enrolment
from trainingadmin.cohorts.queries import visible_to
from trainingadmin.cohorts.queries.lists import by_state, narrowed
from trainingadmin.cohorts.states import CLASS_SCHEME, ChangeState, CohortState, EnrolmentState
from trainingadmin.courses.models import CatalogueItem
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Organisation, Person
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db, remembered


def training_class(cohort_id: int, *, actor: Actor) -> TrainingClass:
    """Return one visible class or answer 404."""
    seen = visible_to(actor).where(Cohort.id == cohort_id).with_only_columns(Cohort.id)
    found = select(TrainingClass).where(TrainingClass.cohort_id.in_(seen))
    return db.session.scalars(found).unique().one_or_none() or abort(404)


def of(cohort: Cohort) -> TrainingClass:
    """Return the class of a cohort that was found visible before."""
    return db.session.get_one(TrainingClass, cohort.id)


@remembered
def listing(actor: Actor, *, q: str = "", state: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of the list, newest first, narrowed by state and by number, title, item or institution."""
    people = select(func.count()).where(Enrolment.cohort_id == Cohort.id).correlate(Cohort).scalar_subquery()
    seen = (
        visible_to(actor)
        .join(TrainingClass, TrainingClass.cohort_id == Cohort.id)
        .join(CatalogueItem, CatalogueItem.id == TrainingClass.item_id)
        .join(Organisation, Organisation.id == Cohort.institution_id)
        .with_only_columns(
            Cohort.id,
            Cohort.number,
            Cohort.title,
            Organisation.name.label("institution"),
            CatalogueItem.name.label("item"),
            TrainingClass.mode,
            Cohort.starts_on,
            Cohort.ends_on,
            Cohort.filed_on,
            Cohort.state,
            people.label("people"),
        )
    )
    return narrowed(seen, q, state, Cohort.number, Cohort.title, Organisation.name, CatalogueItem.name)


def places(cohort_ids: Collection[int]) -> dict[int, str]:
    """Return where each of these filings is taught that is a class."""
    if not cohort_ids:
        return {}
    held = select(TrainingClass.cohort_id, TrainingClass.place).where(TrainingClass.cohort_id.in_(cohort_ids))
    return dict(db.session.execute(held).all())


def counts(actor: Actor) -> Counter[CohortState]:
    """Count the visible classes by state."""
    return Counter(dict(driver.rows(counted(actor))))


@remembered
def counted(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select each state with the number of visible classes in it."""
    return by_state(visible_to(actor).where(Cohort.scheme == CLASS_SCHEME))


def number_of_classes(office_code: str, year: int) -> int:
    """Return how many classes of a year an office's numbers already count."""
    numbered = select(func.count()).where(Cohort.number.startswith(f"PX{office_code}-{year}-T"))
    return db.session.scalar(numbered) or 0


def sessions(cohort_id: int, first: date | None = None, last: date | None = None) -> list[Session]:
    """Return the sessions of a class, of a span of days where asked, in the order they are held."""
    held = select(Session).where(Session.cohort_id == cohort_id)
    if first and last:
        held = held.where(Session.held_on.between(first, last))
    return list(db.session.scalars(held.order_by(Session.held_on, Session.starts_at, Session.shift_group)))


def unmarked_from(cohort_id: int, day: date) -> list[Session]:
    """Return the sessions from `day` on in which nobody is marked, in the order they are held."""
    marked = select(Roll.id).where(Roll.session_id == Session.id).exists()
    held = select(Session).where(Session.cohort_id == cohort_id, Session.held_on >= day, ~marked)
    return list(db.session.scalars(held.order_by(Session.held_on, Session.starts_at, Session.shift_group)))


def has_marks(session_id: int) -> bool:
    """Whether anybody is marked in a session."""
    return bool(db.session.scalar(select(select(Roll.id).where(Roll.session_id == session_id).exists())))


def next_session(organisation_id: int) -> tuple[Session, str] | None:
    """Return the next session of an institution's running classes from now on, with the class's title."""
    now = clock.local(clock.now())
    ahead = (
        select(Session, Cohort.title)
        .join(Cohort, Cohort.id == Session.cohort_id)
        .where(
            Cohort.scheme == CLASS_SCHEME,
            Cohort.institution_id == organisation_id,
            Cohort.state == CohortState.APPROVED,
            or_(Session.held_on > now.date(), (Session.held_on == now.date()) & (Session.ends_at > now.time())),
        )
        .order_by(Session.held_on, Session.starts_at)
        .limit(1)
    )
    found = db.session.execute(ahead).first()
    return (found[0], found[1]) if found else None


def busy_teachers(cohort_id: int, teachers: Collection[str]) -> list[tuple[str, date, time, str]]:
    """Return (teacher, day, time, other class's number) where a teacher of this class teaches another at once."""
    other = select(Session).subquery()
    clash = (
        select(Session.teacher, Session.held_on, Session.starts_at, Cohort.number)
        .join(other, (other.c.teacher == Session.teacher) & (other.c.held_on == Session.held_on))
        .join(Cohort, Cohort.id == other.c.cohort_id)
        .where(
            Session.cohort_id == cohort_id,
            Session.teacher.in_(teachers),
            other.c.cohort_id != cohort_id,
            other.c.starts_at < Session.ends_at,
            other.c.ends_at > Session.starts_at,
            Cohort.state.in_((CohortState.SUBMITTED, CohortState.ACCEPTED, CohortState.APPROVED)),
        )
        .order_by(Session.held_on, Session.starts_at)
    )
    return [(name, on, at, number) for name, on, at, number in db.session.execute(clash)]


def scores(cohort_id: int) -> dict[int, dict[int, Score]]:
    """Return the marks that count by enrolment and attempt: of one sitting the latest row."""
    marked = select(Score).join(Enrolment, Enrolment.id == Score.enrolment_id).where(Enrolment.cohort_id == cohort_id)
    found: dict[int, dict[int, Score]] = {}
    for score in db.session.scalars(marked.order_by(Score.id)):
        found.setdefault(score.enrolment_id, {})[score.attempt] = score
    return found


def last_of(sittings: dict[int, Score] | None) -> Score | None:
    """Return the marks of the last sitting: a retake stands in place of the one before it."""
    return sittings[max(sittings)] if sittings else None


def news(person_id: int, limit: int = 3) -> list[tuple[Change, str]]:
    """Return the latest changes that everybody of a person's running classes was told of, with the class's title."""
    mine = select(Enrolment.cohort_id).where(Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.ACTIVE)
    told = (
        select(Change, Cohort.title)
        .join(Cohort, Cohort.id == Change.cohort_id)
        .where(
            Cohort.scheme == CLASS_SCHEME,
            Cohort.state == CohortState.APPROVED,
            Cohort.id.in_(mine),
            Change.state == ChangeState.APPROVED,
            Change.kind.in_(TOLD),
        )
        .order_by(Change.decided_at.desc())
        .limit(limit)
    )
    return [(change, title) for change, title in db.session.execute(told)]


def phones(cohort_id: int, group: str = "") -> list[tuple[int, str]]:
    """Return (person, phone) of those in training, of one shift group where named, who have a phone on record."""
    reached = (
        select(Person.id, Person.phone)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.state == EnrolmentState.ACTIVE, Person.phone.is_not(None))
        .order_by(Enrolment.position)
    )
    if group:
        reached = reached.where(Enrolment.shift_group == group)
    return [(person_id, phone) for person_id, phone in db.session.execute(reached) if phone]
