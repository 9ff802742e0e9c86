"""What a contradiction in the books is, and how rows that contradict a rule become one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal_column, select, type_coerce

from trainingadmin.plumbing.database import db

NOTHING: ColumnElement[int] = literal_column("0")


@dataclass(frozen=True, slots=True)
class Breach:
    """A row that contradicts the others: which rule, which row, and what it should have been."""

    rule: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was wrong."""

    counts: dict[str, int]
    breaches: list[Breach] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing contradicts anything."""
        return not self.breaches


Rule = Callable[[], Iterator[Breach]]


def named(rule: str, prefix: str, offenders: Select[*tuple[Any, ...]], detail: str = "") -> Iterator[Breach]:
    """Turn the rows that contradict a rule into breaches; the first column is the row's id."""
    for row in db.session.execute(offenders):
        yield Breach(rule, f"{prefix}:{row[0]}", detail or " ".join(str(value) for value in row[1:]))


def summed(amount: Any, *where: ColumnElement[bool]) -> Any:
    """Return the sum of an amount over the rows that a condition ties to the row looked at; nothing is zero."""
    return select(type_coerce(func.coalesce(func.sum(amount), NOTHING), BigInteger)).where(*where).scalar_subquery()
