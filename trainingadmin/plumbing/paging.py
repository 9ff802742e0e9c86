"""A long list in pages of fifty: which one an address asks for, and where the others are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select

from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, remembered

T = TypeVar("T")

PAGE_SIZE = 50
_FAR = 1_000_000  # where no list reaches, and what a database can still count to


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, as tuples or entities, with what the pager needs."""

    rows: Sequence[T]
    number: int
    total: int
    size: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

    def href(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return f"{request.path}?{urlencode([*_without_page(), ('page', str(number))])}"


def _without_page() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "page"]


def page_of(statement: Select[*tuple[Any, ...]], *, scalars: bool = False, size: int = PAGE_SIZE) -> Page[Any]:
    """Run `statement` for the page asked for in the address, or the last one; two queries, or one for a list of one page."""
    number = min(max(1, request.args.get("page", 1, type=int)), _FAR)
    rows = _rows(statement, size, number, scalars)
    if number == 1 and len(rows) < size:
        return Page(rows, 1, len(rows), size)
    total = driver.scalar(_counted(statement)) or 0
    last = max(1, -(-total // size))
    return Page(rows if number <= last else _rows(statement, size, last, scalars), min(number, last), total, size)


def _rows(statement: Select[*tuple[Any, ...]], size: int, number: int, scalars: bool) -> Sequence[Any]:
    window = _window(statement, size, number)
    return db.session.scalars(window).all() if scalars else driver.rows(window)


@remembered
def _counted(statement: Select[*tuple[Any, ...]]) -> Select[int]:
    return select(func.count()).select_from(statement.order_by(None).subquery())


@remembered
def _window(statement: Select[*tuple[Any, ...]], size: int, number: int) -> Select[*tuple[Any, ...]]:
    return statement.limit(size).offset((number - 1) * size)
