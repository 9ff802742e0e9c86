"""How fast certificates come out of the workers, against making them in this process: python -m bench.workers."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from rq import Worker
from sqlalchemy import func, select

from bench.ratio import Timing, fact, show
from tests.factories import Office
from tests.servers import valkey_server, worker_process
from trainingadmin.app import create_app
from trainingadmin.certificates import actions, jobs, printing
from trainingadmin.certificates.actions import Order
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.plumbing import documents, queue, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings

FROM_PRESS = {"number", "issued_on", "verify_url", "verify_site", "seal", "mark"}
PAUSE = 0.01


@dataclass(slots=True)
class Bureau:
    """An application with an office, in whose name certificates are issued."""

    app: Flask
    office: Office
    issued: int = 0

    def issue(self, count: int) -> list[int]:
        """Order certificates; the doorbell rings when this returns."""
        plain = {
            key: value for key, value in documents.specimen("training_certificate").items() if key not in FROM_PRESS
        }
        numbers = range(self.issued, self.issued + count)
        self.issued += count
        with transaction.unit():
            orders = [
                Order(
                    subject=f"enrolment:{number}",
                    group="bench",
                    content=plain,
                    public={},
                    office_code=self.office.enterprise.office_code,
                )
                for number in numbers
            ]
            return actions.issue_many(CertificateKind.TRAINING, orders, by=self.office.actor("checker"))

    def pending(self) -> int:
        """Return how many certificates are still wanted."""
        with transaction.unit(reads=True):
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
        yield Bureau(app, office)
        db.session.remove()
        db.engine.dispose()


def alone(made: Bureau, count: int) -> float:
    """Return the seconds this process takes for `count` certificates, all the way into the store."""
    ids = made.issue(count)
    started = time.perf_counter()
    jobs.render(ids)
    return time.perf_counter() - started


def through(made: Bureau, count: int) -> float:
    """Return the seconds the running workers take for `count` certificates, from commit to the last one sealed."""
    made.issue(count)
    started = time.perf_counter()
    while made.pending():
        time.sleep(PAUSE)
    return time.perf_counter() - started


def measured(env: Mapping[str, str], workers: int, count: int, rounds: int) -> Timing:
    """Start so many workers on fresh data, wait until they listen, and time them."""
    timing = Timing()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        here = {**env, "TRAININGADMIN_VAR": folder, "REDIS_URL": stack.enter_context(valkey_server())}
        made = stack.enter_context(bureau(here))
        for _ in range(workers):
            stack.enter_context(worker_process(here))
        connection = queue.connect(here["REDIS_URL"])
        while Worker.count(connection=connection) < workers:
            time.sleep(PAUSE)
        timing.seconds = [through(made, count) for _ in range(rounds)]
        connection.close()
    return timing


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificates", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    count, rounds = options.certificates, options.rounds
    env = {**os.environ, "TRAININGADMIN_DEMO": "1"}
    with tempfile.TemporaryDirectory() as folder:
        quiet = {**env, "TRAININGADMIN_VAR": folder, "REDIS_URL": f"unix://{Path(folder) / 'nobody'}"}
        with bureau(quiet) as made:
            documents.warm()
            printing.press()
            inline = Timing([alone(made, count) for _ in range(rounds)])
    timings = {"in process": inline}
    for workers in (1, 2):
        timings[f"{workers} worker{'s' * (workers > 1)}"] = measured(env, workers, count, rounds)
    show(f"{count} certificates, wall time", timings, base="in process", goal="1 worker ≥ 0.8 ×")
    gain = timings["1 worker"].median / timings["2 workers"].median
    fact("two workers against one", f"{gain:.2f} ×", goal="≥ 1.8 × with two free cores")
    fact("certificates a second, in process", f"{count / inline.median:.1f}")


if __name__ == "__main__":
    main()
