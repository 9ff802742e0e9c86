"""Connections that only read, kept from one request to the next: a session and its connection cost more than many pages ask.

A unit that reads takes a line at its first question and lets it rest at its end. The driver asks on it at once; a session
that is asked for entities joins in, so that both see one moment of the database.
"""

from __future__ import annotations

import time
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from trainingadmin.plumbing.templating import told

SPARE = 2
"""Lines of an engine that rest; what is more goes back to its pool."""
TRUSTED = 1.0
"""Seconds of rest after which a line is asked whether its server still answers."""

_open: ContextVar[Line | None] = ContextVar("line", default=None)


@dataclass(slots=True, eq=False)
class Line:
    """A connection, the driver's own connection in it, and since when it rests."""

    connection: Connection
    raw: Any
    rests_since: float = 0.0

    def cursor(self) -> Any:
        """Return a cursor of the driver in a transaction that reads."""
        if self.connection.dialect.name == "sqlite" and not self.raw.in_transaction:
            self.raw.execute("BEGIN DEFERRED")
        return self.raw.cursor()

    def lives(self) -> bool:
        """Tell whether it can be asked."""
        if time.monotonic() - self.rests_since < TRUSTED:
            return True
        with suppress(self.connection.dialect.loaded_dbapi.Error):
            return bool(self.connection.dialect.do_ping(self.raw))
        return False

    def end(self) -> bool:
        """End the transaction, whoever began it; tell whether the line is as good as before."""
        try:
            if self.connection.in_transaction():
                self.connection.rollback()
            else:
                self.raw.commit()  # of nothing: at a ROLLBACK the driver of PostgreSQL forgets what it has prepared
        except self.connection.dialect.loaded_dbapi.Error:
            return False
        return not self.connection.invalidated

    def drop(self) -> None:
        """Close it for good."""
        self.connection.invalidate()
        self.connection.close()


def current(engine: Engine) -> Line:
    """Return the line of this unit, taken at the first question."""
    told.asked()
    line = _open.get()
    if line is None:
        line = _rested(engine) or _new(engine)
        _open.set(line)
    return line


def end() -> None:
    """End what this unit asked, if it did."""
    line = _open.get()
    if line is None:
        return
    _open.set(None)
    resting = _resting(line.connection.engine)
    if not line.end():
        line.drop()
    elif len(resting) < SPARE:
        line.rests_since = time.monotonic()
        resting.append(line)
    else:
        line.connection.close()


def _new(engine: Engine) -> Line:
    connection = engine.connect()
    connection.begin().rollback()  # which sets it to read, see `engines`
    return Line(connection, connection.connection.dbapi_connection)


def _rested(engine: Engine) -> Line | None:
    resting = _resting(engine)
    while resting:
        line = resting.pop()
        if line.lives():
            return line
        line.drop()
    return None


def _resting(engine: Engine) -> list[Line]:
    resting: list[Line] | None = engine.__dict__.get("_resting_lines")
    if resting is None:
        resting = engine.__dict__["_resting_lines"] = []
        event.listen(engine, "engine_disposed", _drop_all)
    return resting


def _drop_all(engine: Engine) -> None:
    resting = _resting(engine)
    while resting:
        resting.pop().drop()
