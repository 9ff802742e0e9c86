"""Starts, cuts, hands out, collects and cancels the work of a simulation."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from trainingadmin import schemes
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import clock, journal, queue
from trainingadmin.plumbing.bulk import bulk_insert, bulk_rows
from trainingadmin.plumbing.database import db
from trainingadmin.policies import queries as policies
from trainingadmin.policies.models import PolicyDraft
from trainingadmin.policies.states import OPEN
from trainingadmin.reforms import queries, simulation
from trainingadmin.reforms.models import SimulatedLine, Simulation, SimulationPart
from trainingadmin.reforms.states import UNDER_WAY, SimulationState
from trainingadmin.schemes import Version

QUEUE = "simulations"
JOB = "trainingadmin.reforms.jobs.simulate"
PART = 1_000
LEASE = timedelta(seconds=60)
SHARES = max(2, os.cpu_count() or 1)
"""How many workers may work at one simulation at once."""


def simulate(draft: PolicyDraft, *, by: Actor) -> Simulation:
    """Begin to try a draft's figures on every stored case; the work is done by the workers.

    Refusals: `move-role`, `draft-ended`, `simulation-running`.
    """
    _require_maintainer(by)
    if draft.state not in OPEN:
        raise Refusal("draft-ended", N_("草案已办结，不再试算。"))
    if queries.under_way(draft.id) is not None:
        raise Refusal("simulation-running", N_("正在试算，请等它完成，或先取消。"))
    begun = Simulation(draft_id=draft.id, digest=draft.digest, started_by=by.id, started_at=clock.now())
    db.session.add(begun)
    db.session.flush()
    journal.record("simulate-policy", f"policy-drafts:{draft.id}", by=by, simulation=begun.id, digest=draft.digest)
    tell([begun.id])
    return begun


def cancel(simulation: Simulation, *, by: Actor) -> None:
    """End a simulation that is not needed any more; whoever works on it stops at the next part.

    Refusals: `move-role`, `simulation-ended`.
    """
    _require_maintainer(by)
    if not _end(simulation.id, SimulationState.CANCELLED):
        raise Refusal("simulation-ended", N_("试算已经结束。"))
    journal.record("cancel-simulation", f"policy-drafts:{simulation.draft_id}", by=by, simulation=simulation.id)


def stop(draft: PolicyDraft) -> None:
    """End a running simulation of figures that the draft has no longer."""
    running = queries.under_way(draft.id)
    if running is not None and running.digest != draft.digest:
        _end(running.id, SimulationState.CANCELLED)


def _require_maintainer(by: Actor) -> None:
    if not by.has(Role.POLICY):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))


def tell(ids: Sequence[int]) -> None:
    """Tell as many workers as may share the work."""
    queue.ring_after_commit(QUEUE, JOB, lambda: [[one] for one in ids for _ in range(SHARES)])


@dataclass(frozen=True, slots=True)
class Plan:
    """What every part of a simulation is judged by."""

    simulation_id: int
    scheme: str
    law: tuple[Version[Any], ...]
    proposed: Version[Any]


def plan_of(simulation_id: int) -> Plan | None:
    """Return what a simulation tries; None when it has ended, or the draft has other figures by now."""
    found = queries.simulation(simulation_id)
    if found is None or found.state not in UNDER_WAY:
        return None
    draft = db.session.get_one(PolicyDraft, found.draft_id)
    if draft.digest != found.digest:
        return None
    return Plan(simulation_id, draft.scheme, policies.versions(draft.scheme), policies.version_of(draft))


def prepare(simulation_id: int, runs: Sequence[tuple[int, int, int]]) -> None:
    """Store the parts of a waiting simulation; nothing happens when somebody else did."""
    waiting = update(Simulation).where(Simulation.id == simulation_id, Simulation.state == SimulationState.WAITING)
    people = sum(number for _, _, number in runs)
    taken: Any = db.session.execute(waiting.values(state=SimulationState.RUNNING, people=people))
    if not taken.rowcount:
        return
    rows = [
        {"simulation_id": simulation_id, "first_line": first, "last_line": last, "people": number, "summary": {}}
        for first, last, number in runs
    ]
    bulk_insert(SimulationPart, rows)


@dataclass(frozen=True, slots=True)
class Part:
    """The right to judge one run of lines until the lease runs out."""

    id: int
    token: str
    first_line: int
    last_line: int


def lease_part(simulation_id: int) -> Part | None:
    """Take a part that nobody works on; None when there is none, or the simulation has ended."""
    now, token = clock.now(), secrets.token_hex(16)
    free = or_(SimulationPart.lease_until.is_(None), SimulationPart.lease_until < now)
    mine = [SimulationPart.simulation_id == simulation_id, SimulationPart.done_at.is_(None), free]
    running = Simulation.state == SimulationState.RUNNING
    waiting = select(SimulationPart.id).join(Simulation, Simulation.id == SimulationPart.simulation_id)
    candidates = db.session.scalars(waiting.where(*mine, running).order_by(SimulationPart.id).limit(2 * SHARES)).all()
    for part_id in candidates:
        taken = (
            update(SimulationPart)
            .where(SimulationPart.id == part_id, *mine)
            .values(lease_token=token, lease_until=now + LEASE)
            .returning(SimulationPart.first_line, SimulationPart.last_line)
        )
        row = db.session.execute(taken).one_or_none()
        if row is not None:
            return Part(part_id, token, row.first_line, row.last_line)
    return None


def finish_part(simulation_id: int, part: Part, judged: simulation.Judged) -> bool:
    """Store what a part found; False when the lease was lost, and then nothing changes."""
    mine = update(SimulationPart).where(SimulationPart.id == part.id, SimulationPart.lease_token == part.token)
    done: Any = db.session.execute(
        mine.where(SimulationPart.done_at.is_(None)).values(
            done_at=clock.now(), lease_token=None, lease_until=None, summary=judged.summary.to_json()
        )
    )
    if not done.rowcount:
        return False
    bulk_rows(SimulatedLine, ("simulation_id", *simulation.COLUMNS), [(simulation_id, *row) for row in judged.rows])
    return True


def conclude(simulation_id: int) -> bool:
    """End a simulation whose parts are all done, with the sum of what they found; False while there is more to do."""
    of_it = select(SimulationPart).where(SimulationPart.simulation_id == simulation_id)
    parts = db.session.scalars(of_it.order_by(SimulationPart.id)).all()
    if any(part.done_at is None for part in parts):
        return False
    result = simulation.total(part.summary for part in parts)
    return _end(simulation_id, SimulationState.DONE, result=result, result_digest=schemes.digest_of(result))


def _end(simulation_id: int, state: SimulationState, **values: Mapping[str, Any] | str) -> bool:
    going_on = update(Simulation).where(Simulation.id == simulation_id)
    allowed = UNDER_WAY if state is SimulationState.CANCELLED else (SimulationState.RUNNING,)
    ended: Any = db.session.execute(
        going_on.where(Simulation.state.in_(allowed)).values(state=state, ended_at=clock.now(), **values)
    )
    return bool(ended.rowcount)
