"""Periodic work: whoever claims the row runs it, so that two clocks do nothing twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import Base, db

log = structlog.get_logger()


class PeriodicRun(Base):
    """When a periodic work was last begun."""

    __tablename__ = "periodic_runs"

    name: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that is due every `every` and is safe to run at any time; its answer is logged."""

    name: str
    every: timedelta
    work: Callable[[], object]


def claim(periodic: Periodic) -> bool:
    """Take the turn if it is due; False when another clock has it."""
    now = clock.now()
    with transaction.unit():
        if db.session.get(PeriodicRun, periodic.name) is None:
            try:
                db.session.add(PeriodicRun(name=periodic.name, begun_at=now))
                db.session.flush()
            except IntegrityError:
                db.session.rollback()
                return False
            return True
        due = update(PeriodicRun).where(PeriodicRun.name == periodic.name, PeriodicRun.begun_at <= now - periodic.every)
        return bool(db.session.execute(due.values(begun_at=now)).rowcount)  # type: ignore[attr-defined]


def run_due(works: Sequence[Periodic]) -> list[str]:
    """Run what is due, each in a transaction of its own; a failing one is logged and the others go on.

    Also when the database is away: it will be due again.
    """
    ran = []
    for periodic in works:
        try:
            if not claim(periodic):
                continue
            with transaction.unit():
                answer = periodic.work()
            log.info("periodic", name=periodic.name, answer=answer)
            ran.append(periodic.name)
        except Exception:
            log.exception("periodic-failed", name=periodic.name)
    return ran


def run_for_ever(works: Sequence[Periodic], *, pause: float = 5.0) -> None:
    """Look every `pause` seconds for work that is due, until the process is told to stop."""
    while True:
        run_due(works)
        db.session.remove()
        time.sleep(pause)
