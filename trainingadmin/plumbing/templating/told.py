"""What a page was told, as a key under which it can be kept: who looks at a list again finds it written.

A view promises nothing by it: what it tells is taken apart down to values that cannot change, and a page that asked the
database while it was written is not kept. What must be new each time, such as the key of a form, leaves a hole.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial
from operator import attrgetter
from types import FunctionType
from typing import Any

from markupsafe import Markup
from wtforms import Field, FieldList, FormField
from wtforms.form import BaseForm

from trainingadmin.kernel.lifecycle import Lifecycle
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.templating.steady import Rows, Steady
from trainingadmin.schemes import Scheme

_asked: ContextVar[int] = ContextVar("asked", default=0)
_Take = Callable[[Any], Hashable]

_leaves_holes: ContextVar[bool] = ContextVar("leaves_holes", default=False)
_MAKERS: dict[str, Callable[[], str]] = {}
_EDGE = "\0"  # no text of ours has it, nor anybody's: requests with it are refused


class Unsteady(Exception):
    """Something that was told may change without its key."""


def asked() -> None:
    """Note that the piece being written depends on more than it was told."""
    _asked.set(_asked.get() + 1)


@contextmanager
def leaving_holes() -> Iterator[None]:
    """Let what is new at each call be filled in afterwards."""
    token = _leaves_holes.set(True)
    try:
        yield
    finally:
        _leaves_holes.reset(token)


def new_each_time(make: Callable[[], str]) -> Callable[[], str]:
    """Return `make` for templates: its answers are written into a page that is kept each time it is shown."""
    _MAKERS[make.__name__] = make
    hole = f"{_EDGE}{make.__name__}{_EDGE}"
    return lambda: hole if _leaves_holes.get() else make()


def filled(page: str) -> str:
    """Return a page with something new in each of its holes."""
    parts = page.split(_EDGE)
    parts[1::2] = [_MAKERS[name]() for name in parts[1::2]]
    return "".join(parts)


def so_far() -> int:
    """Return how often `asked` was called here."""
    return _asked.get()


class Key:
    """The parts of a key, with their hash: worked out once for looking up and for keeping."""

    __slots__ = ("_hash", "_parts")

    def __init__(self, *parts: Hashable) -> None:
        self._parts, self._hash = parts, hash(parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._parts == other._parts


def key_of(values: Mapping[str, Any], *parts: Hashable) -> Key | None:
    """Return a key that differs wherever something in `values` or `parts` does, or None where that cannot be known."""
    try:
        return Key(*parts, _apart(values))
    except (Unsteady, TypeError):  # or a row holds a list
        return None


class _Kinds(dict[type, _Take]):
    """How each kind is taken apart."""

    def __missing__(self, kind: type) -> _Take:
        take = self[kind] = _learn(kind)
        return take


def _apart(value: Any) -> Hashable:
    return _KINDS[type(value)](value)


def _all(values: Iterable[Any]) -> list[Hashable]:
    return [_KINDS[type(value)](value) for value in values]


def _itself(value: Any) -> Hashable:
    return value  # type: ignore[no-any-return]


def _typed(value: Any) -> Hashable:
    return (type(value), value)  # True and 1, a text and the same text as markup are equal, but are not written alike


def _member(value: Enum) -> Hashable:
    return (type(value), value.value)


def _instant(value: datetime) -> Hashable:
    if value.tzinfo is not UTC:
        raise Unsteady
    return value


def _sequence(values: Sequence[Any]) -> Hashable:
    return (type(values), *_all(values))


def _mapping(values: Mapping[Any, Any]) -> Hashable:
    return (dict, *_all(values), *_all(values.values()))


def _function(value: FunctionType) -> Hashable:
    if value.__closure__ is not None or "<" in value.__qualname__:
        raise Unsteady  # one of many that look alike
    return value


def _set(values: AbstractSet[Any]) -> Hashable:
    return frozenset(_all(values))


def _partial(value: partial[Any]) -> Hashable:
    return (_apart(value.func), _sequence(value.args), _mapping(value.keywords))


def _form(form: BaseForm) -> Hashable:
    return (type(form).__name__, _apart(getattr(form, "form_errors", ())), *map(_field, form))


def _field(field: Field) -> Hashable:
    if isinstance(field, (FieldList, FormField)):
        raise Unsteady  # whose parts come and go
    shown = (field.data, list(field.errors), getattr(field, "choices", None))
    return (field.name, *_all(shown))


def _refused(_value: Any) -> Hashable:
    raise Unsteady


def _parts(kind: type) -> _Take:
    names = tuple(field.name for field in fields(kind))
    if len(names) < 2:
        return lambda value: (kind, *[_apart(getattr(value, name)) for name in names])
    parts = attrgetter(*names)
    return lambda value: (kind, *_all(parts(value)))


def _learn(kind: type) -> _Take:
    if issubclass(kind, Enum):
        return _member
    if issubclass(kind, (Steady, Lifecycle, Scheme, type)):
        return _itself
    if issubclass(kind, dict):
        return _mapping
    if issubclass(kind, BaseForm):
        return _form
    if hasattr(kind, "__mapper__"):
        return _refused  # may ask the database for what it does not hold
    if is_dataclass(kind):
        return _parts(kind)
    return _sequence if issubclass(kind, tuple) else _refused


_KINDS = _Kinds()
_KINDS.update(dict.fromkeys((str, type(None), date, Money), _itself))
_KINDS.update(dict.fromkeys((bool, int, Markup), _typed))
_KINDS.update(dict.fromkeys((set, frozenset), _set))
_KINDS.update({datetime: _instant, list: _sequence, tuple: _sequence, dict: _mapping})
_KINDS.update({FunctionType: _function, partial: _partial, Rows: lambda rows: rows.key})
