"""A simulation whose workers are killed again and again: it ends with the same sums, and nobody is counted twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import Office
from tests.reforms import stage
from tests.servers import ROOT
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.reforms import actions, jobs, queries, simulation
from trainingadmin.reforms.actions import simulating
from trainingadmin.reforms.models import SimulatedLine, Simulation, SimulationPart
from trainingadmin.reforms.states import SimulationState

pytestmark = pytest.mark.resilience

PEOPLE, BLOWS, PATIENCE = 24, 5, 60.0
WORKER = """
import sys, time
from trainingadmin.app import create_app
from trainingadmin.reforms import jobs
judge = jobs._judge
def slowly(plan, part):
    judged = judge(plan, part)
    time.sleep(0.15)
    return judged
jobs._judge = slowly
with create_app().app_context():
    jobs.simulate(int(sys.argv[1]))
"""


def judged(simulation_id: int) -> int:
    with transaction.unit(reads=True):
        return queries.judged(simulation_id)


def killed_at_work(app: Flask, simulation_id: int) -> int:
    """Let a process work until it has finished a part, and kill it in the middle of the next; return what is done."""
    settings = app.config["SETTINGS"]
    env = {**os.environ, "TRAININGADMIN_VAR": str(settings.var), "TRAININGADMIN_DEMO": "1"}
    env |= {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url, "PYTHONPATH": str(ROOT)}
    before, until = judged(simulation_id), time.monotonic() + PATIENCE
    with subprocess.Popen([sys.executable, "-c", WORKER, str(simulation_id)], env=env, cwd=ROOT) as worker:
        while judged(simulation_id) == before and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
    return judged(simulation_id)


def test_killed_workers_lose_nothing_and_count_nobody_twice(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulating, "PART", 2)
    stage.open_claim(office, PEOPLE)
    draft = stage.drafted(office)
    running = stage.begun(office, draft).id
    with transaction.unit():
        actions.prepare(running, queries.cuts(stage.SCHEME, 2))
    done = [killed_at_work(app, running) for _ in range(BLOWS)]
    assert done == sorted(set(done)), "every worker got on from where the one before was killed"
    assert done[-1] < PEOPLE
    with clock.at(clock.now() + simulating.LEASE + timedelta(seconds=1)):
        with transaction.unit():
            assert actions.reconcile() == 1
        jobs.simulate(running)
    found = db.session.get_one(Simulation, running, populate_existing=True)
    assert found.state is SimulationState.DONE
    assert found.result["groups"]["all"][""][simulation.PEOPLE] == PEOPLE
    lines = select(func.count()).select_from(SimulatedLine).where(SimulatedLine.simulation_id == running)
    assert db.session.scalar(lines) == PEOPLE
    leases = select(SimulationPart.id).where(SimulationPart.lease_token.is_not(None))
    assert db.session.scalars(leases).all() == []
    db.session.rollback()
    undisturbed = stage.simulated(office, draft)
    assert undisturbed.result == found.result
    assert undisturbed.result_digest == found.result_digest
