"""The database: column types, append-only tables, moves of many rows, and what contention looks like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any, ParamSpec, Protocol, TypeVar, cast, dataclass_transform

from flask import Flask, abort
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Index,
    MetaData,
    Select,
    String,
    Table,
    Text,
    Time,
    event,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, mapped_column, relationship
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing import engines, lines, secrets
from trainingadmin.plumbing.membership import among

P = ParamSpec("P")
T = TypeVar("T")

# Unique violation, lock timeout, deadlock, serialization failure: PostgreSQL's names for it.
_CONTENTION = frozenset({"23505", "55P03", "40P01", "40001"})

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


def unique_where(name: str, *columns: str, where: str) -> Index:
    """Return an index by which no two of the rows that meet a condition agree in `columns`, on either database."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


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


class _Session(Session):
    def get_bind(self, *told: Any, **more: Any) -> Engine | Connection:
        engine = super().get_bind(*told, **more)
        return lines.current(engine).connection if engines.reading.get() and isinstance(engine, Engine) else engine


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": _Session})


def install(app: Flask, url: str) -> None:
    """Bind `app` to the database at `url`."""
    if url.startswith("postgres://"):
        url = url.replace("postgres://", "postgresql://", 1)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engines.options(url)
    db.init_app(app)
    with app.app_context():
        engines.prepare(db.engine)


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
    found, dialect = triggers(), db.engine.dialect.name
    return sorted(name for name in APPEND_ONLY if not _triggers(name, dialect) <= found)


def triggers() -> set[str]:
    """Name the triggers of this database that are at work."""
    from_sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    from_postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    return set(db.session.scalars(text(from_sqlite if db.engine.dialect.name == "sqlite" else from_postgresql)))


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


class Versioned(Protocol):
    """A row as somebody read it: the entity, or the columns."""

    @property
    def id(self) -> int: ...
    @property
    def version(self) -> int: ...


def move_rows(table: type[Base], rows: Sequence[Versioned], **values: Any) -> None:
    """Give rows of a table with a version the same values, in one statement a version, all or none of them.

    Raises StaleDataError when somebody else has changed one of them since it was read.
    """
    db.session.flush()
    of_version: dict[int, list[int]] = {}  # rows that go together mostly have the same
    for row in rows:
        of_version.setdefault(row.version, []).append(row.id)
    for version, ids in of_version.items():
        _move(table, ids, version, values)


def _move(table: Any, ids: Sequence[int], version: int, values: Mapping[str, Any]) -> None:
    seen = (table.version == version, among(table.id, ids))
    told = {**values, "version": version + 1}
    if (missing := len(ids) - _write_all(update(table).where(*seen).values(**told), table, ids, told)) != 0:
        raise StaleDataError(f"{missing} rows of {table.__tablename__} were changed meanwhile")


def _write_all(statement: Any, table: type[Base], ids: Sequence[int], values: Mapping[str, Any]) -> int:
    """Run an update of rows, tell their entities what they are now, and return how many the database changed."""
    unseen: dict[str, Any] = {"synchronize_session": False}
    done: Any = db.session.execute(statement, execution_options=unseen)
    for id_ in ids:
        _tell(table, id_, values)
    return int(done.rowcount)


def _tell(table: type[Base], id_: int, values: Mapping[str, Any]) -> None:
    """Tell the entity of a row, if the session has one, what it is now; flushed before, nothing of its own is pending."""
    if (entity := db.session.identity_map.get((table, (id_,), None))) is not None:
        instance_dict(entity).update(values)


def write_same(table: Any, ids: Sequence[int], **values: Any) -> None:
    """Give rows without a version, which this transaction has locked, the same values; one statement for all."""
    if not ids:
        return
    db.session.flush()
    _write_all(update(table).where(among(table.id, ids)).values(**values), table, ids, values)


def write_rows(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Give rows without a version, which this transaction has locked, values of their own beside their `id`; one statement for all."""
    if not rows:
        return
    db.session.flush()
    db.session.execute(update(table), rows)
    for row in rows:
        _tell(table, row["id"], row)


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
