"""The rows of a batch as the bank is told them, the digest they are bound to, and the files made of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from trainingadmin.cohorts.models import Cohort
from trainingadmin.payments import bankfile, writers
from trainingadmin.payments.bankfile import BankRow
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.writers import BankFile, Layout
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index

_DIGEST_IN_NAME = 12


def rows(batch_id: int) -> list[BankRow]:
    """Return the rows of a batch from the payments as they are stored; the remark is the filing each is for."""
    told = (
        select(
            Payment.position,
            Payment.payee_account,
            Payment.payee_name,
            Payment.payee_bank,
            Payment.amount,
            Payment.purpose,
            Cohort.number,
        )
        .join(Due, Due.id == Payment.due_id)
        .join(Cohort, Cohort.id == Due.cohort_id)
        .where(Payment.batch_id == batch_id)
        .order_by(Payment.position)
    )
    return [BankRow(*row) for row in db.session.execute(told)]


def digest(told: Iterable[BankRow]) -> str:
    """Return the digest of exactly these rows; keyed, because it is printed where account numbers are not."""
    return bankfile.digest(told, blind_index("batch digest").encode())


def files(batch: Batch, layout: Layout) -> list[BankFile]:
    """Return what is handed to the bank, with the digest in the name; refusals as `writers.files`."""
    return writers.files(rows(batch.id), layout, f"{batch.number}-{batch.digest[:_DIGEST_IN_NAME]}")
