"""What a batch of 5 000 lines costs against a bare bulk insert of the same rows: `python -m bench.batches [people]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import event, func, insert, select

from bench import ratio
from tests.factories import Office
from tests.payments import stage
from trainingadmin.app import create_app
from trainingadmin.certificates.models import Certificate
from trainingadmin.claims.models import ClaimStep
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch, Payment, Transfer
from trainingadmin.payments.states import DueState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.bulk import uncollected
from trainingadmin.plumbing.database import Base, db
from trainingadmin.policies import actions as policies
from trainingadmin.settings import Settings, write_keys

CHUNK = 500
GOAL = "≤ 5 × the bare inserts together"


def timed(work: Callable[[], object]) -> tuple[float, int]:
    """Run something once; return the seconds of this process and the statements sent."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    started = time.process_time()
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return time.process_time() - started, len(sent)


WRITTEN: tuple[type[Base], ...] = (Payment, ClaimStep, Transfer, Certificate)
"""What a batch leaves rows in; that it moves dues, lines and payments besides is not in the floor."""


def newest() -> dict[type[Base], int]:
    """Return the last row of each of these tables."""
    return {table: db.session.scalar(select(func.max(table.id))) or 0 for table in WRITTEN}  # type: ignore[attr-defined]


def bare(table: type[Base], since: int) -> float:
    """Time the plain insert of the rows that a batch left in a table; the least of three, with the collector at rest."""
    with uncollected():
        return min(_bare(table, since) for _ in range(3))


def _bare(table: type[Base], since: int) -> float:
    """Insert them into a table of the same columns."""
    source = table.__table__
    rows = [dict(row) for row in db.session.execute(select(source).where(source.c.id > since)).mappings()]
    columns = ", ".join(f'"{column.name}"' for column in source.columns)
    db.session.rollback()
    with transaction.unit():
        connection = db.session.connection()
        connection.exec_driver_sql(f"CREATE TEMP TABLE bare AS SELECT {columns} FROM {source} WHERE 0 = 1")  # noqa: S608
        twin = source.to_metadata(type(Base.metadata)(), name="bare")  # type: ignore[attr-defined]
        started = time.process_time()
        connection.execute(insert(twin), rows)
        spent = time.process_time() - started
        connection.exec_driver_sql("DROP TABLE bare")
    return spent


def owed(people: int) -> None:
    """Open a bureau that owes so many people their balance."""
    with transaction.unit():
        policies.seed_calendar()
        office = Office.open()
    stage.cleared_claim(office, stage.approved_cohort(office, people, advance=0))
    stage.plan()


def arrived() -> Office:
    """The bureau as a session knows it that has read nothing else: in the field every step is a request of its own."""
    db.session.remove()
    return Office.found()


def walk() -> dict[str, tuple[float, int]]:
    """Compose, release and settle one batch of everything."""
    waiting = stage.dues(state=DueState.OPEN)
    account, ids = stage.account(waiting), [due.id for due in waiting]
    del waiting
    office = arrived()

    def compose() -> None:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            actions.compose(account, ids, by=office.actor("preparer"))

    told = {"compose": timed(compose)}
    office, batch = arrived(), db.session.scalars(select(Batch)).one()
    told["release"] = timed(lambda: stage.release(office, batch))
    data = stage.bank_answer(batch)
    office, batch = arrived(), db.session.scalars(select(Batch)).one()
    told["settle"] = timed(lambda: stage.answer(office, batch, data))
    return told


def main() -> None:
    """Print seconds, statements and the ratio."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as folder:
        write_keys(Path(folder) / "keys" / "secrets.json", demo=True)
        settings = Settings.from_env({"TRAININGADMIN_VAR": folder, "TRAININGADMIN_DEMO": "1"})
        app = create_app(replace(settings, redis_url="unix:///nonexistent/valkey.sock"))
        with app.app_context():
            upgrade()
            owed(people)
            before = newest()
            told = walk()
            floor = sum(bare(table, since) for table, since in before.items())
            print(f"\n{people} lines, CPU of this process")
            for step, (seconds, sent) in told.items():
                ratio.fact(
                    step, f"{seconds:.2f} s, {sent} statements, {sent / -(-people // CHUNK):.1f} per {CHUNK} rows"
                )
            spent = sum(seconds for seconds, _ in told.values())
            ratio.fact("together", f"{spent:.2f} s = {spent / floor:.1f} × the bare inserts ({floor:.2f} s)", goal=GOAL)
            db.engine.dispose()


if __name__ == "__main__":
    main()
