"""How each database is opened, and how its transactions begin and end: reads as reads, writes as money needs them."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event

reading: ContextVar[bool] = ContextVar("reading", default=False)


def options(url: str) -> dict[str, Any]:
    """Return what an engine for the database at `url` is made with."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}, "hide_parameters": True}
    return {
        "hide_parameters": True,  # an error that is logged says which statement, never whose data
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 5,
        "connect_args": {"options": "-c lock_timeout=3s -c timezone=UTC -c synchronous_commit=on"},
    }


def prepare(engine: Engine) -> None:
    """Make `engine` begin reads as reads and writes as writes, with the durability that money needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgresql_begin)
        event.listen(engine, "rollback", _postgresql_rollback)


def _sqlite_connect(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late and would hide ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    only_reads = reading.get()
    if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]  # sqlite3's
        return  # the driver was asked before the session, see `lines`
    cursor = connection.connection.cursor()  # the driver's own: every request begins here
    if connection.info.get("query_only") != only_reads:
        cursor.execute(f"PRAGMA query_only={int(only_reads)}")
        connection.info["query_only"] = only_reads
    cursor.execute("BEGIN DEFERRED" if only_reads else "BEGIN IMMEDIATE")
    cursor.close()


def _postgresql_begin(connection: Connection) -> None:
    only_reads = reading.get()
    if connection.info.get("read_only", False) != only_reads:
        driver_connection: Any = connection.connection.dbapi_connection
        driver_connection.read_only = only_reads  # which its BEGIN then says
        connection.info["read_only"] = only_reads


def _postgresql_rollback(connection: Connection) -> None:
    """End by COMMIT what could only read: at a ROLLBACK the driver forgets every statement that it has prepared."""
    if connection.invalidated or not connection.info.get("read_only"):
        return
    with suppress(connection.dialect.loaded_dbapi.Error):  # the ROLLBACK that follows fails as well, and is heard
        connection.connection.commit()
