"""Roll-calls and late entries of a session, and those that wait for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import selectinload

from trainingadmin.attendance.models import Session
from trainingadmin.checkins.models import HandMark, LateEntry, LateStep, RollCall, RollCallAnswer
from trainingadmin.checkins.states import LateState
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people, visible_to
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing.database import db, one_or_404, remembered


def noted_before(client_id: str) -> HandMark | None:
    """Return what was noted by hand under this id before."""
    return db.session.scalars(select(HandMark).where(HandMark.client_id == client_id)).one_or_none()


def open_call(session_id: int, now: datetime) -> RollCall | None:
    """Return the roll-call of a session that is not over yet."""
    running = select(RollCall).where(RollCall.session_id == session_id, RollCall.ends_at > now)
    return db.session.scalars(running.order_by(RollCall.id.desc()).limit(1)).first()


def calls_of(session_id: int) -> list[RollCall]:
    """Return the roll-calls of a session, the latest first."""
    return list(
        db.session.scalars(select(RollCall).where(RollCall.session_id == session_id).order_by(RollCall.id.desc()))
    )


def call_in(session_id: int, call_id: int) -> RollCall:
    """Return one roll-call of a session that was found visible before, or answer 404."""
    return one_or_404(select(RollCall).where(RollCall.session_id == session_id, RollCall.id == call_id))


def answer_in(call_id: int, enrolment_id: int) -> RollCallAnswer | None:
    """Return how one who was drawn turned out, once that is known."""
    said = select(RollCallAnswer).where(
        RollCallAnswer.roll_call_id == call_id, RollCallAnswer.enrolment_id == enrolment_id
    )
    return db.session.scalars(said).one_or_none()


@dataclass(frozen=True, slots=True)
class Called:
    """A roll-call with those who were drawn, each with their answer or None."""

    call: RollCall
    people: list[tuple[Enrolment, RollCallAnswer | None]]

    @property
    def waiting(self) -> int:
        """How many have not turned out yet."""
        return sum(answer is None for _, answer in self.people)


def called(call: RollCall) -> Called:
    """Return a roll-call with everybody who was drawn, in the order they were drawn; two queries."""
    said: Mapping[int, RollCallAnswer] = {
        one.enrolment_id: one
        for one in db.session.scalars(select(RollCallAnswer).where(RollCallAnswer.roll_call_id == call.id))
    }
    drawn = {one.id: one for one in people(call.session.cohort_id, among=call.drawn)}
    return Called(call, [(drawn[id_], said.get(id_)) for id_ in call.drawn if id_ in drawn])


def waiting_call(person_id: int, now: datetime) -> tuple[RollCall, int] | None:
    """Return the roll-call that waits for this person to confirm, with their enrolment's id."""
    mine = (
        select(RollCall, Enrolment.id)
        .join(Session, Session.id == RollCall.session_id)
        .join(Enrolment, Enrolment.cohort_id == Session.cohort_id)
        .where(Enrolment.person_id == person_id, RollCall.ends_at > now)
        .where(~exists().where(RollCallAnswer.roll_call_id == RollCall.id, RollCallAnswer.enrolment_id == Enrolment.id))
        .order_by(RollCall.id.desc())
    )
    return next(((call, id_) for call, id_ in db.session.execute(mine) if id_ in call.drawn), None)


def drawn_in(call_id: int, person_id: int) -> tuple[RollCall, int]:
    """Return a roll-call in which this person was drawn, with their enrolment's id, or answer 404."""
    call = one_or_404(select(RollCall).where(RollCall.id == call_id))
    mine = select(Enrolment).where(
        Enrolment.cohort_id == call.session.cohort_id, Enrolment.person_id == person_id, Enrolment.id.in_(call.drawn)
    )
    return call, one_or_404(mine).id


def late_entries(session_id: int) -> list[LateEntry]:
    """Return what was entered late in a session, the latest first, with who entered and decided it."""
    entered = select(LateEntry).where(LateEntry.session_id == session_id).options(selectinload(LateEntry.steps))
    return list(db.session.scalars(entered.order_by(LateEntry.id.desc())))


def late_entry(session_id: int, entry_id: int) -> LateEntry:
    """Return one late entry of a session that was found visible before, or answer 404."""
    return one_or_404(select(LateEntry).where(LateEntry.session_id == session_id, LateEntry.id == entry_id))


def waiting(actor: Actor, most: int = 50) -> list[Any]:
    """Return the late entries that `actor` may see and that wait for a second person, the oldest first."""
    return list(db.session.execute(_waiting_entries(actor).limit(most)).all())


@remembered
def counted_waiting(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the number of late entries that wait for `actor`: others' alone, to operators those of their own sessions."""
    others = _waiting_entries(actor).where(LateStep.human != actor.human).order_by(None)
    if not actor.is_staff:
        own = actor.organisation_id
        others = others.where(or_(Cohort.operator_id == own, Cohort.institution_id == own))
    return select(func.count()).select_from(others.subquery())


@remembered
def _waiting_entries(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible_to(actor)
        .join(Session, Session.cohort_id == Cohort.id)
        .join(LateEntry, LateEntry.session_id == Session.id)
        .join(LateStep, (LateStep.late_entry_id == LateEntry.id) & (LateStep.move == "enter"))
        .where(LateEntry.state == LateState.WAITING)
        .with_only_columns(
            LateEntry.id,
            Session.id.label("session_id"),
            Session.cohort_id,
            Session.held_on,
            Session.course,
            Cohort.title,
            LateEntry.reason,
            LateStep.name,
            LateStep.at,
        )
        .order_by(LateEntry.id)
    )
