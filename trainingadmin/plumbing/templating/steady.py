"""What may stand in a key as it is: objects that never change, and rows as the driver gave them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Steady:
    """An object that never changes, and so stands for itself in a key."""

    __slots__ = ()


class Itself(Steady, Generic[T]):
    """A value of which there is one object for as long as it holds, such as the calendar: that object is the key."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


class Rows(Sequence[Any]):
    """The rows of a statement, made when somebody reads them; to compare what they are made of costs less."""

    __slots__ = ("_kind", "_made", "_make", "_raw")

    def __init__(self, kind: type, raw: list[Any], make: Callable[[list[Any]], list[Any]]) -> None:
        self._kind, self._raw, self._make = kind, raw, make
        self._made: list[Any] | None = None

    @property
    def key(self) -> Hashable:
        """Differs where a row does; of the same statement only."""
        return (self._kind, *self._raw)

    def _rows(self) -> list[Any]:
        if self._made is None:
            self._made = self._make(self._raw)
        return self._made

    def __len__(self) -> int:
        return len(self._raw)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows())

    def __getitem__(self, at: Any) -> Any:
        return self._rows()[at]

    def __eq__(self, other: object) -> bool:
        return self._rows() == (other._rows() if isinstance(other, Rows) else other)

    __hash__ = None  # type: ignore[assignment]  # as lists have none
