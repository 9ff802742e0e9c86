"""A session that is on while the demo is made, and one on each day of the week after, for a newcomer to try the door."""

from __future__ import annotations

import secrets as random
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from trainingadmin.attendance import actions as attendance
from trainingadmin.attendance.actions import SessionPlan
from trainingadmin.attendance.models import Session
from trainingadmin.checkins import actions as checkins
from trainingadmin.checkins import screen
from trainingadmin.checkins.actions import Scanned
from trainingadmin.checkins.phones import phone
from trainingadmin.checkins.states import Direction
from trainingadmin.checkins.tokens import Code, window_at
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import CLASS_SCHEME, CohortState
from trainingadmin.demo.bureau import actor
from trainingadmin.kernel.roles import SYSTEM, Role
from trainingadmin.people import actions as accounts
from trainingadmin.people.sessions import as_actor
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

_DAYS = 7
_AGENT = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/110 Mobile MicroMessenger/8.0"
# How many have come, and the last of them with the phone of the one before.
_COME = 5


def class_today() -> None:
    """Plan the sessions of the class in training, and let the first five come to the one that is on."""
    with transaction.unit():
        cohort = class_in_training()
        now = clock.local(clock.now())
        plans = [
            _now_on(now),
            *(_plan(now.date() + timedelta(days=after), time(9), time(12)) for after in range(1, _DAYS)),
        ]
        sessions = [attendance.plan_session(cohort, plan, by=actor("jigou")) for plan in plans]
        roster = people(cohort.id)
        for place in range(_COME):
            _come(
                sessions[0],
                roster[place],
                phone_of=min(place, _COME - 2),
                at=now - timedelta(seconds=9 * (_COME - place)),
            )


def class_in_training() -> Cohort:
    """Return the apprentices who are in training now, those latest filed."""
    today = clock.today()
    running = select(Cohort).where(
        Cohort.scheme != CLASS_SCHEME,
        Cohort.state == CohortState.APPROVED,
        Cohort.starts_on <= today,
        Cohort.ends_on >= today,
    )
    return db.session.scalars(running.order_by(Cohort.id.desc()).limit(1)).one()


def newcomer() -> Enrolment:
    """Return somebody of that class who has not come yet: whom a newcomer can sign in as."""
    return people(class_in_training().id)[_COME]


def _now_on(now: datetime) -> SessionPlan:
    """Return a session that began within the hour and goes on for three, within this day."""
    first = now.hour - 1 if now.hour else 0
    last = time(min(first + 4, 23), 59 if first + 4 > 23 else 0)
    return _plan(now.date(), time(first), last)


def _plan(day: date, starts_at: time, ends_at: time) -> SessionPlan:
    return SessionPlan(day, starts_at, ends_at, "设备维护", "高兴云")


def _come(session: Session, one: Enrolment, *, phone_of: int, at: datetime) -> None:
    account = accounts.open_account(one.person.name, [Role.TRAINEE], person_id=one.person_id, by=SYSTEM)
    code = Code(session.id, Direction.IN, window_at(at), random.token_bytes(4))
    own = phone(f"demo-phone-{phone_of}", "127.0.0.1", _AGENT)
    checkins.scan(Scanned(screen.sealer().seal(code), at.replace(microsecond=0), own), by=as_actor(account))
