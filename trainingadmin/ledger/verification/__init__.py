"""Proves the books: every sum that must be equal to another is computed from the rows, and every difference is named."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from trainingadmin.ledger.verification import batches, books, dues
from trainingadmin.ledger.verification.breaches import Breach, Report, Rule, named
from trainingadmin.payments.models import Batch, Due, Offset, Payment, Transfer
from trainingadmin.plumbing.database import db

__all__ = ["RULES", "Breach", "Report", "Rule", "named", "verify"]

RULES: tuple[Rule, ...] = (*books.RULES, *dues.RULES, *batches.RULES)


def verify(more: Sequence[Rule] = ()) -> Report:
    """Check every rule of the books, and those of stages after them, against every row; reads only."""
    breaches = [breach for rule in (*RULES, *more) for breach in rule()]
    counts = {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Transfer, Due, Offset, Batch, Payment)
    }
    return Report(counts, breaches)
