"""Certificates are made while workers, their children, the clock and the queue are killed: none lost, none twice.

`RESILIENCE_SEED` chooses other instants. What is reported besides (how long the pile took to drain) is logged.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select, text

from tests.certificates import stage
from tests.factories import Office
from tests.servers import Kept, Valkey, valkey, worker_process
from trainingadmin.certificates import actions, printing
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.plumbing import journal, queue, signing, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import Missing, store
from trainingadmin.settings import Settings

pytestmark = pytest.mark.resilience
S = CertificateState
log = logging.getLogger(__name__)

SEED = int(os.environ.get("RESILIENCE_SEED", "20261123"))
CERTIFICATES = 60
WORKERS = 2
PATIENCE = 150.0
BLOWS = ["horse"] * 7 + ["worker"] * 2 + ["orphan", "flush", "flush", "queue", "queue", "clock"]

CLOCK = """
from datetime import timedelta
from trainingadmin.app import create_app
from trainingadmin.certificates import actions
from trainingadmin.plumbing import periodic
with create_app().app_context():
    periodic.run_for_ever([periodic.Periodic("ring-again", timedelta(seconds=1), actions.reconcile)], pause=0.3)
"""
NAIVE = """
from sqlalchemy import update
from trainingadmin import worker
from trainingadmin.certificates import actions
from trainingadmin.certificates.models import Certificate
from trainingadmin.plumbing.database import db

def lease(certificate_id):
    row = db.session.get_one(Certificate, certificate_id)
    return actions.Lease(row.id, "", row.kind, row.number, actions.json.loads(row.content), row.content_sha256, row.issued_at)

def seal(held, sha256):
    db.session.execute(update(Certificate).where(Certificate.id == held.id).values(state=actions.S.SEALED, sha256=sha256))

actions.lease, actions.seal = lease, seal
worker.main(burst=True)
"""


# What must be true at the end -------------------------------------------------------------------------------------------


def note_every_binding() -> None:
    """Let the database itself write down each time a file is bound to a certificate."""
    insert = "INSERT INTO bound VALUES (NEW.id, NEW.sha256)"
    statements = ["CREATE TABLE bound (certificate_id integer, sha256 text)"]
    if db.engine.dialect.name == "sqlite":
        statements.append(
            f"CREATE TRIGGER binding AFTER UPDATE OF sha256 ON certificates WHEN NEW.sha256 IS NOT NULL BEGIN {insert}; END"
        )
    else:
        body = f"BEGIN {insert}; RETURN NEW; END"
        statements.append(f"CREATE FUNCTION bind() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        statements.append(
            "CREATE TRIGGER binding AFTER UPDATE OF sha256 ON certificates FOR EACH ROW "
            "WHEN (NEW.sha256 IS NOT NULL) EXECUTE FUNCTION bind()"
        )
    with transaction.unit():
        for statement in statements:
            db.session.execute(text(statement))


def breaches(wanted: int) -> list[str]:
    """Return everything that is lost, doubled or damaged; empty when all is well."""
    with transaction.unit(reads=True):
        rows = list(db.session.scalars(select(Certificate).order_by(Certificate.id)))
        bound = Counter(db.session.scalars(text("SELECT certificate_id FROM bound")))
        chain = journal.verify()
    found = [f"{wanted - len(rows)} rows are missing"] if len(rows) != wanted else []
    found += [f"{row.number} is {row.state.value}: {row.failure}" for row in rows if row.state is not S.SEALED]
    found += [f"{row.number} was bound {bound[row.id]} times" for row in rows if bound[row.id] > 1]
    numbers = [row.number for row in rows]
    if numbers != [f"{numbers[0][:-6]}{serial:06d}" for serial in range(1, wanted + 1)]:
        found.append(f"numbers have gaps or doubles: {numbers}")
    if len({row.sha256 for row in rows if row.sha256}) != sum(row.sha256 is not None for row in rows):
        found.append("two certificates share a file")
    found += [problem for row in rows if row.sha256 for problem in _of_file(row.number, row.sha256)]
    return found + ([f"the journal is broken at {chain.broken_at}"] if chain.broken_at else [])


def _of_file(number: str, sha256: str) -> Iterator[str]:
    try:
        data = store().read(sha256)
    except Missing:
        yield f"{number} has lost its file"
        return
    if not signing.verify(data, sha256=sha256, roots=printing.press().signer.roots).valid:
        yield f"{number} has a file whose signature does not hold"


# The processes ----------------------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """Everything that can be hit."""

    workers: list[Kept]
    clock: Kept
    valkey: Valkey
    dice: random.Random

    def supervise(self) -> None:
        """Start again what ended by itself, as a worker does whose queue goes away under its hands."""
        for program in (*self.workers, self.clock):
            if over(program):
                program.start()

    def hit(self, what: str) -> None:
        """Kill -9 one of `what`; what was a process of its own starts again at once, as a supervisor would do it."""
        match what:
            case "horse":
                _kill(self.dice.choice([horse for worker in self.workers for horse in children(worker.pid)] or [0]))
            case "worker":
                _again(self.dice.choice(self.workers))
            case "orphan":  # the parent first, its child a moment later
                worker = self.dice.choice(self.workers)
                horses = children(worker.pid)
                _again(worker)
                for horse in horses:
                    _kill(horse)
            case "clock":
                _again(self.clock)
            case "flush":
                with suppress(redis.RedisError), queue.connect(self.valkey.url) as client:
                    client.flushall()
            case "queue":
                self.valkey.kill()
                time.sleep(self.dice.uniform(0, 0.5))
                self.valkey.start()


def children(pid: int) -> list[int]:
    """Return the children of a process."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _kill(pid: int) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _again(program: Kept) -> None:
    program.kill()
    program.start()


