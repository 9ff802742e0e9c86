"""Hands out the work of judging open claims under a version that came into force, and rings again for undone work."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, update

from trainingadmin.claims.actions import Rejudged
from trainingadmin.plumbing import clock, queue
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import PolicyVersion
from trainingadmin.reforms import queries
from trainingadmin.reforms.actions import simulating
from trainingadmin.reforms.models import Reassessment

QUEUE = "simulations"
JOB = "trainingadmin.reforms.jobs.reassess"
LEASE = timedelta(seconds=60)


def begin(version: PolicyVersion) -> None:
    """Have everything that is open and bound by a version judged under it, once this transaction is durable."""
    db.session.add(Reassessment(version_id=version.id, begun_at=clock.now()))
    db.session.flush()
    tell([version.id])


def tell(ids: Sequence[int]) -> None:
    """Tell a worker."""
    queue.ring_after_commit(QUEUE, JOB, lambda: [[one] for one in ids])


def reassessment_lease(version_id: int) -> str | None:
    """Take the right to judge under a version; None while somebody else has it."""
    token, now = secrets.token_hex(16), clock.now()
    free = or_(Reassessment.lease_until.is_(None), Reassessment.lease_until < now)
    mine = update(Reassessment).where(Reassessment.version_id == version_id, free)
    taken: Any = db.session.execute(mine.values(lease_token=token, lease_until=now + LEASE))
    return token if taken.rowcount else None


def note(version_id: int, token: str, done: Rejudged) -> bool:
    """Count one more filing done and keep the lease; False when it was lost."""
    mine = update(Reassessment).where(Reassessment.version_id == version_id, Reassessment.lease_token == token)
    counted: Any = db.session.execute(
        mine.values(
            cohorts=Reassessment.cohorts + 1,
            lines=Reassessment.lines + done.lines,
            changed=Reassessment.changed + done.changed,
            lease_until=clock.now() + LEASE,
        )
    )
    return bool(counted.rowcount)


def let_go(version_id: int, token: str, *, ended: bool) -> None:
    """Give the lease back; `ended` when nothing is left to judge."""
    mine = update(Reassessment).where(Reassessment.version_id == version_id, Reassessment.lease_token == token)
    db.session.execute(mine.values(lease_token=None, lease_until=None, **({"ended_at": clock.now()} if ended else {})))


def reconcile() -> int:
    """Ring again for simulations and re-assessments that nobody works on; return how many there are."""
    if (queue.doorbell().depth() or {}).get(QUEUE):
        return 0
    simulations, versions = queries.undone_simulations(), queries.undone_reassessments()
    if simulations:
        simulating.tell(simulations)
    if versions:
        tell(versions)
    return len(simulations) + len(versions)
