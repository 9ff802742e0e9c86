"""What makes a table append-only, counts changes of it, or changes the values a column may hold, in the database itself."""

# ruff: noqa: S608 - names that the migrations give
from __future__ import annotations

import re

from alembic import op
from sqlalchemy import text

_VERBS = ("INSERT", "UPDATE", "DELETE")


def guard(table: str) -> None:
    """Refuse UPDATE and DELETE (and on PostgreSQL TRUNCATE) on `table`."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )


def unguard(table: str) -> None:
    """Take the guard's function away, once the table and its triggers are gone."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {table}_refuse()")


def allow(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    """Let `column` hold exactly `values` from now on: its check `ck_<table>_<name>` is written anew, rows and triggers stay."""
    rule = f"CHECK ({column} IN ({', '.join(repr(value) for value in values)}))"
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} {rule}")
        return
    # SQLite cannot alter a check, and a new table in place of this one would lose the triggers that guard it.
    connection = op.get_bind()
    master = "FROM sqlite_master WHERE type = 'table' AND name = :table"
    written = str(connection.execute(text(f"SELECT sql {master}"), {"table": table}).scalar_one())
    changed, found = re.subn(rf"(CONSTRAINT ck_{table}_{name}) CHECK \([^()]*\([^()]*\)\)", rf"\1 {rule}", written)
    if found != 1:
        raise LookupError(f"{table} has no check ck_{table}_{name}")
    version = int(connection.exec_driver_sql("PRAGMA schema_version").scalar_one())
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": changed, "table": table},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def count(counts: str, key: str, *sources: str) -> None:
    """Make each change of rows of `sources` add to `revision` in the row of `counts` that has the same `key`."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            f"CREATE FUNCTION {counts}_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"INSERT INTO {counts} ({key}, revision) SELECT DISTINCT {key}, 1 FROM changed ORDER BY {key} "
            f"ON CONFLICT ({key}) DO UPDATE SET revision = {counts}.revision + 1; RETURN NULL; END $$"
        )
    for source in sources:
        for verb in _VERBS:
            row, trigger = "OLD" if verb == "DELETE" else "NEW", f"{source}_{counts}_{verb.lower()}"
            op.execute(
                f"CREATE TRIGGER {trigger} AFTER {verb} ON {source} BEGIN "
                f"INSERT INTO {counts} ({key}, revision) VALUES ({row}.{key}, 1) "
                f"ON CONFLICT ({key}) DO UPDATE SET revision = revision + 1; END"
                if sqlite
                else f"CREATE TRIGGER {trigger} AFTER {verb} ON {source} REFERENCING {row} TABLE AS changed "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {counts}_count()"
            )


def uncount(counts: str, *sources: str) -> None:
    """Take the triggers of `count` away."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for source in sources:
        for verb in _VERBS:
            op.execute(f"DROP TRIGGER {source}_{counts}_{verb.lower()}" + ("" if sqlite else f" ON {source}"))
    if not sqlite:
        op.execute(f"DROP FUNCTION {counts}_count()")
