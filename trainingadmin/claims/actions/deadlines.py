"""How long the office has: clocks in working days that run, stop while papers are amended, and go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from trainingadmin.claims.models import Claim, ClaimStep
from trainingadmin.claims.states import CLAIM, ClaimState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.policies import queries as policies


class Clock(NamedTuple):
    """A term of working days that begins with one move and stops with any of others.

    `term` is the figure of the scheme that says how many, as it stands on the day on which the clock starts or goes on.
    """

    term: str
    starts: str
    stops: frozenset[str]


_RUNNING = frozenset({ClaimState.CHECKED, ClaimState.REVIEWED})
COMPLETENESS = Clock("acceptance_days", "submit", CLAIM.leaving(ClaimState.SUBMITTED))
REVIEW = Clock("review_days", "accept", CLAIM.leaving(ClaimState.ACCEPTED, *_RUNNING))
_STARTED = {ClaimState.SUBMITTED: COMPLETENESS, ClaimState.ACCEPTED: REVIEW}


def due_on(claim: Claim, target: ClaimState) -> date | None:
    """Return the day by which the office must act on a claim that now enters `target`; None while no clock runs.

    A clock that was stopped goes on with the working days left, at least one. None also when the statutory calendar of
    the year needed is missing: the page then says so.
    """
    if target in _RUNNING:
        return claim.due_on
    if target not in _STARTED:
        return None
    term, calendar = _STARTED[target], policies.calendar()
    moves = db.session.execute(
        select(ClaimStep.move, ClaimStep.at)
        .where(ClaimStep.claim_id == claim.id, ClaimStep.line_id.is_(None))
        .order_by(ClaimStep.id)
    )
    try:
        days, _ = policies.term(claim.scheme, term.term, clock.today())
        left = days - used(term, [(move, clock.local(at).date()) for move, at in moves], calendar)
        return calendar.add(clock.today(), max(1, left))
    except Refusal:
        return None


def used(term: Clock, moves: Sequence[tuple[str, date]], calendar: Calendar) -> int:
    """Return the working days that a clock has run in its earlier stretches; the one now beginning is not among `moves`."""
    total, since = 0, None
    for move, on in moves:
        if move == term.starts:
            since = on
        elif since is not None and move in term.stops:
            total += calendar.between(since, on)
            since = None
    return total
