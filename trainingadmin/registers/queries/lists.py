"""Which lists there are, and which of them speaks for a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.roles import CITY, Actor
from trainingadmin.people.models import Account
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, one_or_404, remembered
from trainingadmin.registers.models import RegisterList
from trainingadmin.registers.states import Register

VALID_MONTHS = 12
"""How far from its own day a list still speaks, before and after; beyond it the fact is unknown."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One imported version of a register."""

    id: int
    kind: Register
    topic: str
    as_of: date
    office_code: str
    department: str
    lines: int


class Shelf:
    """The imported lists of an office and of the city, newest first."""

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self._snapshots = snapshots

    def on(self, kind: Register, day: date) -> list[Snapshot]:
        """Return the lists in force for a day: of each register the newest within a year of it; none is unknown."""
        newest: dict[tuple[str, str], Snapshot] = {}
        for one in self._snapshots:
            if one.kind is kind and speaks_for(one.as_of, day):
                newest.setdefault((one.office_code, one.topic), one)
        return list(newest.values())

    def newest(self) -> list[Snapshot]:
        """Return the last version of every register, whatever its age."""
        latest: dict[tuple[Register, str, str], Snapshot] = {}
        for one in self._snapshots:
            latest.setdefault((one.kind, one.office_code, one.topic), one)
        return list(latest.values())


def speaks_for(as_of: date, day: date) -> bool:
    """Tell whether a list of `as_of` says anything about `day`: it is at most `VALID_MONTHS` away."""
    return add_months(as_of, -VALID_MONTHS) <= day <= add_months(as_of, VALID_MONTHS)


def shelf(offices: Collection[str]) -> Shelf:
    """Return what these offices imported; give the city's besides a district's, its lists hold everywhere."""
    return _found(_of_offices(tuple(offices)))


def current(actor: Actor) -> list[Snapshot]:
    """Return the last version of each register whose matches `actor` may see: the own office's, the city's staff all."""
    return _found(_seen_by(actor)).newest()


def newest(kind: Register) -> list[Snapshot]:
    """Return the last version of a register of every office."""
    return [one for one in _found(_of_all()).newest() if one.kind is kind]


def _found(lists: Select[*tuple[Any, ...]]) -> Shelf:
    return Shelf([Snapshot(*row) for row in driver.rows(lists)])


@remembered
def _of_offices(offices: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return _imported().where(RegisterList.office_code.in_(offices))


@remembered
def _of_all() -> Select[*tuple[Any, ...]]:
    return _imported()


@remembered
def _seen_by(actor: Actor) -> Select[*tuple[Any, ...]]:
    return _imported().where(office_filter(RegisterList.office_code, actor))


def _imported() -> Select[*tuple[Any, ...]]:
    columns: Select[*tuple[Any, ...]] = select(
        RegisterList.id,
        RegisterList.kind,
        RegisterList.topic,
        RegisterList.as_of,
        RegisterList.office_code,
        RegisterList.department,
        RegisterList.lines,
    )
    newest = (RegisterList.as_of.desc(), RegisterList.imported_at.desc(), RegisterList.id.desc())
    return columns.where(RegisterList.imported_at.is_not(None)).order_by(*newest)


@remembered
def visible_to(actor: Actor) -> Select[RegisterList]:
    """Select the uploads `actor` may see: of the own office, and what the city imported for all."""
    own = office_filter(RegisterList.office_code, actor)
    shared = (RegisterList.office_code == CITY) & RegisterList.imported_at.is_not(None)
    return select(RegisterList).where(own | (shared if actor.is_staff else own))


@remembered
def uploads(actor: Actor, kind: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of the uploads with who sent each, the latest first, of one kind if it is given."""
    sent = visible_to(actor).join(Account, Account.id == RegisterList.account_id)
    seen: Select[*tuple[Any, ...]] = sent.with_only_columns(
        RegisterList.id,
        RegisterList.filename,
        RegisterList.kind,
        RegisterList.topic,
        RegisterList.department,
        RegisterList.as_of,
        RegisterList.at,
        RegisterList.lines,
        RegisterList.imported_at,
        RegisterList.findings,
        Account.name.label("who"),
    )
    chosen = seen.where(RegisterList.kind == Register(kind)) if kind in set(Register) else seen
    return chosen.order_by(RegisterList.id.desc())


def list_of(list_id: int, *, actor: Actor) -> RegisterList:
    """Return one visible upload or answer 404."""
    return one_or_404(visible_to(actor).where(RegisterList.id == list_id))


def imported_file(office_code: str, sha256: str) -> RegisterList | None:
    """Return the version that these bytes were imported as by this office."""
    same = select(RegisterList).where(RegisterList.office_code == office_code, RegisterList.sha256 == sha256)
    return db.session.scalars(same.where(RegisterList.imported_at.is_not(None))).one_or_none()


def latest_import(offices: Collection[str]) -> Select[*tuple[Any, ...]]:
    """Select when one of these offices last imported a list."""
    return select(func.max(RegisterList.imported_at)).where(RegisterList.office_code.in_(offices))
