"""Runs the numbered migrations on the application's own engine, one transaction each."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from trainingadmin.plumbing.database import Base, Encrypted, Fen, Instant, db

_PLAIN = {Instant: "sa.DateTime(timezone=True)", Fen: "sa.BigInteger()", Encrypted: "sa.Text()"}


def plain_type(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write our column types as the database's own, so that a migration never changes with the code."""
    if kind != "type":
        return False
    if type(item) in _PLAIN:
        return _PLAIN[type(item)]
    if type(item).__name__ == "JSON":
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if type(item).__name__ == "Enum":
        values = ", ".join(f'"{value}"' for value in item.enums)
        return f'sa.Enum({values}, name="{item.name}", native_enum=False, create_constraint=True, length={item.length})'
    return False


def run() -> None:
    """Upgrade or downgrade as the command asks."""
    with db.engine.connect() as connection:
        _enforce_keys(connection, False)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transactional_ddl=True,
            transaction_per_migration=True,
            render_item=plain_type,
            **{"compare_type": True, **current_app.extensions["migrate"].configure_args},
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
            _refuse_broken_keys(connection)
        finally:
            connection.rollback()
            _enforce_keys(connection, True)


def _enforce_keys(connection: Connection, on: bool) -> None:
    """Switch SQLite's foreign keys: it alters a table by making it anew, which no table that others point to bears."""
    if connection.dialect.name == "sqlite":
        # The driver's own cursor: inside a transaction, which any other statement would begin, nothing is switched.
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={int(on)}")


def _refuse_broken_keys(connection: Connection) -> None:
    """Check afterwards what was not checked on the way."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
        if broken:
            raise RuntimeError(f"after the migrations rows point to nothing: {broken}")


run()
