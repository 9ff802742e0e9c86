"""The books by funding source and office: what was given, owed, paid, came back and was given up, and every row of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.ledger.queries.balances import of_offices
from trainingadmin.payments.entries import bank
from trainingadmin.payments.models import Appropriation, Batch, Due, Payment, Transfer
from trainingadmin.payments.states import DueKind, PaymentState, TransferCode
from trainingadmin.people.models import Organisation, Person
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import remembered

C = TransferCode


class Of(StrEnum):
    """What is told of a source and office."""

    APPROPRIATED = "appropriated"
    PAYABLE = "payable"
    PAID = "paid"
    RECEIVABLE = "receivable"
    RECOVERED = "recovered"
    WRITTEN_OFF = "written_off"


LABELS = {
    Of.APPROPRIATED: N_("下达额度"),
    Of.PAYABLE: N_("应付未付"),
    Of.PAID: N_("已付"),
    Of.RECEIVABLE: N_("应追回未收"),
    Of.RECOVERED: N_("已收回"),
    Of.WRITTEN_OFF: N_("已核销"),
}
# Of each: whether it is about recoveries (None where there may be no due), and what each booking adds to it.
_PARTS: dict[Of, tuple[bool | None, dict[TransferCode, int]]] = {
    Of.APPROPRIATED: (None, {C.APPROPRIATE: 1}),
    Of.PAYABLE: (False, {C.ACCRUE: 1, C.REVERSE: -1, C.OFFSET: -1, C.SET_OFF: -1, C.PAY: -1}),
    Of.PAID: (False, {C.PAY: 1}),
    Of.RECEIVABLE: (True, {C.ACCRUE: 1, C.REVERSE: -1, C.RECOVER: -1, C.SET_OFF: -1, C.WRITE_OFF: -1}),
    Of.RECOVERED: (True, {C.RECOVER: 1}),
    Of.WRITTEN_OFF: (True, {C.WRITE_OFF: 1}),
}


@dataclass(slots=True)
class Standing:
    """One funding source at one office; no source where the money is in no batch yet."""

    source: str
    office: str
    sums: dict[Of, Money] = field(default_factory=lambda: dict.fromkeys(Of, ZERO))

    def of(self, part: str) -> Money:
        """Return one of its sums."""
        return self.sums[Of(part)]

    @property
    def balance(self) -> Money:
        """What is left at the bank: given, less paid, plus what came back."""
        return self.of(Of.APPROPRIATED) - self.of(Of.PAID) + self.of(Of.RECOVERED)


_BACK = Due.kind == DueKind.RECOVERY
_AT_BANK = "bank/"
_BANK = case(
    (Transfer.debit.startswith(_AT_BANK), Transfer.debit), (Transfer.credit.startswith(_AT_BANK), Transfer.credit)
)
_SIGN = case((Transfer.credit.startswith(_AT_BANK) & (Transfer.code == C.APPROPRIATE), -1), else_=1)


def _source() -> Any:
    """Return the source that pays a due: its last batch's; of a recovery, the one the same money was paid from."""
    other = aliased(Due)
    same = and_(
        other.person_id == Due.person_id,
        other.office_code == Due.office_code,
        other.scheme == Due.scheme,
        or_(other.cohort_id == Due.cohort_id, Due.cohort_id.is_(None)),
    )
    last = select(Batch.funding_source).select_from(Payment).join(Batch, Batch.id == Payment.batch_id)
    last = last.order_by(Payment.id.desc()).limit(1).correlate(Due)
    own = last.where(Payment.due_id == Due.id, Payment.state != PaymentState.CANCELLED)
    before = last.join(other, other.id == Payment.due_id).where(same, Payment.state == PaymentState.PAID)
    return func.coalesce(case((_BACK, before.scalar_subquery()), else_=own.scalar_subquery()), "")


def _booked(statement: Select[*tuple[Any, ...]], actor: Actor, on: date | None) -> Select[*tuple[Any, ...]]:
    seen = statement.select_from(Transfer).outerjoin(Due, Due.id == Transfer.due_id).where(of_offices(actor))
    return seen if on is None else seen.where(Transfer.at < clock.end_of(on))


def standings(actor: Actor, on: date | None = None) -> list[Standing]:
    """Return every source and office one may see until the end of a day, in their order; one query."""
    return standings_in(summed(actor, on))


