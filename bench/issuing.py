"""What a bureau sees while a batch's certificates are made: `python -m bench.issuing [--certificates N] [--postgresql]`.

A batch is settled, two real workers make its certificates, and somebody signed in opens the batch's page again and again
on a real web server. Two figures: how much the workers reach of what two processes do that only render (or render and
sign), and what the slowest page in a hundred takes, against the same page when the workers rest. The clock needs a quiet
machine; the processors' time of a certificate, without the web server's, bears company.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import func, select

from bench import batches
from bench.at_once import databases
from bench.ratio import fact, free_cores
from bench.workers import listening, spent_by
from tests.payments import stage
from tests.servers import valkey_server, web_server
from tests.visitor import Visitor
from trainingadmin.app import create_app
from trainingadmin.certificates import printing
from trainingadmin.certificates.actions import Lease
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateState
from trainingadmin.payments.models import Batch
from trainingadmin.plumbing import documents, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings, write_keys

CORES = 2
EVERY = 0.5
"""Seconds from one opening of the page to the next: four times as often as its progress asks by itself."""
BARE = 200
"""Certificates by which the bare speed is measured."""
WARM = 20
SAMPLES = 300
"""Openings of the page while the workers rest."""


@contextmanager
def bureau(*, postgresql: bool) -> Iterator[dict[str, str]]:
    """Open an application on fresh data; yields the settings that its other processes start with."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        write_keys(Path(folder) / "keys" / "secrets.json", demo=True)
        env = {**os.environ, "TRAININGADMIN_DEMO": "1", "TRAININGADMIN_VAR": folder}
        env["REDIS_URL"] = stack.enter_context(valkey_server())
        if (url := stack.enter_context(databases(postgresql=postgresql))()) is not None:
            env["DATABASE_URL"] = url
        with create_app(Settings.from_env(env)).app_context():
            upgrade()
            yield env
            db.session.remove()
            db.engine.dispose()


class Watcher:
    """Somebody who opens one page again and again."""

    def __init__(self, url: str, login: str, page: str) -> None:
        self._visitor, self._page = Visitor(), f"{url}{page}"
        assert self._visitor.sign_in(url, login)[0] == 200

    def watch(self, until: Callable[[Sequence[float]], bool]) -> list[float]:
        """Open the page at even intervals until what is asked after every time is so; return what each took."""
        taken: list[float] = []
        begun = time.perf_counter()
        while not until(taken):
            time.sleep(max(0.0, begun + len(taken) * EVERY - time.perf_counter()))
            started = time.perf_counter()
            status, where, _text = self._visitor.open(self._page)
            taken.append(time.perf_counter() - started)
            assert (status, where) == (200, self._page), f"{status} {where}"
        return taken


def slowest_in_a_hundred(taken: Sequence[float]) -> float:
    """Return the 99th percentile."""
    return sorted(taken)[-(-99 * len(taken) // 100) - 1]


def pending() -> int:
    """Return how many certificates are still wanted."""
    with transaction.unit(reads=True):
        return db.session.scalar(select(func.count()).where(Certificate.state == CertificateState.PENDING)) or 0


def leases() -> list[Lease]:
    """Return what the makers of the first certificates are told."""
    with transaction.unit(reads=True):
        first = db.session.scalars(select(Certificate).order_by(Certificate.id).limit(BARE))
        return [
            Lease(one.id, "", one.kind, one.number, json.loads(one.content), one.content_sha256, one.issued_at)
            for one in first
        ]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast certificates were made: by the clock, and by the processors' time that each took."""

    count: int
    clock: float
    cpu: float

    @property
    def a_second(self) -> float:
        """Certificates a second."""
        return self.count / self.clock

    def against(self, bare: Pace) -> str:
        """Say how much of a bare pace this is."""
        by_cpu = (bare.cpu / bare.count) / (self.cpu / self.count)
        return f"{self.a_second / bare.a_second:.0%} ({bare.a_second:.1f} a second); {by_cpu:.0%} by processors' time"


def bare(make: Callable[[Lease], bytes], wanted: Sequence[Lease]) -> Pace:
    """Return the pace of two processes that make certificates and do nothing else."""
    db.engine.dispose()
    fork = multiprocessing.get_context("fork")
    making = [fork.Process(target=_each, args=(make, wanted[at::CORES])) for at in range(CORES)]
    started, spent = time.perf_counter(), _of_children()
    for one in making:
        one.start()
    for one in making:
        one.join()
    assert not any(one.exitcode for one in making)
    return Pace(len(wanted), time.perf_counter() - started, _of_children() - spent)


def _each(make: Callable[[Lease], bytes], wanted: Sequence[Lease]) -> None:
    for held in wanted:
        make(held)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def settled(stack: ExitStack, watcher: Watcher, env: Mapping[str, str]) -> tuple[Pace, list[float]]:
    """Let the bank answer, and watch until the workers have made every certificate; return their pace and the page's times."""
    workers = listening(stack, env, CORES)
    batch = db.session.scalars(select(Batch)).one()
    count = batch.count
    stage.answer(batches.arrived(), batch)
    db.session.rollback()
    started, spent = time.perf_counter(), spent_by(workers)
    taken = watcher.watch(lambda _: pending() == 0)
    return Pace(count, time.perf_counter() - started, spent_by(workers) - spent), taken


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificates", type=int, default=600)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        env = stack.enter_context(bureau(postgresql=options.postgresql))
        batches.owed(options.certificates)
        page = f"/payments/{stage.released(batches.arrived()).id}"
        db.session.rollback()  # what stays open keeps the others from writing
        watcher = Watcher(stack.enter_context(web_server(env, workers=CORES)).url, "preparer", page)
        watcher.watch(lambda taken: len(taken) == WARM)
        pace, busy = settled(stack, watcher, env)
        idle = watcher.watch(lambda taken: len(taken) == SAMPLES)
        documents.warm()
        printing.press()
        wanted = leases()
        _tell(pace, {"rendering": bare(printing.unsigned, wanted), "making": bare(printing.signed, wanted)})
        _tell_page(busy, idle)


def _tell(pace: Pace, most: Mapping[str, Pace]) -> None:
    print(f"\n{pace.count} certificates of a batch, {CORES} workers, its page opened every {EVERY} s")
    fact("certificates a second", f"{pace.a_second:.1f}")
    fact("of two processes that only render", pace.against(most["rendering"]), goal="≥ 80 %")
    fact("of two processes that render and sign", pace.against(most["making"]), goal="≥ 80 %")


def _tell_page(busy: Sequence[float], idle: Sequence[float]) -> None:
    for name, taken in (("workers at rest", idle), ("workers at work", busy)):
        middle, slow = statistics.median(taken) * 1000, slowest_in_a_hundred(taken) * 1000
        fact(f"the page, {name}", f"median {middle:.0f} ms, p99 {slow:.0f} ms of {len(taken)}")
    ratio = slowest_in_a_hundred(busy) / slowest_in_a_hundred(idle)
    fact("the page's p99 at work", f"{ratio:.1f} × its p99 at rest", goal="≤ 3 ×")
    fact("others at work on this machine", f"{free_cores():.2f} cores to be had, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
