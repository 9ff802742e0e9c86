"""A session that is on, its people's phones, and scans of codes, by the product's own actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tests.attendance.stage import planned_session
from tests.client import Browser
from tests.cohorts.rosters import made_up
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from tests.staging import staged
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.checkins import actions, screen
from trainingadmin.checkins.actions import Scanned
from trainingadmin.checkins.models import LateEntry, RollCall, Scan
from trainingadmin.checkins.phones import phone
from trainingadmin.checkins.states import Direction
from trainingadmin.checkins.tokens import Code, window_at
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.people import actions as accounts
from trainingadmin.people import sessions
from trainingadmin.people.models import Account
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.clock import LOCAL
from trainingadmin.plumbing.database import db

ANDROID = "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/80 MicroMessenger/8.0"


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return an instant of the day of the session."""
    return datetime(2020, 8, 10, hour, minute, second, tzinfo=LOCAL)


@staged
def class_of(office: Office, number: int = 6, **changes: Any) -> tuple[Cohort, Session]:
    """A filing in training with a session from nine to twelve on 10 August 2020."""
    cohort = approved_cohort(office, roster=made_up(number, first=5000))
    return cohort, planned_session(office, cohort, **changes)


def trainee(enrolment: Enrolment) -> Actor:
    """The way in of somebody on the roster."""
    found = db.session.query(Account).filter_by(person_id=enrolment.person_id).first()
    if found is None:
        with transaction.unit():
            found = accounts.open_account(
                enrolment.person.name, [Role.TRAINEE], person_id=enrolment.person_id, by=SYSTEM
            )
    return sessions.as_actor(found)


def token(session: Session, shown: datetime, direction: Direction = Direction.IN, nonce: bytes = b"test") -> str:
    """Return the letters of the code that is on the screen at this instant."""
    return screen.sealer().seal(Code(session.id, direction, window_at(shown), nonce))


def scanned(
    session: Session,
    enrolment: Enrolment,
    when: datetime,
    direction: Direction = Direction.IN,
    *,
    device: str | None = None,
    letters: str | None = None,
    address: str = "10.1.2.3",
    **more: Any,
) -> Scan:
    """Let somebody scan what is on the screen at `when`, or `letters`."""
    place = more.pop("place", None)
    by = more.pop("by", None) or trainee(enrolment)
    own = phone(f"phone-{enrolment.id}" if device is None else device, address, ANDROID, place)
    now = more.pop("now", when)
    with clock.at(now), transaction.unit():
        sent = Scanned(letters or token(session, when, direction), when, own, **more)
        return actions.scan(sent, by=by)


def attended(session: Session, people_: list[Enrolment]) -> None:
    """Let everybody come at nine and leave at twelve, five seconds apart."""
    for number, one in enumerate(people_):
        scanned(session, one, at(8, 50, 0) + timedelta(seconds=5 * number))
    for number, one in enumerate(people_):
        scanned(session, one, at(12, 1, 0) + timedelta(seconds=5 * number), Direction.OUT)


@contextmanager
def signed_in(browser: Browser, enrolment: Enrolment, when: datetime) -> Iterator[None]:
    """Let the block live at `when`, with this trainee signed in on the browser."""
    with clock.at(when):
        number = enrolment.person.id_number
        with transaction.unit():
            enrolment.person.phone = "14000007056"
        page = browser.submit(browser.open("/m/sign-in"), "/m/sign-in", id_number=number)
        code = browser.open("/dev/inbox").text.split("验证码是 ")[1][:6]
        browser.submit(page, "/m/sign-in/code", code=code)
        yield


def roster(cohort: Cohort) -> list[Enrolment]:
    """Return the people of a filing."""
    return people(cohort.id)


@staged
def called(office: Office, session: Session, count: int = 2, *, when: datetime | None = None) -> RollCall:
    """A roll-call in the middle of a session in which somebody is."""
    with clock.at(when or at(10)), transaction.unit():
        return actions.call_roll(session, count, 3, by=office.actor("institution"))


@staged
def entered_late(office: Office, session: Session, one: Enrolment, *, login: str = "institution") -> LateEntry:
    """A mark entered three days after the session, with the reason."""
    with clock.at(at(12) + timedelta(days=3)), transaction.unit():
        return actions.enter_late(session, [Entry(one.id, MarkStatus.LEAVE)], "请假条补交", by=office.actor(login))