def standings_in(sums: Iterable[Any]) -> list[Standing]:
    """Return every source and office in sums as `summed` returns them, in their order."""
    found: dict[tuple[str, str], Standing] = {}
    for row in sums:
        at_bank = next((path for path in (row.debit, row.credit) if path.startswith(_AT_BANK)), None)
        sign = -1 if row.code is C.APPROPRIATE and row.credit.startswith(_AT_BANK) else 1
        for part, factor in _parts(bool(row.back), row.code):
            where = (row.source, row.office)
            if part is not Of.PAYABLE and part is not Of.RECEIVABLE and at_bank:
                _bank, source, office = at_bank.split("/")
                where = (source, office)
            one = found.setdefault(where, Standing(*where))
            one.sums[part] += Money(row.amount.fen * factor * sign)
    return [
        found[key]
        for key in sorted(found, key=lambda key: (key[1], not key[0], key[0]))
        if any(found[key].sums.values())
    ]


def summed(actor: Actor, on: date | None = None) -> Sequence[Any]:
    """Return what one may see until the end of a day, added up: debit, credit, source, office, back, code, amount.

    `source` and `office` are the due's, `back` tells of recoveries. Both the trial balance and the standings are in it.
    """
    return driver.rows(_summed(actor, on))


@remembered
def _summed(actor: Actor, on: date | None) -> Select[*tuple[Any, ...]]:
    due = (_source().label("source"), Due.office_code.label("office"), func.coalesce(_BACK, False).label("back"))
    by = (Transfer.debit, Transfer.credit, Transfer.code)
    told: Select[*tuple[Any, ...]] = select(*by, *due, func.sum(Transfer.amount).label("amount"))
    return _booked(told, actor, on).group_by(*by, "source", Due.office_code, "back")


def _parts(back: bool, code: TransferCode) -> Iterable[tuple[Of, int]]:
    for part, (about, codes) in _PARTS.items():
        if code in codes and about in (None, back):
            yield part, codes[code]


def rows(actor: Actor, source: str, office: str, part: str, on: date | None = None) -> Select[*tuple[Any, ...]]:
    """Select every booking behind one sum, newest first, or answer 404 for what there is no sum of."""
    if part not in set(Of):
        abort(404)
    _about, codes = _PARTS[Of(part)]
    signed = case(*((Transfer.code == code, factor) for code, factor in codes.items()), else_=0) * _SIGN
    told: Select[*tuple[Any, ...]] = select(
        Transfer.id,
        Transfer.at,
        Transfer.code,
        Transfer.amount,
        signed.label("sign"),
        Transfer.due_id,
        Due.kind,
        Due.about,
        Person.name.label("person"),
        Person.id_number,
        func.coalesce(Organisation.name, Person.name).label("payee"),
        Batch.id.label("batch_id"),
        Batch.number.label("batch"),
        Appropriation.budget_line_id,
        Appropriation.document,
    )
    given = and_(
        Transfer.code == C.APPROPRIATE, Transfer.client_id == literal("appropriate:") + cast(Appropriation.id, String)
    )
    joined = (
        _booked(told, actor, on)
        .outerjoin(Person, Person.id == Due.person_id)
        .outerjoin(Organisation, Organisation.id == Due.payee_id)
        .outerjoin(Payment, Payment.id == Transfer.payment_id)
        .outerjoin(Batch, Batch.id == Payment.batch_id)
        .outerjoin(Appropriation, given)
        .where(Transfer.code.in_(codes), *_behind(Of(part), source, office))
    )
    return joined.order_by(Transfer.at.desc(), Transfer.id.desc())


def _behind(part: Of, source: str, office: str) -> list[ColumnElement[bool]]:
    """Return what tells the bookings of one sum of a source and office from others of their kind."""
    about, _codes = _PARTS[part]
    kind = [] if about is None else [_BACK if about else ~_BACK]
    own = and_(Due.office_code == office, _source() == source)
    at_bank: ColumnElement[bool] = literal(bank(source, office)) == _BANK
    by_due = part in (Of.PAYABLE, Of.RECEIVABLE)
    return [*kind, own if by_due else or_(at_bank, _BANK.is_(None) & own)]
