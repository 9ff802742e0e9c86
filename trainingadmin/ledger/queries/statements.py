"""Statements: what the books say of one person, organisation, filing, batch, scheme or year, down to every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, extract, func, select

from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Batch, Due, Payment, Transfer
from trainingadmin.payments.states import DueKind, TransferCode
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.schemes import SCHEMES

C = TransferCode


def _whole(key: str) -> int:
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else abort(404)


def _of_year(key: str) -> ColumnElement[bool]:
    year = _whole(key)
    if not 2000 <= year <= 2199:
        abort(404)
    until, first = clock.end_of(date(year, 12, 31)), date(year, 1, 1)
    return (Transfer.at >= clock.end_of(first - timedelta(days=1))) & (Transfer.at < until)


_BY: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "person": lambda key: Due.person_id == _whole(key),
    "organisation": lambda key: Due.payee_id == _whole(key),
    "cohort": lambda key: Due.cohort_id == _whole(key),
    "batch": lambda key: Due.id.in_(select(Payment.due_id).where(Payment.batch_id == _whole(key))),
    "scheme": lambda key: Due.scheme == key,
    "year": _of_year,
}
KINDS = tuple(_BY)


def _about(actor: Actor, by: str, key: str) -> list[ColumnElement[bool]]:
    narrowed = _BY.get(by) or abort(404)
    return [office_filter(Due.office_code, actor), narrowed(key)]


@dataclass(frozen=True, slots=True)
class Sums:
    """What was owed and what became of it; `balance` is what the bureau is out of pocket."""

    owed: Money
    netted: Money
    paid: Money
    ordered_back: Money
    recovered: Money
    set_off: Money
    set_off_back: Money
    written_off: Money

    @property
    def to_pay(self) -> Money:
        """What is owed and neither paid nor borne otherwise."""
        return self.owed - self.netted - self.set_off - self.paid

    @property
    def to_come_back(self) -> Money:
        """What was ordered back and has neither come nor been given up."""
        return self.ordered_back - self.recovered - self.set_off_back - self.written_off

    @property
    def balance(self) -> Money:
        """Paid less recovered."""
        return self.paid - self.recovered


def sums(actor: Actor, by: str, key: str) -> Sums:
    """Add up the books of one thing, or answer 404 where one may see nothing of it; one query."""
    back = Due.kind == DueKind.RECOVERY
    grouped = (
        select(back, Transfer.code, func.sum(Transfer.amount))
        .join(Due, Due.id == Transfer.due_id)
        .where(*_about(actor, by, key))
        .group_by(back, Transfer.code)
    )
    found: dict[tuple[bool, TransferCode], Money] = {
        (bool(of), code): amount for of, code, amount in db.session.execute(grouped)
    }
    if not found:
        abort(404)

    def of(code: TransferCode, *, recovery: bool = False) -> Money:
        return found.get((recovery, code), ZERO)

    return Sums(
        owed=of(C.ACCRUE) - of(C.REVERSE),
        netted=of(C.OFFSET),
        paid=of(C.PAY),
        ordered_back=of(C.ACCRUE, recovery=True),
        recovered=of(C.RECOVER, recovery=True),
        set_off=of(C.SET_OFF),
        set_off_back=of(C.SET_OFF, recovery=True),
        written_off=of(C.WRITE_OFF, recovery=True),
    )


def rows(actor: Actor, by: str, key: str) -> Select[*tuple[Any, ...]]:
    """Select every booking of one thing, newest first; each leads to its due, and from there to claim and decision."""
    return (
        select(
            Transfer.id,
            Transfer.at,
            Transfer.code,
            Transfer.amount,
            Transfer.due_id,
            Due.kind,
            Person.name.label("person"),
            Person.id_number,
            Person.id.label("person_id"),
            Due.cohort_id,
            Due.about,
            func.coalesce(Organisation.name, Person.name).label("payee"),
            Batch.id.label("batch_id"),
            Batch.number.label("batch"),
        )
        .join(Due, Due.id == Transfer.due_id)
        .join(Person, Person.id == Due.person_id)
        .outerjoin(Organisation, Organisation.id == Due.payee_id)
        .outerjoin(Payment, Payment.id == Transfer.payment_id)
        .outerjoin(Batch, Batch.id == Payment.batch_id)
        .where(*_about(actor, by, key))
        .order_by(Transfer.at.desc(), Transfer.id.desc())
    )


def title(by: str, key: str) -> str:
    """Return what a statement is about in words, people's ID numbers masked."""
    if by == "scheme":
        return SCHEMES[key].label_zh if key in SCHEMES else key
    if by == "year":
        return key
    if by == "person":
        person = db.session.get_one(Person, int(key))
        return f"{person.name} {mask_id(person.id_number)}"
    named: dict[str, Any] = {"organisation": Organisation.name, "cohort": Cohort.number, "batch": Batch.number}
    column = named[by]
    return str(db.session.scalar(select(column).where(column.class_.id == int(key))) or key)


@dataclass(frozen=True, slots=True)
class Kept:
    """Of which years, the newest first, and of which schemes there are statements."""

    years: list[int]
    schemes: list[str]


def kept(actor: Actor) -> Kept:
    """Return of what there are statements: years in which something was booked, schemes for which something is owed."""
    found = driver.rows(_booked_by_scheme(actor))
    # A year as the database has it touches at most two of ours: the first and the last booking tell which.
    ends = [at for row in found if row.first is not None for at in (row.first, row.last)]
    years = {clock.local(at).year for at in ends}
    return Kept(sorted(years, reverse=True), sorted({row.scheme for row in found}))


@remembered
def _booked_by_scheme(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select each scheme for which something is owed, with its first and last booking in each year of the database's."""
    return (
        select(Due.scheme, func.min(Transfer.at).label("first"), func.max(Transfer.at).label("last"))
        .outerjoin(Transfer, Transfer.due_id == Due.id)
        .where(office_filter(Due.office_code, actor))
        .group_by(Due.scheme, extract("year", Transfer.at))
    )
