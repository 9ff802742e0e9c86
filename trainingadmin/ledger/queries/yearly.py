"""A payee's year: every payment to them and every sum they gave back, as the books have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from trainingadmin.kernel.dates import FIRST_YEAR, LAST_YEAR
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.roles import FINANCE, Actor
from trainingadmin.payments.models import Batch, Due, Payment, Transfer
from trainingadmin.payments.states import DueKind, TransferCode
from trainingadmin.people import queries as people
from trainingadmin.people.models import Office, Person
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db, one_or_404


@dataclass(frozen=True, slots=True)
class Holder:
    """A payee: an organisation, or a person who is paid themselves."""

    kind: str
    id: int
    name: str
    code: str
    office: Office

    @property
    def personal(self) -> bool:
        """Whether it is a person."""
        return self.kind == "person"


class Booked(NamedTuple):
    """What was paid, or came back, at one moment, for one scheme and filing or claim."""

    at: datetime
    code: TransferCode
    kind: DueKind
    scheme: str
    title: str
    document: str
    amount: Money
    people: int


def holder(kind: str, key: int, *, actor: Actor) -> Holder:
    """Return a payee whose years `actor` may see, or answer 404: operators and persons their own, finance its office's."""
    if kind == "organisation":
        firm = people.organisation(key, actor=actor)
        return Holder(kind, firm.id, firm.name, firm.credit_code, firm.office)
    if kind != "person" or not (actor.person_id == key or actor.has(*FINANCE)):
        abort(404)
    latest = select(Due.office_code).where(_paid_to("person", key)).order_by(Due.id.desc()).limit(1)
    if actor.person_id != key or not actor.is_trainee:
        latest = latest.where(people.office_filter(Due.office_code, actor))
    office = one_or_404(select(Office).where(Office.code.in_(latest)))
    person = db.session.get_one(Person, key)
    return Holder(kind, person.id, person.name, mask_id(person.id_number), office)


def _paid_to(kind: str, key: int) -> ColumnElement[bool]:
    return Due.payee_id == key if kind == "organisation" else and_(Due.payee_id.is_(None), Due.person_id == key)


def _cash() -> ColumnElement[bool]:
    """Tell of a booking whether money moved between the bureau and the payee."""
    back = and_(Transfer.code == TransferCode.RECOVER, Due.kind == DueKind.RECOVERY)
    return or_(and_(Transfer.code == TransferCode.PAY, Due.kind != DueKind.RECOVERY), back)


def booked(payee: Holder, year: int) -> list[Booked]:
    """Return what was booked for a payee in a year, oldest first; one query. No such year answers 404."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    first, last = date(year, 1, 1), date(year, 12, 31)
    grouped = (Transfer.at, Transfer.code, Due.kind, Due.scheme, Due.title, func.coalesce(Batch.number, Due.period))
    within = (Transfer.at >= clock.end_of(first - timedelta(days=1)), Transfer.at < clock.end_of(last))
    rows: Select[*tuple[Any, ...]] = (
        select(*grouped, func.sum(Transfer.amount), func.count(func.distinct(Due.person_id)))
        .join(Due, Due.id == Transfer.due_id)
        .outerjoin(Payment, Payment.id == Transfer.payment_id)
        .outerjoin(Batch, Batch.id == Payment.batch_id)
        .where(_paid_to(payee.kind, payee.id), _cash(), *within)
        .group_by(*grouped)
        .order_by(Transfer.at, Due.title)
    )
    return [Booked(*tuple(row)) for row in db.session.execute(rows)]


def years(kind: str, key: int) -> list[int]:
    """Return the years in which money moved, the latest first."""
    told = select(Transfer.at).join(Due, Due.id == Transfer.due_id).where(_paid_to(kind, key), _cash()).distinct()
    return sorted({clock.local(at).year for at in db.session.scalars(told)}, reverse=True)


def sums(found: Sequence[Booked]) -> tuple[Money, Money]:
    """Return what was paid and what came back."""
    back = [one for one in found if one.code is TransferCode.RECOVER]
    paid = [one for one in found if one.code is TransferCode.PAY]
    return total(one.amount for one in paid), total(one.amount for one in back)
