"""Lets the database itself count the changes of rows, so that what was worked out from them can tell whether it still holds.

A count that an act would have to remember to raise is forgotten by the next act; a trigger is not.
"""

# ruff: noqa: S608 - names of our own tables
from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Table, event

from trainingadmin.plumbing.database import Base, triggers

_COUNTED: list[tuple[str, str]] = []
_VERBS = ("INSERT", "UPDATE", "DELETE")


def counted(counts: Any, key: str, *sources: Any) -> None:
    """Make each change of rows of `sources` add to `revision` in the row of `counts` that has the same `key`.

    The row is made at the first change. On PostgreSQL a statement counts once, on SQLite each of its rows. A row keeps
    its key. Migrations make the same triggers by `migrations.guards.count`.
    """
    assert isinstance(counts, Table)
    _COUNTED.extend((source.name, counts.name) for source in sources)
    for dialect in ("sqlite", "postgresql"):
        statements = _function_ddl(counts.name, key, dialect)
        for source in sources:
            statements += _counting_ddl(source.name, counts.name, key, dialect)
        for statement in statements:
            made = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(Base.metadata, "after_create", made.execute_if(dialect=dialect))


def _function_ddl(counts: str, key: str, dialect: str) -> list[str]:
    if dialect == "sqlite":
        return []
    add = (
        f"INSERT INTO {counts} ({key}, revision) SELECT DISTINCT {key}, 1 FROM changed ORDER BY {key} "
        f"ON CONFLICT ({key}) DO UPDATE SET revision = {counts}.revision + 1"
    )
    name = f"{counts}_count()"
    return [
        f"CREATE OR REPLACE FUNCTION {name} RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {add}; RETURN NULL; END $$"
    ]


def _counting_ddl(source: str, counts: str, key: str, dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {_trigger(source, counts, verb)} AFTER {verb} ON {source} BEGIN "
            f"INSERT INTO {counts} ({key}, revision) VALUES ({'OLD' if verb == 'DELETE' else 'NEW'}.{key}, 1) "
            f"ON CONFLICT ({key}) DO UPDATE SET revision = revision + 1; END"
            for verb in _VERBS
        ]
    return [
        f"CREATE OR REPLACE TRIGGER {_trigger(source, counts, verb)} AFTER {verb} ON {source} "
        f"REFERENCING {'OLD' if verb == 'DELETE' else 'NEW'} TABLE AS changed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {counts}_count()"
        for verb in _VERBS
    ]


def _trigger(source: str, counts: str, verb: str) -> str:
    return f"{source}_{counts}_{verb.lower()}"


def uncounted() -> list[str]:
    """Name the tables whose changes this database does not count although it should."""
    found = triggers()
    return sorted(
        source for source, counts in _COUNTED if not {_trigger(source, counts, verb) for verb in _VERBS} <= found
    )
