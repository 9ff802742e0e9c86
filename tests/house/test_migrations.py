"""Migrations: one line of them, down and up again over real rows, equal to the models, guards in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from tests.factories import Office
from tests.house.scan import ROOT
from tests.payments import stage as payments
from trainingadmin.plumbing import database, journal, periodic, transaction
from trainingadmin.plumbing.database import APPEND_ONLY, Base, db

TABLE_OF_THE_CLOCK = periodic.PeriodicRun.__tablename__  # known once imported, as the commands do
MIGRATIONS = ROOT / "migrations"
SCRIPTS = ScriptDirectory(str(MIGRATIONS))


# The line of them -------------------------------------------------------------------------------------------------------


def test_there_is_one_head_and_a_file_names_it() -> None:
    named = (MIGRATIONS / "head").read_text().strip()
    assert SCRIPTS.get_heads() == [named], (
        "Two branches added a migration: renumber the later one after the other, and write its number into migrations/head."
    )


def test_they_are_numbered_without_gaps_in_their_order() -> None:
    line = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
    assert line == [f"{number:04d}" for number in range(1, len(line) + 1)]
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert [name[:4] for name in names] == line, "A file begins with its number."


def test_none_of_them_reads_the_models() -> None:
    reading = [
        path.name
        for path in (MIGRATIONS / "versions").glob("[0-9]*.py")
        if re.search(r"trainingadmin", path.read_text())
    ]
    assert not reading, f"{reading}: a migration is frozen; write the columns out, the models go on changing."


def test_none_of_them_rewrites_an_append_only_table() -> None:
    rewriting = [
        f"{path.name}: {table}"
        for path in (MIGRATIONS / "versions").glob("[0-9]*.py")
        for table in APPEND_ONLY
        if re.search(rf'batch_alter_table\(\s*"{table}"', path.read_text())
    ]
    assert not rewriting, f"{rewriting}: SQLite's batch mode drops the triggers silently; make a new table beside it."


# Down and up -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def seeded(app: Flask, office: Office) -> Flask:
    """A bureau with a filing, a claim, a settled batch, certificates and a journal."""
    payments.prepaid_claim(office, 3)
    payments.plan()
    payments.settled(office)
    with transaction.unit():
        journal.record("look", "house:1", by=office.actor("admin"))
    return app


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def shape() -> dict[str, Any]:
    """Return columns, keys, indexes and checks of every table, as the database tells them."""
    inspector = inspect(db.engine)
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)],
            "indexes": sorted((str(i["name"]), bool(i["unique"]), _where(i)) for i in inspector.get_indexes(table)),
            "unique": sorted(str(u["name"]) for u in inspector.get_unique_constraints(table)),
            "checks": sorted(str(c["name"]) for c in inspector.get_check_constraints(table)),
            "foreign": sorted(str(f["name"]) for f in inspector.get_foreign_keys(table)),
        }
        for table in sorted(tables())
    }


def _where(index: Any) -> str:
    return " ".join(str(value) for value in index.get("dialect_options", {}).values())


def functions() -> list[str]:
    if db.engine.dialect.name == "sqlite":
        return []
    return list(db.session.scalars(text("SELECT proname FROM pg_proc WHERE proname LIKE '%\\_refuse' ORDER BY 1")))


def drift() -> list[str]:
    """Return what autogenerate would write: nothing, when models and migrations agree."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
        return [str(difference)[:300] for difference in compare_metadata(context, Base.metadata)]


def test_everything_goes_down_and_comes_up_the_same(seeded: Flask) -> None:
    with transaction.unit(reads=True):
        assert set(Base.metadata.tables) == tables()
        assert TABLE_OF_THE_CLOCK in tables()
    before, made = shape(), functions()
    db.session.rollback()
    downgrade(revision="base")
    assert tables() == set()
    assert functions() == []
    db.session.rollback()
    upgrade()
    assert shape() == before
    assert functions() == made
    assert database.tables_without_guard() == []


def test_each_one_goes_down_and_up_over_real_rows(seeded: Flask) -> None:
    before = shape()
    for script in list(SCRIPTS.walk_revisions())[:-1]:
        db.session.rollback()
        downgrade(revision=str(script.down_revision))
        assert tables() <= set(before), script.revision
        assert shape() != before, script.revision
        upgrade()
        assert shape() == before, script.revision
        assert database.tables_without_guard() == [], script.revision


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    found = drift()
    assert not found, "\n".join(
        [*found, "Write a migration: flask --app wsgi db revision --autogenerate, then number it."]
    )


def test_drift_would_be_found(app: Flask) -> None:
    with transaction.unit():
        db.session.execute(text("ALTER TABLE offices ADD COLUMN motto varchar"))
        db.session.execute(text("DROP INDEX ix_persons_name"))
    assert {"remove_column", "add_index"} <= set(re.findall(r"\('(\w+)'", " ".join(drift())))


def test_the_doctor_agrees(app: Flask) -> None:
    found = app.test_cli_runner().invoke(args=["db", "current"])
    assert found.exit_code == 0
    with db.engine.connect() as connection:
        assert (
            MigrationContext.configure(connection).get_current_revision() == (MIGRATIONS / "head").read_text().strip()
        )
    assert current_app == app


# Tables that only grow ---------------------------------------------------------------------------------------------------

CHANGES = ("UPDATE {table} SET {column} = {column}", "DELETE FROM {table}")


def filled(seeded: Flask) -> Iterator[tuple[str, str, int]]:
    """Yield every append-only table with a column and the number of its rows."""
    for table in APPEND_ONLY:
        rows = db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608 - names of our own
        yield table, next(iter(Base.metadata.tables[table].columns)).name, rows


def test_what_only_grows_cannot_be_changed_or_deleted_by_anybody(seeded: Flask) -> None:
    tried = 0
    for table, column, rows in list(filled(seeded)):
        for change in CHANGES if rows else ():
            with pytest.raises(DBAPIError, match=f"{table} is append-only"), transaction.unit():
                db.session.execute(text(change.format(table=table, column=column)))
            tried += 1
    assert tried >= 6, "The seed fills too few append-only tables for this to prove anything."
    assert {"journal", "transfers"} <= set(APPEND_ONLY)


def test_truncating_is_no_way_around_it(seeded: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite knows no TRUNCATE")
    for table in APPEND_ONLY:
        with pytest.raises(DBAPIError, match="append-only"), transaction.unit():
            db.session.execute(text(f"TRUNCATE {table} CASCADE"))
