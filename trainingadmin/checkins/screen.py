"""What the teacher's screen shows: the code of this half minute, those of the next hour, and who is in, out or missing."""

from __future__ import annotations

import base64
import secrets as random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from trainingadmin.attendance.evidence import expected
from trainingadmin.attendance.models import Session
from trainingadmin.checkins import queries
from trainingadmin.checkins.evidence import Span, by_the_clock, span_of, timing
from trainingadmin.checkins.queries import Seat, Standing
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.checkins.tokens import LENGTH, WINDOW, Code, Sealer, window_at
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import clock, qr, secrets

AHEAD = timedelta(hours=1)
"""How long a screen without a network can go on showing codes."""
_PATH = "/k/"
_LEAVING = timedelta(minutes=10)


def sealer() -> Sealer:
    """Return what seals and reads codes in the running application."""
    return Sealer(secrets.current().key_for("checkins"))


def look(token: str, at: datetime) -> Verdict | None:
    """Say, without reading anything, why a code is not good at this instant; None when it is."""
    code = sealer().read(token)
    return Verdict.FORGED if code is None else by_the_clock(code, at)


@dataclass(frozen=True, slots=True)
class Shown:
    """A code as a page shows it: its address, the drawing, and the seconds until the next one takes its place."""

    address: str
    drawing: str
    seconds: int


def shown(session: Session, direction: Direction) -> Shown:
    """Return the code of this half minute, drawn."""
    now = clock.now()
    address = _address(_code(session.id, direction, window_at(now)))
    until = Code(session.id, direction, window_at(now) + 1, b"").shown_at
    drawing = qr.data_address(address, _version())
    return Shown(address, drawing, max(1, int((until - now).total_seconds()) + 1))


def sheet(session: Session, span: Span, after: int) -> dict[str, Any]:
    """Return the codes of the next hour behind the half minute `after`, as bits that the page draws by itself."""
    now = clock.now()
    first = max(window_at(max(now, span.opens_at)), after + 1)
    last = window_at(min(now + AHEAD, span.closes_at))
    return {
        "now": int(now.timestamp() * 1000),
        "side": 17 + 4 * _version(),
        "seconds": int(WINDOW.total_seconds()),
        "until": int(span.closes_at.timestamp() * 1000),
        "codes": [one for window in range(first, last + 1) for one in _drawn(session.id, window)],
    }


def _drawn(session_id: int, window: int) -> Iterator[tuple[int, str, str]]:
    for direction in Direction:
        bits = qr.bare_bits(_address(_code(session_id, direction, window)), _version())
        yield window, direction.value, base64.b64encode(bits).decode()


def _code(session_id: int, direction: Direction, window: int) -> str:
    return sealer().seal(Code(session_id, direction, window, random.token_bytes(4)))


def _address(token: str) -> str:
    return f"{current_app.config['SETTINGS'].base_url}{_PATH}{token}"


def _version() -> int:
    return qr.version_for(len(_address("")) + LENGTH)


def direction_at(span: Span, at: datetime) -> Direction:
    """Return which code is wanted: for leaving from ten minutes before the end, else for coming."""
    return Direction.OUT if at >= span.ends_at - _LEAVING else Direction.IN


@dataclass(frozen=True, slots=True)
class Board:
    """A session at its door: its instants, everybody who belongs in it, and where they stand."""

    session: Session
    span: Span
    people: list[Enrolment]
    standing: Standing

    @property
    def seats(self) -> list[tuple[Enrolment, Seat]]:
        """Everybody with where they stand, in roster order."""
        return [(one, self.standing.of(one.id)) for one in self.people]

    @property
    def counts(self) -> dict[str, int]:
        """How many are in, out, absent, on leave, missing."""
        return self.standing.count(one.id for one in self.people)


def board(session: Session) -> Board:
    """Return a session at its door."""
    where = queries.standing(session.id)
    seated = expected(people(session.cohort_id), session.shift_group, session.held_on, where.seats)
    return Board(session, span_of(session, timing(session.cohort)), seated, where)
