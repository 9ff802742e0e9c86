"""Marks by the million on PostgreSQL: ingest with and without the sums, reports from sums and scans, bytes a mark.

python -m bench.attendance --marks 10000000
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, select, text

from bench.ratio import Timing, fact, interleaved, show
from tests.attendance.stage import DURING
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from tests.servers import postgres_server
from trainingadmin.app import create_app
from trainingadmin.attendance import actions, queries, verification
from trainingadmin.attendance.actions import Noted, marking
from trainingadmin.attendance.models import MarkSource, MarkStatus, Session, SessionKind
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.bulk import bulk_insert, bulk_insert_ids
from trainingadmin.plumbing.database import db
from trainingadmin.policies import actions as policies
from trainingadmin.policies import seeding
from trainingadmin.settings import Settings, write_keys

PEOPLE, MONTHS, PER_MONTH, FILE = 30, 24, 42, 3
"""Of one filing: people, months, sessions a month (two a working day); and the months of one sign-in file."""

ONE_MONTH, ALL_MONTHS, SHARE, BYTES = 25, 150, 0.80, 80
Filing = tuple[Cohort, list[int], list[list[int]]]


def main() -> None:
    """Print every ratio for `--marks` marks; leave with 1 when one of the goals is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marks", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    filings = max(2, given.marks // (PEOPLE * MONTHS * PER_MONTH))
    with office_on_postgresql() as office:
        actor, places = office.actor("city"), made_up(office, filings + 2 * given.rounds)
        share = compare_ingest(office, places[filings:], given.rounds)
        some = [cohort.id for cohort, _, _ in places[: filings : max(1, filings // 10)]]
        ingest(office, places[:filings])
        db.session.remove()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        each = sizes()
        one, every = compare_reports(actor, given.rounds)
        verified(some)
    raise SystemExit(0 if one >= ONE_MONTH and every >= ALL_MONTHS and share >= SHARE and each <= BYTES else 1)


# Rows to write ----------------------------------------------------------------------------------------------------------


def made_up(office: Office, number: int) -> list[Filing]:
    """Return filings in training like the sample's, each with its people and the sessions of every month."""
    first = approved_cohort(office)
    pattern = db.session.execute(select(Cohort.__table__).where(Cohort.id == first.id)).mappings().one()
    roster = list(db.session.execute(select(Enrolment.__table__)).mappings())
    with transaction.unit():
        rows = [{**without_id(pattern), "number": f"BENCH-{at:05d}"} for at in range(number)]
        ids = bulk_insert_ids(Cohort, rows)
        bulk_insert(
            Enrolment, [{**without_id(one), "cohort_id": id_, "shift_group": ""} for id_ in ids for one in roster]
        )
        bulk_insert(Session, [row for id_ in ids for row in sessions_of(id_)])
    return [filing(id_) for id_ in ids]


def without_id(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row to be written again as another."""
    return {name: value for name, value in row.items() if name != "id"}


def sessions_of(cohort_id: int) -> Iterator[dict[str, Any]]:
    """Yield the planned sessions of a filing: morning theory, afternoon practice."""
    for month in range(MONTHS):
        first = date(2018 + month // 12, month % 12 + 1, 1)
        for at in range(PER_MONTH):
            hour, kind = ((9, SessionKind.THEORY), (14, SessionKind.PRACTICE))[at % 2]
            yield {
                "cohort_id": cohort_id,
                "shift_group": "",
                "held_on": first + timedelta(days=at // 2),
                "starts_at": clock_time(hour),
                "ends_at": clock_time(hour + 3),
                "course": "机械基础",
                "teacher": "赵月国",
                "kind": kind,
                "planned_minutes": 180,
            }


def filing(cohort_id: int) -> Filing:
    """Return a filing with the ids of its people, and those of its sessions file by file."""
    people = list(db.session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == cohort_id)))
    held = select(Session.id).where(Session.cohort_id == cohort_id).order_by(Session.held_on, Session.starts_at)
    ids = list(db.session.scalars(held))
    files = [ids[at : at + FILE * PER_MONTH] for at in range(0, len(ids), FILE * PER_MONTH)]
    return db.session.get_one(Cohort, cohort_id), people, files


def noted(session_ids: list[int], people: list[int]) -> list[Noted]:
    """Return marks as a file gives them: nearly everybody came and signed out, to the second."""
    found = []
    for session_id in session_ids:
        for enrolment_id in people:
            chance = (enrolment_id * 7919 + session_id * 104729) % 100
            if chance < 4:
                found.append(Noted(session_id, enrolment_id, MarkStatus.ABSENT, 0, MarkSource.IMPORT))
            else:
                came, left = clock_time(8, 50 + chance % 10, chance % 60), clock_time(12, chance % 20, chance % 60)
                found.append(Noted(session_id, enrolment_id, MarkStatus.PRESENT, 180, MarkSource.IMPORT, came, left))
    return found


# Ingest -----------------------------------------------------------------------------------------------------------------


def compare_ingest(office: Office, places: list[Filing], rounds: int) -> float:
    """Show what keeping the sums in the ingest's own transaction costs; return the share of the rate that is left."""
    by, timings = office.actor("institution"), {name: Timing() for name in WAYS}
    turns = iter(places)
    for turn in range(rounds):
        for name in timings if turn % 2 else reversed(timings):
            cohort, people, files = next(turns)
            batches = [noted(file, people) for file in files]
            timings[name].seconds.append(timed(partial(WAYS[name], cohort, batches, by)))
    marks = PEOPLE * PER_MONTH * MONTHS
    show(
        f"ingest of {MONTHS // FILE} files of {PEOPLE * PER_MONTH * FILE} marks, a commit each",
        timings,
        base="marks alone",
        goal=f"≥ {SHARE}",
    )
    fact("rate with sums", f"{marks / timings['marks and sums'].median:,.0f} marks a second")
    return timings["marks alone"].median / timings["marks and sums"].median


def write(cohort: Cohort, batches: list[list[Noted]], by: Actor) -> None:
    """Write a filing's files through the one door, a transaction each."""
    for batch in batches:
        with transaction.unit(), clock.at(DURING):
            actions.write_marks(cohort, batch, by=by)


def write_alone(cohort: Cohort, batches: list[list[Noted]], by: Actor) -> None:
    """Write them without looking what was there before and without sums."""
    with patch.object(marking, "_changes", _nothing), patch.object(marking, "_add_sums", _nothing):
        write(cohort, batches, by)


WAYS = {"marks alone": write_alone, "marks and sums": write}


def ingest(office: Office, places: list[Filing]) -> None:
    """Write all marks, a file of each filing in turn, as time brings them."""
    by, started, marks = office.actor("institution"), time.perf_counter(), 0
    for at in range(MONTHS // FILE):
        for cohort, people, files in places:
            batch = noted(files[at], people)
            marks += len(batch)
            write(cohort, [batch], by)
    spent = time.perf_counter() - started
    print(f"\n{marks:,} marks of {len(places):,} filings")
    fact("written in", f"{spent:.0f} s, making them included ({marks / spent:,.0f} a second)")


def _nothing(*_: object) -> None:
    """Stand in for what is not done."""


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that pass."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


# Size and reports -------------------------------------------------------------------------------------------------------


def sizes() -> float:
    """Show how many bytes a mark takes, indexes included, and what lies beside it."""
    tables = ("marks", "rolls", "person_months", "cohort_months")
    count = db.session.scalar(text("SELECT count(*) FROM marks"))
    bytes_of = {t: db.session.scalar(text(f"SELECT pg_total_relation_size('{t}')")) for t in tables}
    each = bytes_of["marks"] / count
    fact("bytes a mark, its index included", f"{each:.1f}", goal=f"≤ {BYTES}")
    for table in tables[1:]:
        fact(f"bytes of {table} a mark", f"{bytes_of[table] / count:.2f}")
    return float(each)


SCAN = """
    SELECT {keys}, sum((m.status = 0)::int), sum((m.status = 1)::int), sum((m.status = 2)::int),
           sum(s.planned_minutes), sum(m.credited_minutes)
    FROM marks m JOIN sessions s ON s.id = m.session_id {where} GROUP BY {keys}
"""


def compare_reports(actor: Actor, rounds: int) -> tuple[float, float]:
    """Show reports from the sums beside scans of the slim table, which leave out even the look for corrections."""
    month = date(2018 + (MONTHS // 2) // 12, (MONTHS // 2) % 12 + 1, 1)
    until = (month + timedelta(days=31)).replace(day=1)
    where = f"WHERE s.held_on >= '{month}' AND s.held_on < '{until}'"
    by_month = "date_trunc('month', s.held_on), s.kind"
    ways: dict[str, dict[str, Callable[[], object]]] = {
        "one month": {
            "scan": lambda: rows(text(SCAN.format(keys="s.cohort_id", where=where))),
            "sums": lambda: rows(queries.of_month(actor, month)),
        },
        "all months": {
            "scan": lambda: rows(text(SCAN.format(keys=by_month, where=""))),
            "sums": lambda: queries.all_months(actor),
        },
    }
    found = []
    for (title, pair), goal in zip(ways.items(), (ONE_MONTH, ALL_MONTHS), strict=True):
        timings = interleaved(pair, rounds=rounds, clock=time.perf_counter)
        show(f"report of {title}", timings, base="scan", goal=f"≥ {goal}")
        found.append(timings["scan"].median / timings["sums"].median)
    return found[0], found[1]


def rows(statement: Any) -> list[Any]:
    """Return what a statement finds."""
    return list(db.session.execute(statement))


def verified(some: list[int]) -> None:
    """Show that the sums of some filings, the first and last among them, are what their marks add up to."""
    started = time.perf_counter()
    found = verification.verify(some)
    fact(f"sums of {len(some)} filings that are not exact", len(found.breaches), goal="0")
    fact("these added up again in", f"{time.perf_counter() - started:.0f} s")


@contextmanager
def office_on_postgresql() -> Iterator[Office]:
    """Open an office in a database of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name, postgres_server() as server:
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE marks"))
        engine.dispose()
        write_keys(Path(name) / "keys" / "secrets.json", demo=True)
        url = make_url(server).set(database="marks").render_as_string(hide_password=False)
        settings = Settings.from_env({"TRAININGADMIN_VAR": name, "TRAININGADMIN_DEMO": "1"})
        app = create_app(replace(settings, database_url=url, redis_url="unix:///nonexistent/valkey.sock"))
        with app.app_context():
            upgrade()
            with transaction.unit():
                policies.seed_calendar()
                seeding.seed()
                office = Office.open()
            yield office
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
