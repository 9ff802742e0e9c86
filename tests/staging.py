"""Stages that many tests begin with: made once a process, copied for whoever begins the same way.

To walk thirty apprentices to an approved claim takes the product's actions most of a second, and hundreds of tests
begin there. A stage that is marked with `staged` is made by these actions the first time. Who asks for it with the same
arguments, in a database to which nothing but the same stages wrote, is given a copy of what it left behind. Any other
commit makes the way to the database unknown, and the stage is made anew.

Left out are tests that change the code under them, and those whose database is served by other processes.
"""

from __future__ import annotations

import shutil
import time as stopwatch
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Engine, event, inspect

from tests.factories import Office
from trainingadmin.kernel.money import Money
from trainingadmin.people.models import Account
from trainingadmin.plumbing import clock, lines
from trainingadmin.plumbing.database import db

F = TypeVar("F", bound=Callable[..., Any])
_PLAIN = (str, bytes, bool, int, date, datetime, time, Money, Enum, type(None))


class Copies(Protocol):
    """Copies the database of a test, which nobody has open."""

    worth: float
    """Seconds that a stage must take before copying it is quicker."""
    most: int
    """How many copies may be kept."""

    def save(self, name: str) -> None:
        """Keep a copy of the test's database under a name."""

    def restore(self, name: str) -> None:
        """Put the copy in the place of the test's database."""

    def forget(self, name: str) -> None:
        """Drop the copy."""


@dataclass(frozen=True, slots=True)
class _Saved:
    name: str
    files: Path
    accounts: Mapping[str, int]
    result: Callable[[], Any]


class _Strange(Exception):
    """A value of which it cannot be told whether another is the same."""


_saved: OrderedDict[Hashable, _Saved] = OrderedDict()
_asked: set[Hashable] = set()
"""What was made once and may never be asked for again; the second time it is kept."""
_numbers = iter(range(1_000_000))


class Ground:
    """The database of one test and the stages that made it what it is; None as the way once something else wrote."""

    here: Ground | None = None

    def __init__(self, engine: Engine, folder: Path, copies: Copies, keep: Path) -> None:
        self.copies, self._engine, self._folder, self._keep = copies, engine, folder, keep
        self._commits = self._known = 0
        self._office: Office | None = None
        self._way: Hashable = None
        event.listen(engine, "commit", self._count)

    def __enter__(self) -> Ground:
        Ground.here = self
        return self

    def __exit__(self, *_: object) -> None:
        Ground.here = None

    def _count(self, _connection: object) -> None:
        self._commits += 1

    def begin(self, office: Office) -> None:
        """Start from a bureau where nothing was done yet."""
        self._office = office
        self._arrive("opened")

    def _arrive(self, way: Hashable) -> None:
        self._way, self._known = way, self._commits

    def key(self, stage: Callable[..., Any], told: Any) -> Hashable:
        """Return what a stage would lead to from here, None where that cannot be known."""
        if self._way is None or self._known != self._commits or db.session.new:
            return None
        try:
            return (self._way, stage.__module__, stage.__qualname__, clock._set.get(), clock.today(), self._told(told))
        except _Strange:
            return None

    def _told(self, value: Any) -> Hashable:
        """Return what an argument says, so that equal ones are the same."""
        if isinstance(value, _PLAIN):
            return (type(value), value)
        if isinstance(value, Office) and value is self._office:
            return Office
        if hasattr(type(value), "__mapper__"):
            return (type(value), _identity(value))
        if isinstance(value, Mapping):
            return (dict, *((self._told(name), self._told(one)) for name, one in value.items()))
        if isinstance(value, (list, tuple)):
            return (type(value), *map(self._told, value))
        if isinstance(value, (set, frozenset)):
            return (set, frozenset(map(self._told, value)))
        if _is_frozen(value):
            return (type(value), *(self._told(getattr(value, field.name)) for field in fields(value)))
        raise _Strange

    def reach(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what `make` returns, from a copy where there is one."""
        if key in _saved:
            _saved.move_to_end(key)
            return self._restored(key, _saved[key])
        begun = stopwatch.perf_counter()
        result = make()
        self._arrive(key)
        if stopwatch.perf_counter() - begun > self.copies.worth:
            if key in _asked:
                self._save(key, result)
            _asked.add(key)
        return result

    def _restored(self, key: Hashable, saved: _Saved) -> Any:
        self._let_go()
        self.copies.restore(saved.name)
        shutil.copytree(saved.files, self._folder / "store", dirs_exist_ok=True)
        db.session.expire_all()
        assert self._office is not None
        for login, account_id in saved.accounts.items():
            if login not in self._office.accounts:
                self._office.accounts[login] = db.session.get_one(Account, account_id)
        result = saved.result()
        db.session.rollback()
        self._arrive(key)
        return result

    def _save(self, key: Hashable, result: object) -> None:
        assert self._office is not None
        try:
            again = _again(result)
        except _Strange:
            return
        accounts = {login: account.id for login, account in self._office.accounts.items()}
        name = f"stage_{next(_numbers)}"
        self._let_go()
        self.copies.save(name)
        files = self._keep / name
        files.mkdir()
        if (self._folder / "store").exists():
            shutil.copytree(self._folder / "store", files, dirs_exist_ok=True)
        _saved[key] = _Saved(name, files, accounts, again)
        while len(_saved) > self.copies.most:
            _, old = _saved.popitem(last=False)
            self.copies.forget(old.name)
            shutil.rmtree(old.files)

    def _let_go(self) -> None:
        db.session.rollback()
        lines.end()
        self._engine.dispose()


def staged(make: F) -> F:
    """Make a stage, an act on the database alone, once; see above."""

    @wraps(make)
    def stage(*args: Any, **named: Any) -> Any:
        ground = Ground.here
        key = ground.key(make, (args, named)) if ground else None
        if ground is None or key is None:
            return make(*args, **named)
        return ground.reach(key, lambda: make(*args, **named))

    return cast("F", stage)


def _is_frozen(value: Any) -> bool:
    told = vars(type(value)).get("__dataclass_params__")
    return told is not None and bool(told.frozen)


def _identity(entity: Any) -> tuple[Any, ...]:
    identity = inspect(entity).identity
    if identity is None:
        raise _Strange
    return tuple(identity)


def _again(result: Any) -> Callable[[], Any]:
    """Return what finds a result again in a copy."""
    if isinstance(result, _PLAIN):
        return lambda: result
    if hasattr(type(result), "__mapper__"):
        kind, identity = type(result), _identity(result)
        return lambda: db.session.get_one(kind, identity)
    if type(result) in (list, tuple):
        sequence, parts = type(result), [_again(one) for one in result]
        return lambda: sequence(part() for part in parts)
    if type(result) is dict:
        values = {name: _again(one) for name, one in result.items()}
        return lambda: {name: value() for name, value in values.items()}
    if type(result) is frozenset or _is_frozen(result):
        for one in result if type(result) is frozenset else [getattr(result, field.name) for field in fields(result)]:
            if not isinstance(one, (*_PLAIN, frozenset)):
                raise _Strange
        return lambda: result
    raise _Strange
