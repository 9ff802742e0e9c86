"""The database: engine rules for SQLite and PostgreSQL, column types, append-only tables, bulk insert."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar, cast, dataclass_transform

from flask import Flask, abort
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Select,
    String,
    Table,
    Text,
    Time,
    event,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing import secrets

P = ParamSpec("P")
T = TypeVar("T")

# Unique violation, lock timeout, deadlock, serialization failure: PostgreSQL's names for it.
_CONTENTION = frozenset({"23505", "55P03", "40P01", "40001"})

reading: ContextVar[bool] = ContextVar("reading", default=False)

_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware instant; kept in UTC, refused when naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Fen(TypeDecorator[Money]):
    """`Money` as a whole number of fen."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.fen

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        return None if value is None else Money(int(value))


class Encrypted(TypeDecorator[str]):
    """Text that only the running application can read."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else secrets.current().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else secrets.current().decrypt(value)


Json = JSON().with_variant(JSONB(), "postgresql")


def choice(kind: type[StrEnum]) -> Enum:
    """Return a text column type that the database itself limits to the values of `kind`."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kind.__name__.lower(),
        values_callable=lambda k: [m.value for m in k],
    )


# Told to the type checker only: SQLAlchemy itself hands `kw_only` down to every table.
@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column, relationship))
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False, eq=False):
    """Every table; without `repr`, so that no personal data reaches a log."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {
        datetime: Instant,
        date: Date,
        time: Time,
        Money: Fen,
        str: String,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


db = SQLAlchemy(metadata=Base.metadata)


def install(app: Flask, url: str) -> None:
    """Bind `app` to the database at `url`."""
    if url.startswith("postgres://"):
        url = url.replace("postgres://", "postgresql://", 1)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}, "hide_parameters": True}
    return {
        "hide_parameters": True,  # an error that is logged says which statement, never whose data
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 5,
        "connect_args": {"options": "-c lock_timeout=3s -c timezone=UTC"},
    }


def prepare(engine: Engine) -> None:
    """Make `engine` begin reads as reads and writes as writes, with the durability that money needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgresql_begin)


def _sqlite_connect(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late and would hide ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    only_reads = reading.get()
    cursor = connection.connection.cursor()  # the driver's own: every request begins here
    if connection.info.get("query_only") != only_reads:
        cursor.execute(f"PRAGMA query_only={int(only_reads)}")
        connection.info["query_only"] = only_reads
    cursor.execute("BEGIN DEFERRED" if only_reads else "BEGIN IMMEDIATE")
    cursor.close()


def _postgresql_begin(connection: Connection) -> None:
    if reading.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


APPEND_ONLY: list[str] = []


def append_only(table: Any) -> None:
    """Make the database itself refuse UPDATE and DELETE on `table`."""
    assert isinstance(table, Table)
    APPEND_ONLY.append(table.name)
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_ddl(table.name, dialect):
            guard = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", guard.execute_if(dialect=dialect))


def append_only_ddl(table: str, dialect: str) -> list[str]:
    """Return the statements that guard `table`; the migrations run the same ones."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        (
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        ),
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


def tables_without_guard() -> list[str]:
    """Name append-only tables of which a trigger is missing, or switched off, in this database."""
    dialect = db.engine.dialect.name
    from_sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    from_postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    found = set(db.session.scalars(text(from_sqlite if dialect == "sqlite" else from_postgresql)))
    return sorted(name for name in APPEND_ONLY if not _triggers(name, dialect) <= found)


def _triggers(table: str, dialect: str) -> set[str]:
    made = (re.match(r"CREATE TRIGGER (\w+)", statement) for statement in append_only_ddl(table, dialect))
    return {trigger[1] for trigger in made if trigger}


def somebody_was_faster(error: BaseException | None) -> bool:
    """Whether `error` only says that others hold, took or changed the same rows, so that looking again helps."""
    if isinstance(error, StaleDataError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state, words = getattr(error.orig, "sqlstate", None), str(error.orig)
    return state in _CONTENTION or "database is locked" in words or words.startswith("UNIQUE constraint failed")


def bulk_insert(table: type[Base], rows: Sequence[Mapping[str, Any]], *, chunk: int = 2000) -> None:
    """Insert many rows without making entities of them; column defaults of the table apply."""
    for start in range(0, len(rows), chunk):
        db.session.execute(insert(table.__table__), rows[start : start + chunk])  # type: ignore[arg-type]


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


def move_rows(rows: Sequence[Base], *, chunk: int = 500, **values: Any) -> None:
    """Give loaded rows of one table with a version the same values, in one statement a chunk, all or none of them.

    Raises StaleDataError when somebody else has changed one of them since it was loaded.
    """
    db.session.flush()
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        table: Any = type(part[0])
        seen = tuple_(table.id, table.version).in_([(row.id, row.version) for row in part])  # type: ignore[attr-defined]
        unseen: dict[str, Any] = {"synchronize_session": False}
        moved = update(table).where(seen).values(version=table.version + 1, **values)
        done: Any = db.session.execute(moved, execution_options=unseen)
        if done.rowcount != len(part):
            raise StaleDataError(f"{len(part) - done.rowcount} rows of {table.__tablename__} were changed meanwhile")
        for row in part:
            for name, value in {**values, "version": row.version + 1}.items():  # type: ignore[attr-defined]
                set_committed_value(row, name, value)


def write_rows(rows: Sequence[Base], values: Sequence[Mapping[str, Any]]) -> None:
    """Give loaded rows without a version, which this transaction has locked, values of their own; one statement for all."""
    if not rows:
        return
    db.session.flush()
    own = [{"id": row.id, **told} for row, told in zip(rows, values, strict=True)]  # type: ignore[attr-defined]
    db.session.execute(update(type(rows[0])), own)
    for row, told in zip(rows, values, strict=True):
        for name, value in told.items():
            set_committed_value(row, name, value)


def ensure(table: type[Base], **row: Any) -> None:
    """Insert a row unless its key is taken, whoever else inserts it at the same moment."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(table.__table__).values(**row).on_conflict_do_nothing())


def remembered(build: Callable[P, T]) -> Callable[P, T]:
    """Keep the statements that `build` made of its last 256 arguments: to build one takes longer than to run it.

    For functions of their arguments alone, without clock and keys.
    """
    return cast("Callable[P, T]", lru_cache(maxsize=256)(build))


def one_or_404(statement: Select[T]) -> T:
    """Return the one row `statement` selects, or end the request with 404."""
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        abort(404)
    return found


def ping() -> None:
    """Ask the database for a sign of life."""
    db.session.execute(text("SELECT 1"))


def locked(statement: Any) -> Any:
    """Return `statement` taking row locks; SQLite needs none, its writers are already alone."""
    return statement.with_for_update()


def in_chunks(values: Iterable[int], size: int) -> Iterable[list[int]]:
    """Cut ids into lists of at most `size`, for IN lists and jobs."""
    bucket: list[int] = []
    for value in values:
        bucket.append(value)
        if len(bucket) == size:
            yield bucket
            bucket = []
    if bucket:
        yield bucket
