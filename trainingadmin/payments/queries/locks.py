"""Row locks of the money, always taken in the same order: batch, filing, claim, due, budget line.

Rows come back as they are once the lock is held, whatever the session read before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select

from trainingadmin.claims.models import Claim
from trainingadmin.cohorts.models import Cohort
from trainingadmin.payments.models import Batch, BudgetLine, Due
from trainingadmin.payments.queries.rows import DueRow, due_columns
from trainingadmin.plumbing.database import db, locked
from trainingadmin.plumbing.membership import among

Row = TypeVar("Row", Batch, BudgetLine, Cohort, Claim, Due)


def _locked(table: type[Row], ids: Iterable[int]) -> list[Row]:
    mine = among(table.id, set(ids))
    # Two steps, because entities join others in eagerly and only our own rows are to be locked.
    db.session.execute(locked(select(table.id).where(mine).order_by(table.id)))
    fresh = select(table).where(mine).order_by(table.id)
    return list(db.session.scalars(fresh.execution_options(populate_existing=True)))


def batch(batch_id: int) -> Batch:
    """Lock one batch."""
    return _locked(Batch, [batch_id])[0]


def cohorts(ids: Iterable[int]) -> list[Cohort]:
    """Lock filings."""
    return _locked(Cohort, ids)


def claims(ids: Iterable[int]) -> list[Claim]:
    """Lock claims."""
    return _locked(Claim, ids)


def budget_line(office_code: str, year: int, funding_source: str, budget_item: str) -> BudgetLine | None:
    """Lock the budget line of these terms, if there is one; last in the order, after everything it pays for."""
    of = (BudgetLine.office_code == office_code, BudgetLine.year == year)
    named = (BudgetLine.funding_source == funding_source, BudgetLine.budget_item == budget_item)
    line_id = db.session.scalar(select(BudgetLine.id).where(*of, *named))
    return _locked(BudgetLine, [line_id])[0] if line_id is not None else None


def dues(ids: Iterable[int]) -> list[Due]:
    """Lock dues."""
    return _locked(Due, ids)


def due_rows(ids: Iterable[int]) -> list[DueRow]:
    """Lock dues and read their columns alone."""
    return [DueRow._make(row) for row in db.session.execute(locked(due_columns(ids)))]
