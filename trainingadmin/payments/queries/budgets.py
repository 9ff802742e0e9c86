"""Reads of budget lines: what may be paid from each in its year, what is spoken for, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal_column, select, type_coerce

from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Appropriation, Batch, BudgetLine, Payment
from trainingadmin.payments.states import PaymentState
from trainingadmin.people.models import Account
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, one_or_404, remembered

_NOTHING: ColumnElement[int] = literal_column("0")


class Line(NamedTuple):
    """A budget line with what its batches hold and have paid."""

    id: int
    office_code: str
    year: int
    funding_source: str
    budget_item: str
    ceiling: Money
    committed: Money
    paid: Money

    @property
    def left(self) -> Money:
        """What new batches may still take."""
        return self.ceiling - self.committed


def _sum(*states: PaymentState) -> Any:
    added = select(type_coerce(func.coalesce(func.sum(Payment.amount), _NOTHING), BigInteger))
    of_line = (Batch.budget_line_id == BudgetLine.id, Payment.state.in_(states))
    return added.join(Batch, Batch.id == Payment.batch_id).where(*of_line).correlate(BudgetLine).scalar_subquery()


def _lines() -> Select[*tuple[Any, ...]]:
    return select(
        BudgetLine.id,
        BudgetLine.office_code,
        BudgetLine.year,
        BudgetLine.funding_source,
        BudgetLine.budget_item,
        BudgetLine.ceiling,
        _sum(PaymentState.PENDING, PaymentState.PAID),
        _sum(PaymentState.PAID),
    )


def _read(row: Sequence[Any]) -> Line:
    sums: list[Any] = [Money(int(fen)) for fen in row[6:8]]
    return Line(*row[:6], *sums)


def visible(actor: Actor, year: int | None = None) -> list[Line]:
    """Return the lines of the offices one may see, the newest year first, or those of one year."""
    return [_read(row) for row in driver.rows(_visible(actor, year))]


@remembered
def _visible(actor: Actor, year: int | None) -> Select[*tuple[Any, ...]]:
    seen = _lines().where(office_filter(BudgetLine.office_code, actor))
    if year is not None:
        seen = seen.where(BudgetLine.year == year)
    by = (BudgetLine.year.desc(), BudgetLine.office_code, BudgetLine.funding_source, BudgetLine.budget_item)
    return seen.order_by(*by)


def standing(line_id: int) -> Line:
    """Return one line as it stands now."""
    return _read(db.session.execute(_lines().where(BudgetLine.id == line_id)).one())


def line(line_id: int, *, actor: Actor) -> Line:
    """Return one visible line or answer 404."""
    one_or_404(select(BudgetLine.id).where(BudgetLine.id == line_id, office_filter(BudgetLine.office_code, actor)))
    return standing(line_id)


def kept(office_code: str, year: int) -> bool:
    """Whether an office keeps a budget for a year: then every batch names one of its lines."""
    return db.session.scalar(select(BudgetLine.id).filter_by(office_code=office_code, year=year).limit(1)) is not None


def appropriations(line_id: int) -> Sequence[Any]:
    """Return what was given to a line or taken from it, newest first, with by whom and on which document."""
    told = select(Appropriation.amount, Appropriation.document, Appropriation.at, Account.name)
    of_line = told.join(Account, Account.id == Appropriation.account_id).where(Appropriation.budget_line_id == line_id)
    return db.session.execute(of_line.order_by(Appropriation.id.desc())).all()


def batches(line_id: int) -> Select[*tuple[Any, ...]]:
    """Select the batches that take from a line, newest first."""
    told = select(Batch.id, Batch.number, Batch.scheme, Batch.count, Batch.total, Batch.state, Batch.composed_at)
    return told.where(Batch.budget_line_id == line_id).order_by(Batch.id.desc())
