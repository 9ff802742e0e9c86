"""Works simulations and re-assessments off, piece by piece: reads apart from writes, so that nobody waits for them."""

from __future__ import annotations

import time
from collections.abc import Iterator

from trainingadmin.claims import actions as claims
from trainingadmin.claims.actions import Foreseen, Rejudged
from trainingadmin.plumbing import queue, transaction
from trainingadmin.policies import queries as policies
from trainingadmin.reforms import queries, simulation
from trainingadmin.reforms.actions import reassessing, simulating
from trainingadmin.reforms.actions.simulating import Part, Plan
from trainingadmin.reforms.states import SimulationState

QUEUE = "simulations"
TURN = 5.0
"""Seconds after which a job lets others have the worker, and is rung for again."""
SLICE = 50
"""Lines written in one transaction: a tenth of a second at most on a slow disk."""


def simulate(simulation_id: int) -> None:
    """Judge parts of a simulation until its turn is over or none is left; then add up."""
    until = time.monotonic() + TURN
    with transaction.unit(reads=True):
        plan = simulating.plan_of(simulation_id)
        runs = _uncut(plan)
    if plan is None:
        return
    if runs is not None:
        with transaction.unit():
            simulating.prepare(simulation_id, runs)
    part = _next_part(simulation_id)
    while part is not None:
        judged = _judge(plan, part)
        with transaction.unit():
            simulating.finish_part(simulation_id, part, judged)
            part = simulating.lease_part(simulation_id) if time.monotonic() < until else None
            over = part is None and time.monotonic() >= until
        if over:
            queue.doorbell().ring(QUEUE, simulating.JOB, [[simulation_id]])
    with transaction.unit():
        simulating.conclude(simulation_id)


def _uncut(plan: Plan | None) -> list[tuple[int, int, int]] | None:
    if plan is None:
        return None
    found = queries.simulation(plan.simulation_id)
    waiting = found is not None and found.state is SimulationState.WAITING
    return queries.cuts(plan.scheme, simulating.PART) if waiting else None


def _next_part(simulation_id: int) -> Part | None:
    with transaction.unit():
        return simulating.lease_part(simulation_id)


def _judge(plan: Plan, part: Part) -> simulation.Judged:
    with transaction.unit(reads=True):
        stored = queries.stored_facts(plan.scheme, part.first_line, part.last_line)
    return simulation.judge(plan.scheme, stored, plan.law, plan.proposed)


def reassess(version_id: int) -> None:
    """Judge what is open and bound by a version under it, one filing or claim after the other, until the turn is over."""
    until = time.monotonic() + TURN
    with transaction.unit():
        token = reassessing.reassessment_lease(version_id)
    if token is None:
        return
    left = True
    for own, id_ in _behind(version_id):
        done = _of(version_id, id_, own=own)
        if done is not None:
            with transaction.unit():
                if not reassessing.note(version_id, token, done):
                    return
        if time.monotonic() >= until:
            break
    else:
        left = False
    with transaction.unit():
        reassessing.let_go(version_id, token, ended=not left)
    if left:
        queue.doorbell().ring(QUEUE, reassessing.JOB, [[version_id]])


def _behind(version_id: int) -> Iterator[tuple[bool, int]]:
    """Yield each filing and each claim in somebody's own name that is behind once: whether it is such a claim, and its id.

    One that could not be done now is left for the next time.
    """
    seen: set[tuple[bool, int]] = set()
    while True:
        with transaction.unit(reads=True):
            version = queries.version_by_id(version_id)
            assert version is not None
            filings = [(False, id_) for id_ in queries.behind(version, 50 + len(seen))]
            waiting = [*filings, *((True, id_) for id_ in queries.own_behind(version, 50 + len(seen)))]
            found = [one for one in waiting if one not in seen]
        if not found:
            return
        seen.update(found)
        yield from found


def _of(version_id: int, id_: int, *, own: bool) -> Rejudged | None:
    """Judge one filing's open claim, or a claim, under the version, then bind it; None when somebody was at it meanwhile."""
    foresee, bind = (claims.foresee_own, claims.bind_own) if own else (claims.foresee, claims.bind)
    with transaction.unit(reads=True):
        row = queries.version_by_id(version_id)
        assert row is not None
        version = policies.read(row.scheme, row.content)
        foreseen = foresee(id_, version)
    if foreseen is not None and not _write(foreseen):
        return None
    with transaction.unit():
        return bind(id_, version, foreseen)


def _write(foreseen: Foreseen) -> bool:
    lines = foreseen.lines
    for start in range(0, len(lines), SLICE):
        with transaction.unit():
            if not claims.apply_foreseen(foreseen, lines[start : start + SLICE]):
                return False
    return True
