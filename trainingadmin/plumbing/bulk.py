"""Writing very many rows at once: each database's fastest way in, and sums that are added to."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, cast

from sqlalchemy import Column, Dialect, Table, func, insert, select

from trainingadmin.plumbing.database import Base, Encrypted, db, remembered


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the garbage collector rest while very many rows are held: it would walk over all of them again and again.

    For acts that end soon; what they leave in circles is collected afterwards. Also a decorator.
    """
    resting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if resting:
            gc.enable()


def bulk_insert(table: type[Base], rows: Sequence[Mapping[str, Any]], *, chunk: int = 2000) -> None:
    """Insert many rows without making entities of them; the first names the columns, defaults of the table apply."""
    for start in range(0, len(rows), chunk):
        _insert(cast("Table", table.__table__), rows[start : start + chunk])


def _insert(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if db.engine.dialect.name != "sqlite":
        db.session.execute(insert(table), rows)
        return
    given = [table.c[name] for name in rows[0]]
    defaults = [column for column in table.c if column.default is not None and column.name not in rows[0]]
    stored = [_stored(column, [row[column.name] for row in rows]) for column in given]
    _execute_many(table, [*given, *defaults], [*stored, *(_stored(one, _default(one, len(rows))) for one in defaults)])


def _default(column: Column[Any], count: int) -> list[Any]:
    default: Any = column.default
    return [default.arg(None) for _ in range(count)] if default.is_callable else [default.arg] * count


def _execute_many(table: Table, columns: Sequence[Column[Any]], stored: Iterable[Sequence[Any]]) -> None:
    """Hand columns to SQLite's driver as it stores them: what lies between costs more than the insert."""
    quoted = db.engine.dialect.identifier_preparer
    listed, places = ", ".join(map(quoted.format_column, columns)), ", ".join("?" * len(columns))
    statement = f"INSERT INTO {quoted.format_table(table)} ({listed}) VALUES ({places})"  # noqa: S608 - names of our own
    db.session.connection().exec_driver_sql(statement, list(zip(*stored, strict=True)))


def bulk_insert_ids(table: type[Base], rows: Sequence[Mapping[str, Any]], *, chunk: int = 1000) -> list[int]:
    """Insert many rows and return their ids, in the order of `rows`."""
    if db.engine.dialect.name == "sqlite":
        return _insert_in_turn(table, rows)
    ids: list[int] = []
    statement = insert(table.__table__).returning(table.__table__.c.id, sort_by_parameter_order=True)  # type: ignore[arg-type]
    for start in range(0, len(rows), chunk):
        ids.extend(db.session.scalars(statement, rows[start : start + chunk]))
    return ids


def _insert_in_turn(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    # SQLite returns ids for one row at a time only. Whoever writes is alone, and an id is one more than the last.
    before = db.session.scalar(select(func.max(table.__table__.c.id))) or 0
    bulk_insert(table, rows)
    return list(range(before + 1, before + 1 + len(rows)))


def bulk_rows(table: type[Base], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of the driver's own values (fen as int, enums as text), as fast as the database takes them.

    What is ready before the transaction begins keeps no other writer waiting.
    """
    if not rows:
        return
    connection = db.session.connection().connection.driver_connection
    assert connection is not None
    name, listed = table.__tablename__, ", ".join(columns)
    with closing(connection.cursor()) as cursor:
        if db.engine.dialect.name == "sqlite":
            holes = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {name} ({listed}) VALUES ({holes})", rows)  # noqa: S608 - names of ours
            return
        with cursor.copy(f"COPY {name} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def copy_rows(table: type[Base], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose stored values are whole numbers or None; `columns` names them."""
    if not rows:
        return
    own = cast("Table", table.__table__)
    named = [own.c[name] for name in columns]
    stored = [_stored(column, values) for column, values in zip(named, zip(*rows, strict=True), strict=True)]
    if db.engine.dialect.name == "sqlite":
        _execute_many(own, named, stored)
        return
    lines = "\n".join(["\t".join(map(str, row)) for row in zip(*stored, strict=True)])
    cursor = cast("Any", db.session.connection().connection.cursor())
    with cursor.copy(f"COPY {table.__tablename__} ({', '.join(columns)}) FROM STDIN WITH (NULL 'None')") as copying:
        copying.write(lines)


def add_up(table: type[Base], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Add each row's numbers to the row of its primary key, which is made where there is none; in the order of keys.

    `columns` names the values of a row, the primary key first. Whoever adds to the same rows at the same time waits
    for the other, and both sums are in them afterwards.
    """
    if not rows:
        return
    given = zip(*sorted(rows), strict=True)
    own = cast("Table", table.__table__)
    stored = [_stored(own.c[name], values) for name, values in zip(columns, given, strict=True)]
    connection = db.session.connection()
    statement = _adding(table, tuple(columns), connection.dialect)
    one_by_one = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(statement, list(zip(*stored, strict=True)) if one_by_one else tuple(stored))


@remembered
def _adding(table: type[Base], columns: tuple[str, ...], dialect: Dialect) -> str:
    """Return the statement of `add_up`: SQLite takes the values row by row, PostgreSQL an array for each column."""
    name, keys = table.__tablename__, [column.name for column in table.__table__.primary_key]
    added = ", ".join(f"{one} = {name}.{one} + excluded.{one}" for one in columns if one not in keys)
    if dialect.name == "sqlite":
        values = f"VALUES ({', '.join('?' * len(columns))})"
    else:
        kinds = [table.__table__.c[one].type.compile(dialect) for one in columns]
        values = f"SELECT * FROM unnest({', '.join(f'%b::{kind}[]' for kind in kinds)})"  # noqa: S608 - names of our own
    return f"INSERT INTO {name} ({', '.join(columns)}) {values} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {added}"


def _stored(column: Column[Any], values: Sequence[Any]) -> list[Any]:
    """Return a column's values as the driver is given them; what is one and the same from row to row is converted once."""
    dialect = db.engine.dialect
    bind: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if bind is None:
        return list(values)
    if isinstance(column.type, Encrypted):  # the same text twice must not look the same
        return [bind(value) for value in values]
    stored, before, told = list[Any](), values[0], bind(values[0])
    for value in values:
        if value is not before:
            before, told = value, bind(value)
        stored.append(told)
    return stored
