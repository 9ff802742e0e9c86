"""How fast certificates come out of the workers, against making them in this process: `python -m bench.workers`.

All ways run in turns, each on data of its own, after a round that does not count. Seconds of the clock say what a bureau
waits for and need a quiet machine; seconds of processors say what the way costs, and bear company. What two processes that
only count gain in the same round is the most that two workers could.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from rq import Worker
from sqlalchemy import func, select

from bench.ratio import Timing, fact, free_cores, show
from tests.factories import Office
from tests.servers import Kept, valkey_server, worker_process
from trainingadmin.app import create_app
from trainingadmin.certificates import actions, jobs, printing
from trainingadmin.certificates.actions import Order
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import documents, queue, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings

FROM_PRESS = {"number", "issued_on", "verify_url", "verify_site", "seal", "mark"}
PAUSE = 0.01
HERTZ = os.sysconf("SC_CLK_TCK")
FLAT = 400
"""Certificates over which a worker's memory is watched."""


@dataclass(slots=True)
class Bureau:
    """An application with an officer, in whose name certificates are issued."""

    app: Flask
    by: Actor
    office_code: str
    issued: int = 0

    def issue(self, count: int) -> list[int]:
        """Order certificates; the doorbell rings when this returns."""
        plain = {
            key: value for key, value in documents.specimen("training_certificate").items() if key not in FROM_PRESS
        }
        numbers = range(self.issued, self.issued + count)
        self.issued += count
        orders = [
            Order(subject=f"enrolment:{number}", group="bench", content=plain, public={}, office_code=self.office_code)
            for number in numbers
        ]
        with self.app.app_context(), transaction.unit():
            return actions.issue_many(CertificateKind.TRAINING, orders, by=self.by)

    def pending(self) -> int:
        """Return how many certificates are still wanted."""
        with self.app.app_context(), transaction.unit(reads=True):
            wanted = select(func.count()).where(Certificate.state == CertificateState.PENDING)
            return db.session.scalar(wanted) or 0


@contextmanager
def bureau(env: Mapping[str, str]) -> Iterator[Bureau]:
    """Open an application on fresh data."""
    app = create_app(Settings.from_env(env))
    with app.app_context():
        db.create_all()
        with transaction.unit():
            office = Office.open()
        with transaction.unit(reads=True):
            made = Bureau(app, office.actor("checker"), office.enterprise.office_code)
    yield made
    with app.app_context():
        db.engine.dispose()


@dataclass(slots=True)
class Way:
    """One way of making certificates: what it takes of the clock and of the processors."""

    make: Callable[[int], None]
    spent: Callable[[], float]
    wall: Timing = field(default_factory=Timing)
    cpu: Timing = field(default_factory=Timing)

    def run(self, count: int, *, counts: bool) -> None:
        """Make `count` certificates."""
        spent, started = self.spent(), time.perf_counter()
        self.make(count)
        if counts:
            self.wall.seconds.append(time.perf_counter() - started)
            self.cpu.seconds.append(self.spent() - spent)


def alone(made: Bureau) -> Way:
    """Return the way of this process, all the way into the store."""

    def make(count: int) -> None:
        ids = made.issue(count)
        with made.app.app_context():
            jobs.render(ids)

    return Way(make, time.process_time)


def through(made: Bureau, workers: list[Kept]) -> Way:
    """Return the way of running workers, from the order to the last one sealed; the processors' time is theirs alone."""

    def make(count: int) -> None:
        made.issue(count)
        while made.pending():
            time.sleep(PAUSE)

    return Way(make, lambda: spent_by(workers))


def spent_by(workers: Sequence[Kept]) -> float:
    """Return the seconds of processors that workers and their children took so far."""
    return sum(_cpu(worker.pid) for worker in workers)


def _cpu(pid: int) -> float:
    """Return the seconds of a process, of its children that ended, and of the one that is about to."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_ticks(one) for one in (str(pid), *children)) / HERTZ


def _ticks(pid: str) -> int:
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended, and is counted by its parent
        return 0
    return sum(map(int, told[11:15]))


def _memory(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def working(stack: ExitStack, env: Mapping[str, str], count: int) -> tuple[Bureau, list[Kept]]:
    """Start so many workers on fresh data."""
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    here = {**env, "TRAININGADMIN_VAR": folder, "REDIS_URL": stack.enter_context(valkey_server())}
    made = stack.enter_context(bureau(here))
    return made, listening(stack, here, count)


def listening(stack: ExitStack, env: Mapping[str, str], count: int) -> list[Kept]:
    """Start so many workers and wait until they listen."""
    workers = [stack.enter_context(worker_process(env)) for _ in range(count)]
    connection = queue.connect(env["REDIS_URL"])
    while Worker.count(connection=connection) < count:
        time.sleep(PAUSE)
    connection.close()
    return workers


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificates", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    count = options.certificates
    env = {**os.environ, "TRAININGADMIN_DEMO": "1"}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        quiet = {**env, "TRAININGADMIN_VAR": folder, "REDIS_URL": f"unix://{Path(folder) / 'nobody'}"}
        made = stack.enter_context(bureau(quiet))
        with made.app.app_context():
            documents.warm()
            printing.press()
        ways = {"in process": alone(made)}
        one, lonely = working(stack, env, 1)
        ways["1 worker"] = through(one, lonely)
        ways["2 workers"] = through(*working(stack, env, 2))
        cores = list[float]()
        for turn in range(options.rounds + 1):
            for way in ways.values():
                way.run(count, counts=turn > 0)
            cores.append(free_cores())
        _tell(ways, count, cores[1:])
        _tell_memory(ways["1 worker"], lonely[0], count)


def _tell(ways: Mapping[str, Way], count: int, cores: Sequence[float]) -> None:
    title = f"{count} certificates"
    show(f"{title}, seconds of processors", {n: way.cpu for n, way in ways.items()}, base="in process", goal="≥ 0.8 ×")
    show(f"{title}, wall time", {n: way.wall for n, way in ways.items()}, base="in process", goal="1 worker ≥ 0.8 ×")
    pairs = zip(ways["1 worker"].wall.seconds, ways["2 workers"].wall.seconds, strict=True)
    gains = sorted(one / two for one, two in pairs)
    gain, had = statistics.median(gains), statistics.median(cores)
    told = f"{gain:.2f} × ({gains[0]:.2f} – {gains[-1]:.2f}) on {had:.2f} cores that could be had"
    fact("two workers against one, round by round", told)
    fact("on two whole cores", f"{gain * 2 / had:.2f} ×", goal="≥ 1.8 ×")
    fact("certificates a second, in process", f"{count / ways['in process'].wall.median:.1f}")
    fact("others at work on this machine", f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _tell_memory(way: Way, worker: Kept, count: int) -> None:
    grown = [_memory(worker.pid)]
    for _ in range(4):
        for _ in range(-(-FLAT // (4 * count))):
            way.run(count, counts=False)
        grown.append(_memory(worker.pid))
    fact("a worker's memory", " → ".join(f"{mib:.0f} MiB" for mib in grown), goal=f"flat over {FLAT}")


if __name__ == "__main__":
    main()
