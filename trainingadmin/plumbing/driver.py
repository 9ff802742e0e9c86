"""Asks the driver itself what every page asks: SQL, parameters and types of a statement are worked out once.

`Connection.execute` does more for each statement than the database does for a page of a list. A statement object that
comes again (see `remembered`) is prepared at its second use; its rows are plain named tuples, and a value that many
rows share, such as a state or a day, is converted once. It runs in the transaction that a session has or will have, sees
what that sees, and fails as any statement of it fails.
"""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import CompoundSelect, Connection, Select
from sqlalchemy.engine import Dialect

from trainingadmin.plumbing import engines, lines
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.templating.steady import Rows

LIMIT = 1024
"""Statements remembered for an engine."""

_RESULTS = 64
_KEPT = "connection"
P = ParamSpec("P")
T = TypeVar("T")
Convert = Callable[[Any], Any]
Query = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(slots=True)
class _Prepared:
    """A statement as the driver takes it, and how its rows become ours."""

    sql: str
    given: dict[str, Any]
    names: tuple[str, ...] | None
    binds: dict[str, Convert]
    types: tuple[Any, ...]
    row: Any
    converts: dict[int, Convert] | None = None

    def made(self, raw: list[Any]) -> list[Any]:
        """Return rows of ours, made of the driver's."""
        if not self.converts or not raw:
            return [*map(self.row._make, raw)]
        columns: list[Any] = [*zip(*raw, strict=True)]
        for at, convert in self.converts.items():
            columns[at] = _converted(columns[at], convert)
        return [*map(self.row._make, zip(*columns, strict=True))]

    def parameters(self, values: dict[str, Any]) -> Any:
        """Return what the driver binds: the statement's own values, and those named at the call."""
        told = self.given
        if values:
            binds = self.binds
            told = told | {name: binds[name](value) if name in binds else value for name, value in values.items()}
        return tuple([told[name] for name in self.names]) if self.names is not None else told


@dataclass(slots=True)
class _Known:
    """The statements that one engine ran lately: None until their second time."""

    statements: OrderedDict[Any, _Prepared | None] = field(default_factory=OrderedDict)

    def look_up(self, statement: Any, dialect: Dialect) -> _Prepared | None:
        """Return the prepared statement, or None the first time it is seen."""
        known = self.statements
        if statement not in known:
            known[statement] = None
            if len(known) > LIMIT:
                known.popitem(last=False)
            return None
        known.move_to_end(statement)
        prepared = known[statement]
        if prepared is None:
            prepared = known[statement] = _prepare(statement, dialect)
        return prepared


def rows(statement: Query, **values: Any) -> Sequence[Any]:
    """Return the rows of a statement over columns, never entities; `values` fill its `bindparam`s."""
    connection, cursor = _asked()
    engine = connection.engine
    known: _Known = engine.__dict__.get("_known_reads") or engine.__dict__.setdefault("_known_reads", _Known())
    prepared = known.look_up(statement, connection.dialect)
    if prepared is None:
        return connection.execute(statement, values).all()
    raw = _fetch(connection, cursor(), prepared, prepared.parameters(values))
    return Rows(prepared.row, raw, prepared.made)


def worked_out(make: Callable[P, T]) -> Callable[P, T]:
    """Keep the last 64 results of `make`, a function of rows and plain values alone; nobody may change what it returns."""
    last: OrderedDict[Any, T] = OrderedDict()

    @wraps(make)
    def once(*given: P.args, **named: P.kwargs) -> T:
        key = (*[one.key if type(one) is Rows else one for one in given], *named.items())
        try:
            found = last.get(key, last)
        except TypeError:  # rows as the session gave them, or with a list among them
            return make(*given, **named)
        if found is not last:
            return cast("T", found)
        result = last[key] = make(*given, **named)
        while len(last) > _RESULTS:
            last.popitem(last=False)
        return result

    return once


def _asked() -> tuple[Connection, Callable[[], Any]]:
    """Return the connection to ask on, and what gives its driver's cursor."""
    if engines.reading.get():
        line = lines.current(db.engine)
        return line.connection, line.cursor
    connection = _of_session()
    return connection, connection.connection.cursor


def _of_session() -> Connection:
    """Return the session's connection; asking the session each time costs as much as asking the database."""
    session = db.session()
    if session.autoflush:
        session.flush()
    begun, connection = session.info.get(_KEPT, (None, None))
    if begun is None or begun is not session.get_transaction():
        connection = session.connection()
        session.info[_KEPT] = (session.get_transaction(), connection)
    return connection  # type: ignore[no-any-return]


def scalar(statement: Query, **values: Any) -> Any:
    """Return the first column of the first row, or None."""
    found = rows(statement, **values)
    return found[0][0] if found else None


def _prepare(statement: Any, dialect: Dialect) -> _Prepared:
    compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    binds: dict[str, Convert] = compiled._bind_processors  # noqa: SLF001 - as `Connection.execute` does it
    own = compiled.construct_params(_check=False)
    given = {name: binds[name](value) if name in binds else value for name, value in own.items()}
    names = tuple(compiled.positiontup) if compiled.positional else None
    columns = compiled._result_columns  # noqa: SLF001 - as `Connection.execute` does it
    row = namedtuple("Row", [column.keyname for column in columns], rename=True)  # type: ignore[misc]
    return _Prepared(str(compiled), given, names, binds, tuple(column.type for column in columns), row)


def _fetch(connection: Connection, cursor: Any, prepared: _Prepared, parameters: Any) -> list[Any]:
    try:
        for told in connection.dispatch.before_cursor_execute:
            told(connection, cursor, prepared.sql, parameters, None, False)
        cursor.execute(prepared.sql, parameters)
        if prepared.converts is None:  # asked once: a description costs the driver as much as some rows
            prepared.converts = dict(_converts(prepared.types, cursor.description, connection.dialect))
        return cursor.fetchall()  # type: ignore[no-any-return]
    except BaseException as error:
        connection._handle_dbapi_exception(error, prepared.sql, parameters, cursor, None)  # noqa: SLF001 - as above
        raise
    finally:
        cursor.close()


def _converts(types: Sequence[Any], described: Sequence[Any], dialect: Dialect) -> Iterator[tuple[int, Convert]]:
    for at, kind in enumerate(types):
        convert = kind.dialect_impl(dialect).result_processor(dialect, described[at][1])
        if convert is not None:
            yield at, convert


def _converted(column: Sequence[Any], convert: Convert) -> Sequence[Any]:
    try:
        made = {value: convert(value) for value in {*column}}
    except TypeError:  # a list or dictionary as the driver gives it
        return [*map(convert, column)]
    return [*map(made.__getitem__, column)]
