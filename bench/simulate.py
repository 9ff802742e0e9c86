"""How much faster two processes simulate stored lines than one, and how long a write is held: python -m bench.simulate."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import event, select

from bench.evidence import office_in_a_folder
from bench.ratio import fact
from tests.claims import small
from tests.factories import Office
from tests.reforms import stage
from trainingadmin.claims.models import Assessment, Claim, ClaimLine
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db, reading
from trainingadmin.policies import seeding
from trainingadmin.policies.models import PolicyDraft
from trainingadmin.reforms import actions, jobs
from trainingadmin.reforms.models import Simulation
from trainingadmin.reforms.states import SimulationState

RATIO, HELD = 1.8, 0.200


def main() -> None:
    """Print the ratio of one process to two, memory, a writer's longest wait, and the longest write of a re-assessment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with office_in_a_folder() as office:
        with transaction.unit():
            seeding.seed()
        reassess(office, given.people)
        print(f"\nsimulation of {given.lines} stored lines")
        fill(stage.open_claim(office, 1, first=5).id, given.lines)
        ratio = simulate(office, given.rounds)
    raise SystemExit(0 if ratio >= RATIO else 1)


# Simulations ------------------------------------------------------------------------------------------------------------


def fill(claim_id: int, lines: int) -> None:
    """Store so many lines with the facts of a real one, on a connection of its own that asks for no other rows."""
    line = db.session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim_id)).one()
    newest = select(Assessment).where(Assessment.line_id == line.id).order_by(Assessment.id.desc()).limit(1)
    told = db.session.scalars(newest).one()
    first = 1_000_000
    owned, person_id = db.engine.url.database, line.person_id
    kept = [told.policy_code, told.policy_digest, json.dumps(told.facts, ensure_ascii=False)]
    db.session.rollback()
    with sqlite3.connect(owned or "") as raw:
        raw.execute("PRAGMA synchronous=OFF")
        rows = ((first + n, claim_id, first + n, person_id) for n in range(lines))
        raw.executemany(
            "INSERT INTO claim_lines (id, claim_id, enrolment_id, person_id, verdict, entitlement, advance, balance, "
            "state, frozen_reason, version) VALUES (?, ?, ?, ?, 'eligible', 1200000, 0, 1200000, 'open', '', 1)",
            rows,
        )
        raw.executemany(
            "INSERT INTO assessments (line_id, policy_code, policy_digest, facts, at, sources, findings, verdict, "
            "entitlement, advance, digest, occasion, account_id) "
            "VALUES (?, ?, ?, ?, ?, '{}', '[]', 'eligible', 1200000, 0, '', 'submission', 1)",
            ([first + n, *kept, "2022-06-13 01:00:00"] for n in range(lines)),
        )
    raw.close()


def simulate(office: Office, rounds: int) -> float:
    """Time the same simulation in one process and in two, in turns; return the ratio of the medians."""
    draft_id = stage.drafted(
        office, stage.proposal(valid_from=date(2022, 1, 2), document="雅人社发〔2022〕4号", annual_rate={"3": 4500})
    ).id
    maintainer, writer_id = office.actor("policy"), office.actor("acceptance").id
    seconds: dict[int, list[float]] = {1: [], 2: []}
    waits: list[float] = []
    for turn in range(rounds):
        for processes in (1, 2):
            with writing(writer_id, waits if processes == 2 else []):
                seconds[processes].append(one_run(maintainer, draft_id, processes))
            print(f"  round {turn + 1}, {processes} process(es): {seconds[processes][-1]:.1f} s", flush=True)
    one, two = (sorted(seconds[n])[rounds // 2] for n in (1, 2))
    found = db.session.scalars(select(Simulation).order_by(Simulation.id.desc()).limit(1)).one()
    fact("people a simulation", found.people)
    fact("one process, median", f"{one:.1f} s")
    fact("two processes, median", f"{two:.1f} s")
    fact("two are so much faster", f"{one / two:.2f} ×", goal=f"≥ {RATIO} ×")
    fact("memory of a working process at most", f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB")
    fact("a writer beside it waited and wrote at most", f"{max(waits) * 1000:.0f} ms", goal="≤ 500 ms")
    return one / two


def one_run(by: Actor, draft_id: int, processes: int) -> float:
    """Begin a simulation and return how long so many forked processes take for it."""
    with transaction.unit():
        simulation_id = actions.simulate(db.session.get_one(PolicyDraft, draft_id), by=by).id
    db.session.remove()
    db.engine.dispose()
    forked = multiprocessing.get_context("fork")
    workers = [forked.Process(target=work, args=(simulation_id,)) for _ in range(processes)]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - started


def work(simulation_id: int) -> None:
    """Work at a simulation until it has ended, as a worker does."""
    jobs.TURN = 3_600.0
    while True:
        jobs.simulate(simulation_id)
        with transaction.unit(reads=True):
            if db.session.get_one(Simulation, simulation_id).state is SimulationState.DONE:
                return
        time.sleep(0.05)


@contextmanager
def writing(account_id: int, waits: list[float]) -> Iterator[None]:
    """Write a line of the journal every tenth of a second beside the block, and note how long each took."""
    stop = threading.Event()
    url = db.engine.url.database or ""

    def write() -> None:
        with sqlite3.connect(url, timeout=15, isolation_level=None) as raw:
            raw.execute("PRAGMA synchronous=FULL")
            while not stop.wait(0.1):
                started = time.perf_counter()
                raw.execute("BEGIN IMMEDIATE")
                raw.execute("UPDATE accounts SET name = name WHERE id = ?", (account_id,))
                raw.execute("COMMIT")
                waits.append(time.perf_counter() - started)
        raw.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


# Re-assessment ----------------------------------------------------------------------------------------------------------


def reassess(office: Office, people: int) -> None:
    """Judge a claim of many people under a new version and print the longest write transaction."""
    with clock.at(small.CLAIMED_ON):
        claim = stage.open_claim(office, people, first=1_000)
    version = stage.activated(office, stage.drafted(office, stage.proposal(code="YA-2022A")))
    version_id = version.id
    db.session.rollback()
    held = list[float]()
    with measured(held):
        jobs.reassess(version_id)
    db.session.expire_all()
    assert db.session.get_one(Claim, claim.id).policy_code == "YA-2022A"
    print(f"re-assessment of a claim of {people} people")
    fact("write transactions", len(held))
    fact("the longest held the lock", f"{max(held) * 1000:.0f} ms", goal=f"≤ {HELD * 1000:.0f} ms")
    chain = journal.verify()
    fact("the journal is whole", chain.broken_at is None)


@contextmanager
def measured(held: list[float]) -> Iterator[None]:
    """Note how long each write transaction of the block took from its begin to its commit."""
    begun: dict[object, float] = {}

    def begin(connection: object) -> None:
        if not reading.get():
            begun[connection] = time.perf_counter()

    def end(connection: object) -> None:
        if connection in begun:
            held.append(time.perf_counter() - begun.pop(connection))

    event.listen(db.engine, "begin", begin)
    event.listen(db.engine, "commit", end)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", begin)
        event.remove(db.engine, "commit", end)


if __name__ == "__main__":
    main()
