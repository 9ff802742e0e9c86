"""How much faster two processes simulate stored lines than one, and how long a write is held: python -m bench.simulate."""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import resource
import sqlite3
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from multiprocessing.context import ForkProcess
from typing import Any

from sqlalchemy import event, select

from bench.evidence import office_in_a_folder
from bench.ratio import fact, free_cores
from tests.claims import small
from tests.factories import Office
from tests.reforms import stage
from trainingadmin.claims.models import Assessment, Claim, ClaimLine
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.engines import reading
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
    """Store so many lines with the facts of a real one, but for days and minutes, on a connection that asks for no other rows."""
    line = db.session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim_id)).one()
    newest = select(Assessment).where(Assessment.line_id == line.id).order_by(Assessment.id.desc()).limit(1)
    told = db.session.scalars(newest).one()
    facts, ids, first = dict(told.facts), (line.id, told.id), 1_000_000
    owned = db.engine.url.database
    db.session.rollback()
    with sqlite3.connect(owned or "") as raw:  # a connection that holds to no foreign keys
        raw.execute("PRAGMA synchronous=OFF")
        own = ((first + n, first + n, first + n) for n in range(lines))
        _copy(raw, "claim_lines", ids[0], ("id", "enrolment_id", "person_id"), own)
        _copy(
            raw,
            "assessments",
            ids[1],
            ("id", "line_id", "facts"),
            ((first + n, first + n, _facts_of(facts, n)) for n in range(lines)),
        )
    raw.close()


def _copy(
    raw: sqlite3.Connection, table: str, row_id: int, changed: Sequence[str], values: Iterator[tuple[Any, ...]]
) -> None:
    """Insert copies of one row that differ in some columns."""
    names = [column[1] for column in raw.execute(f"PRAGMA table_info({table})")]
    kept = [name for name in names if name not in changed]
    same = raw.execute(f"SELECT {', '.join(kept)} FROM {table} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608 - names of ours
    holes = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table} ({', '.join((*changed, *kept))}) VALUES ({holes})"  # noqa: S608 - names of ours
    raw.executemany(statement, ((*own, *same) for own in values))


def _facts_of(facts: dict[str, Any], number: int) -> str:
    """Return the facts of another person: nearly half were born or attended so that something else comes out."""
    born_on = date(1962, 1, 1) + timedelta(days=number % 16_000)
    credited = facts["planned_minutes"] * (74 + number % 23) // 100
    told = facts | {"case": f"L{number}", "born_on": born_on.isoformat(), "credited_minutes": credited}
    return json.dumps(told, ensure_ascii=False)


def simulate(office: Office, rounds: int) -> float:
    """Time the same simulation in one process and in two, in turns; return how much faster two are.

    Others use the machine's cores, too: what two processes that only count gain in the same minute is the most that
    could be had, and the ratio is reckoned to two whole cores by it.
    """
    draft_id = stage.drafted(
        office, stage.proposal(valid_from=date(2022, 1, 2), document="雅人社发〔2022〕4号", annual_rate={"3": 4500})
    ).id
    maintainer, writer_id = office.actor("policy"), office.actor("acceptance").id
    seconds: dict[int, list[float]] = {1: [], 2: []}
    busy: dict[int, list[float]] = {1: [], 2: []}
    cores, waits, digests = list[float](), list[float](), set[str | None]()
    for turn in range(rounds):
        for processes in (1, 2):
            with writing(writer_id, waits):
                took, own = one_run(maintainer, draft_id, processes)
            seconds[processes].append(took)
            busy[processes].append(max(own))
            digests.add(newest().result_digest)
        cores.append(free_cores())
        one, two = (seconds[n][-1] for n in (1, 2))
        print(f"  round {turn + 1}: {one:.1f} s, {two:.1f} s; cores to be had: {cores[-1]:.2f}", flush=True)
    ratio = statistics.median(one / two for one, two in zip(seconds[1], seconds[2], strict=True))
    had = statistics.median(cores)
    fact("people a simulation", newest().people)
    fact(
        "one process, two processes, medians",
        " s, ".join(f"{statistics.median(seconds[n]):.1f}" for n in (1, 2)) + " s",
    )
    fact("two are so much faster", f"{ratio:.2f} × on {had:.2f} cores that could be had")
    alone, longer = (statistics.median(busy[n]) for n in (1, 2))
    fact("processor seconds of one, of the longer of two", f"{alone:.1f} s, {longer:.1f} s: {alone / longer:.2f} ×")
    fact("on two whole cores", f"{ratio * 2 / had:.2f} ×", goal=f"≥ {RATIO} ×")
    fact("all runs found the same", len(digests) == 1)
    fact("memory of a working process at most", f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB")
    fact("a writer beside it waited and wrote at most", f"{max(waits) * 1000:.0f} ms", goal="≤ 500 ms")
    return ratio * 2 / had


def newest() -> Simulation:
    """Return the simulation that was begun last, as it stands now."""
    db.session.rollback()
    found = select(Simulation).order_by(Simulation.id.desc()).limit(1)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def one_run(by: Actor, draft_id: int, processes: int) -> tuple[float, list[float]]:
    """Begin a simulation and return how long so many forked processes take for it, and the processor time of each."""
    with transaction.unit():
        simulation_id = actions.simulate(db.session.get_one(PolicyDraft, draft_id), by=by).id
    db.session.remove()
    db.engine.dispose()
    context = multiprocessing.get_context("fork")
    return forked([context.Process(target=work, args=(simulation_id,)) for _ in range(processes)])


def forked(workers: Sequence[ForkProcess]) -> tuple[float, list[float]]:
    """Return how long the workers take together, and the processor time of each."""
    started, own = time.perf_counter(), list[float]()
    for worker in workers:
        worker.start()
    for worker in workers:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        worker.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        own.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return time.perf_counter() - started, own


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
    gc.collect()
    gc.freeze()  # as a worker does
    with measured(held):
        jobs.reassess(version_id)
    gc.unfreeze()
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
