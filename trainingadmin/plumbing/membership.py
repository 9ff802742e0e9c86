"""Asks for rows by very many ids in one statement, whose text does not depend on how many they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Boolean, Dialect, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class _Ids(TypeDecorator[list[int]]):
    """A list of ids as one value: an array for PostgreSQL, JSON for SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(BigInteger))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


def ids_named(name: str) -> BindParameter[list[int]]:
    """Return a list of ids that a statement is given by this name each time it is run."""
    return bindparam(name, type_=_Ids())


class among(FunctionElement[bool]):  # noqa: N801 - reads as the operator it is
    """Whether a column's value is one of these ids, however many."""

    type = Boolean()
    name = "among"
    inherit_cache = True

    def __init__(self, column: Any, ids: Iterable[int] | BindParameter[list[int]]) -> None:
        if not isinstance(ids, BindParameter):
            ids = bindparam(None, sorted(set(ids)), type_=_Ids(), unique=True)
        super().__init__(column, ids)

    def self_group(self, against: Any = None) -> Any:
        """Stand in a condition as it is: SQLAlchemy would compare it with 1, and SQLite then reads the whole table."""
        return self


@compiles(among)
def _array(element: among, compiler: Any, **how: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **how)} = ANY ({compiler.process(ids, **how)})"


@compiles(among, "sqlite")
def _json(element: among, compiler: Any, **how: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **how)} IN (SELECT value FROM json_each({compiler.process(ids, **how)}))"  # noqa: S608
