"""Column types that take little room, for tables of many millions of rows."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Dialect, Integer, SmallInteger
from sqlalchemy.types import TypeDecorator

K = TypeVar("K", bound=StrEnum)


class SmallChoice(TypeDecorator[K]):
    """One of a `StrEnum`'s values as its place in the enum, two bytes; new values go to the end of the enum."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, kind: type[K]) -> None:
        super().__init__()
        self.kind = kind
        self._values = tuple(kind)
        self._places = {value: place for place, value in enumerate(self._values)}

    def process_bind_param(self, value: K | None, dialect: Dialect) -> int | None:
        return None if value is None else self._places[self.kind(value)]

    def process_result_value(self, value: int | None, dialect: Dialect) -> K | None:
        return None if value is None else self._values[value]

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self

    @property
    def rule(self) -> str:
        """What a CHECK says of a column of this type."""
        return f"BETWEEN 0 AND {len(self._values) - 1}"


class TimeOfDay(TypeDecorator[time]):
    """A time of the day to the second, as seconds since midnight: four bytes, where a TIME takes eight."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> int | None:
        return None if value is None else value.hour * 3600 + value.minute * 60 + value.second

    def process_result_value(self, value: int | None, dialect: Dialect) -> time | None:
        return None if value is None else time(value // 3600, value // 60 % 60, value % 60)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self