@contextmanager
def process(code: str, env: Mapping[str, str], log_file: Path) -> Iterator[Kept]:
    """Run some Python under a keeper."""
    with Kept([sys.executable, "-c", code], log_file, env={**os.environ, **env}) as program:
        yield program


def burst(code: str, env: Mapping[str, str], log_file: Path) -> None:
    """Run a worker until its queues are empty."""
    with process(code, env, log_file) as program:
        until(lambda: over(program), program)


def until(done: Callable[[], bool], *programs: Kept, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait for what must happen in the end; the logs tell why when it does not."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, f"seed {SEED}\n" + "\n".join(program.log()[-3000:] for program in programs)
        meanwhile()
        time.sleep(0.1)


def over(program: Kept) -> bool:
    """Whether a program has ended by itself."""
    try:
        return not Path(f"/proc/{program.pid}/cmdline").read_bytes()  # ended, and not yet buried
    except FileNotFoundError:
        return True


@pytest.fixture
def bell(app: Flask) -> Iterator[Valkey]:
    """A queue that the application rings."""
    with valkey() as server:
        queue.install(app, server.url)
        note_every_binding()
        yield server


@pytest.fixture
def env(settings: Settings, bell: Valkey, office: Office) -> dict[str, str]:
    """What all processes of the scene are told."""
    printing.press()  # makes the demo's keys once, before anybody races for it
    return {
        "TRAININGADMIN_VAR": str(settings.var),
        "TRAININGADMIN_DEMO": "1",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": bell.url,
    }


def number_of(*states: CertificateState) -> int:
    with transaction.unit(reads=True):
        return db.session.scalar(select(func.count()).where(Certificate.state.in_(states))) or 0


def more_than(made: int) -> bool:
    return number_of(S.SEALED) > made


def issue(office: Office, first: int, count: int) -> None:
    with transaction.unit():
        orders = [stage.order(office, serial) for serial in range(first, first + count)]
        actions.issue_many(CertificateKind.PAYMENT, orders, by=office.actor("checker"))


def test_nothing_is_lost_and_nothing_made_twice_whoever_is_killed(
    office: Office, env: dict[str, str], bell: Valkey, tmp_path: Path
) -> None:
    dice = random.Random(SEED)
    blows = dice.sample(BLOWS, len(BLOWS))
    share = CERTIFICATES // len(blows)
    with ExitStack() as stack:
        workers = [stack.enter_context(worker_process(env)) for _ in range(WORKERS)]
        scene = Scene(workers, stack.enter_context(process(CLOCK, env, tmp_path / "clock")), bell, dice)
        for number, blow in enumerate(blows):
            made = number_of(S.SEALED)
            issue(office, 1 + number * share, share)
            until(partial(more_than, made), *workers, meanwhile=scene.supervise)
            time.sleep(dice.uniform(0, 0.8))
            scene.hit(blow)
        last, left = time.monotonic(), number_of(S.PENDING)
        until(lambda: not number_of(S.PENDING), *workers, scene.clock, meanwhile=scene.supervise)
        took = time.monotonic() - last
        log.info("seed %s: %s blows, %s left after the last, made in %.1f s", SEED, len(blows), left, took)
    assert breaches(CERTIFICATES) == [], f"seed {SEED}"


# The same checks where the safeguards are missing -----------------------------------------------------------------------


def test_without_reconciling_a_flushed_queue_loses_certificates(
    office: Office, env: dict[str, str], bell: Valkey, tmp_path: Path
) -> None:
    issue(office, 1, 3)
    with queue.connect(bell.url) as client:
        client.flushall()
    issue(office, 4, 1)
    burst("from trainingadmin import worker; worker.main(burst=True)", env, tmp_path / "worker")
    lost = breaches(4)
    assert len(lost) == 3
    assert all("is pending" in breach for breach in lost)


def test_without_a_lease_a_job_that_runs_twice_binds_twice(
    office: Office, env: dict[str, str], bell: Valkey, tmp_path: Path
) -> None:
    issue(office, 1, 2)
    with transaction.unit():
        ids = list(db.session.scalars(select(Certificate.id)))
    queue.doorbell().ring(actions.QUEUE, actions.JOB, [[ids]])
    burst(NAIVE, env, tmp_path / "worker")
    twice = breaches(2)
    assert len(twice) == 2
    assert all("was bound 2 times" in breach for breach in twice)
