"""Row locks of the money, always taken in the same order: batch, filing, claim, due.

Rows come back as they are once the lock is held, whatever the session read before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select

from trainingadmin.claims.models import Claim
from trainingadmin.cohorts.models import Cohort
from trainingadmin.payments.models import Batch, Due
from trainingadmin.plumbing.database import db, in_chunks, locked

Row = TypeVar("Row", Batch, Cohort, Claim, Due)
_CHUNK = 500


def _locked(table: type[Row], ids: Iterable[int]) -> list[Row]:
    rows: list[Row] = []
    for chunk in in_chunks(sorted(set(ids)), _CHUNK):
        # Two steps, because entities join others in eagerly and only our own rows are to be locked.
        db.session.execute(locked(select(table.id).where(table.id.in_(chunk)).order_by(table.id)))
        fresh = select(table).where(table.id.in_(chunk)).order_by(table.id)
        rows += db.session.scalars(fresh.execution_options(populate_existing=True))
    return rows


def batch(batch_id: int) -> Batch:
    """Lock one batch."""
    return _locked(Batch, [batch_id])[0]


def cohorts(ids: Iterable[int]) -> list[Cohort]:
    """Lock filings."""
    return _locked(Cohort, ids)


def claims(ids: Iterable[int]) -> list[Claim]:
    """Lock claims."""
    return _locked(Claim, ids)


def dues(ids: Iterable[int]) -> list[Due]:
    """Lock dues."""
    return _locked(Due, ids)
