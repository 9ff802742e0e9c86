"""Whole classes that check in within seconds, over real HTTP, each person twice at once; and what that left behind."""

from __future__ import annotations

import http.client
import random
import re
import secrets
import statistics
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import time as of_day
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import func, select

from tests.factories import Office
from tests.payments.stage import approved_cohort, enrolments
from trainingadmin.attendance.models import Mark, PersonMonth, Session
from trainingadmin.checkins import screen
from trainingadmin.checkins.models import Scan
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.checkins.tokens import Code, window_at
from trainingadmin.kernel.roles import SYSTEM, Role
from trainingadmin.people import actions as accounts
from trainingadmin.people import sessions
from trainingadmin.people.models import SignIn
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

_BEFORE_MIDNIGHT = timedelta(minutes=20)
_HIDDEN = re.compile(
    r'name="(csrf_token|_key|receipt)"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="(csrf_token|_key|receipt)"'
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone that is signed in, and the session they belong in."""

    enrolment_id: int
    session_id: int
    cookie: str


@dataclass(slots=True)
class Outcome:
    """What a rush took and left: the answers' statuses, seconds of each check-in, and what is wrong with the rows."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    took: float = 0.0
    lost: int = 0
    doubled: int = 0

    def percentile(self, part: int) -> float:
        """Return the seconds within which `part` of a hundred check-ins were answered."""
        return statistics.quantiles(self.seconds, n=100)[part - 1]


def classes(office: Office, number: int, size: int) -> list[Person]:
    """Make classes of one size, each with a session that is on now and everybody signed in.

    Short of midnight it is tomorrow's session, whose door is open already: today's would end under the rush.
    """
    found: list[Person] = []
    day = clock.local(clock.now() + _BEFORE_MIDNIGHT).date()
    for _ in range(number):
        cohort = approved_cohort(office, size)
        with transaction.unit():
            session = Session(
                cohort_id=cohort.id, shift_group="", held_on=day, starts_at=of_day(0, 0), ends_at=of_day(23, 59, 59),
                course="绿茶加工", teacher="高兴云", planned_minutes=360,
            )  # fmt: skip
            db.session.add(session)
            db.session.flush()
            found += [Person(one.id, session.id, _signed_in(one.person_id)) for one in enrolments(cohort)]
    return found


def _signed_in(person_id: int) -> str:
    account = accounts.open_account("学员", [Role.TRAINEE], person_id=person_id, by=SYSTEM)
    cookie, now = secrets.token_urlsafe(32), clock.now()
    db.session.add(SignIn(token_hash=sessions._hash(cookie), account_id=account.id, started_at=now, seen_at=now))
    return cookie


def rush(app: Flask, url: str, people: Sequence[Person], *, within: timedelta, same_code: bool = True) -> Outcome:
    """Let everybody check in at a moment of their own within this time, each sending their form twice at once.

    `same_code` False sends the second form under another showing of the code: then the scan is kept twice, and the
    count must notice.
    """
    outcome, chance, begun = Outcome(), random.Random(20), time.monotonic()
    gate = threading.Lock()

    def come(person: Person, after: float) -> None:
        time.sleep(max(0.0, begun + after - time.monotonic()))
        statuses, seconds = _check_in(app, url, person, same_code)
        with gate:
            outcome.statuses.update(statuses)
            outcome.seconds.append(seconds)

    moments = sorted(chance.uniform(0, within.total_seconds()) for _ in people)
    shuffled = chance.sample(list(people), len(people))
    with ThreadPoolExecutor(max_workers=min(64, len(people))) as pool:
        list(pool.map(come, shuffled, moments))
    outcome.took = time.monotonic() - begun
    _count(outcome, people)
    return outcome


def _check_in(app: Flask, url: str, person: Person, same_code: bool) -> tuple[list[int], float]:
    path = f"/k/{_token(app, person)}"
    started = time.monotonic()
    cookies = {"signin": person.cookie}
    _, text = _ask(url, "GET", path, cookies)
    hidden = {name or other: value or last for name, value, last, other in _HIDDEN.findall(text)}
    second = {**hidden, "_key": secrets.token_urlsafe(8)}
    other = path if same_code else f"/k/{_token(app, person)}"
    with ThreadPoolExecutor(2) as both:
        again = both.submit(_ask, url, "POST", other, dict(cookies), second)
        first, _ = _ask(url, "POST", path, dict(cookies), hidden)
        took = time.monotonic() - started
        return [first, again.result()[0]], took


def _token(app: Flask, person: Person) -> str:
    with app.app_context():
        code = Code(person.session_id, Direction.IN, window_at(clock.now()), secrets.token_bytes(4))
        return screen.sealer().seal(code)


def _ask(
    url: str, method: str, path: str, cookies: dict[str, str], fields: dict[str, str] | None = None
) -> tuple[int, str]:
    """Ask as a browser does that keeps cookies and follows redirects."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    body = urlencode(fields) if fields is not None else None
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    for cookie in answer.headers.get_all("Set-Cookie") or []:
        name, _, value = cookie.partition(";")[0].partition("=")
        cookies[name] = value
    connection.close()
    if answer.status == 302:
        return _ask(url, "GET", answer.headers["Location"], cookies)
    return answer.status, text


def _count(outcome: Outcome, people: Sequence[Person]) -> None:
    ids = [person.enrolment_id for person in people]
    with transaction.unit(reads=True):
        scans = _by_enrolment(
            ids, select(Scan.enrolment_id, func.count()).group_by(Scan.enrolment_id), Scan.enrolment_id
        )
        good = (
            select(Scan.enrolment_id, func.count()).where(Scan.verdict == Verdict.ACCEPTED).group_by(Scan.enrolment_id)
        )
        accepted = _by_enrolment(ids, good, Scan.enrolment_id)
        marks = _by_enrolment(
            ids, select(Mark.enrolment_id, func.count()).group_by(Mark.enrolment_id), Mark.enrolment_id
        )
        months = _by_enrolment(
            ids,
            select(PersonMonth.enrolment_id, func.sum(PersonMonth.present)).group_by(PersonMonth.enrolment_id),
            PersonMonth.enrolment_id,
        )
    for id_ in ids:
        found = (scans[id_], accepted[id_], marks[id_], months[id_])
        outcome.lost += min(found) < 1
        outcome.doubled += max(found) > 1


def _by_enrolment(ids: Sequence[int], counted, column) -> Counter[int]:  # type: ignore[no-untyped-def]
    return Counter({row[0]: int(row[1]) for row in db.session.execute(counted.where(column.in_(ids)))})
