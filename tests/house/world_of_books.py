"""What the books of the one bureau are asked for."""

from __future__ import annotations

from sqlalchemy import select

from tests.payments import stage as payments
from trainingadmin.payments.models import Due, Transfer
from trainingadmin.plumbing.database import db


def asked(due: Due) -> dict[str, dict[str, str]]:
    """Return the questions of the pages about a source and an account, by what was booked for a due."""
    booked = db.session.scalars(select(Transfer.debit).where(Transfer.due_id == due.id)).first()
    source = {"source": payments.FUND, "office": due.office_code, "part": "paid"}
    account = {"path": booked or ""}
    of_sources = dict.fromkeys(("ledger.source", "ledger.source_file"), source)
    return of_sources | dict.fromkeys(("ledger.account", "ledger.account_file"), account)
