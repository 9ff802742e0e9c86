"""Holds dues under lock, and moves claim lines after all the dues that each of them made."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from trainingadmin.claims import actions as claims
from trainingadmin.claims.queries import LineRow
from trainingadmin.claims.states import LineState
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due
from trainingadmin.payments.queries import locks, planning, rows
from trainingadmin.payments.queries.rows import DueRow
from trainingadmin.payments.states import DUE, DueState
from trainingadmin.plumbing.database import db, move_rows

# What leads a line from where it stands to where its dues say it should.
_MOVES = {
    (LineState.CLEARED, LineState.PAYING): "pay",
    (LineState.FAILED, LineState.PAYING): "pay",
    (LineState.PAYING, LineState.CLEARED): "recall",
    (LineState.PAYING, LineState.FAILED): "fail",
    (LineState.PAYING, LineState.PAID): "settle",
    (LineState.CLEARED, LineState.PAID): "settle",
}


def hold(due_ids: Collection[int]) -> list[Due]:
    """Lock dues after the filings and claims they belong to."""
    _hold_above(due_ids)
    return locks.dues(due_ids)


def hold_rows(due_ids: Collection[int]) -> list[DueRow]:
    """Lock dues as `hold` does, for acts that change nothing of them but by `move_dues`."""
    _hold_above(due_ids)
    return locks.due_rows(due_ids)


def _hold_above(due_ids: Collection[int]) -> None:
    filings, requests = planning.chain_of(due_ids)
    locks.cohorts(filings)
    locks.claims(requests)


def refuse_in_batch(due_ids: Collection[int]) -> None:
    """Refuse to touch dues of which an open batch holds one (`claim-in-batch`): who composed it, when, and which it is."""
    if (held := rows.batch_holding(due_ids)) is not None:
        raise claims.in_batch(held.who, held.at, held.number)


def move_dues(dues: Sequence[DueRow], name: str, *, by: Actor) -> None:
    """Move locked dues by one of DUE's moves, in one statement a chunk; refusals as `Lifecycle.check`."""
    for state in dict.fromkeys(due.state for due in dues):
        DUE.check(name, state=state, actor=by, past=())
    move_rows(Due, dues, state=DUE.moves[name].target)


def follow_dues(due_ids: Collection[int], *, by: Actor, note: str = "", told: bool = False) -> list[LineRow]:
    """Move the claim lines of dues that were just moved to where all their dues together put them; return the lines, `told` as `rows.lines`.

    One in a batch: paying; else one sent back: failed; else one open: cleared; else paid. A line that was refused
    stays so, whatever is paid beside its entitlement.
    """
    db.session.flush()
    states = rows.states_by_line(due_ids)
    moved: dict[str, list[LineRow]] = {}
    followed = rows.lines(due_ids, told=told)
    for line in followed:
        if (name := _MOVES.get((line.state, _wanted(states[line.id])))) is not None:
            moved.setdefault(name, []).append(line)
    for name, lines in moved.items():
        claims.move_lines(lines, name, by=by, note=note)
    return followed


def _wanted(states: Collection[DueState]) -> LineState:
    if DueState.IN_BATCH in states:
        return LineState.PAYING
    if DueState.FAILED in states:
        return LineState.FAILED
    return LineState.CLEARED if DueState.OPEN in states else LineState.PAID
