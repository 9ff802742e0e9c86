"""The rows of a batch as the bank is told them, the digest they are bound to, and the files made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from trainingadmin.kernel.money import total
from trainingadmin.payments.bank import rows as sent
from trainingadmin.payments.bank import writers
from trainingadmin.payments.bank.rows import BankRow
from trainingadmin.payments.bank.writers import BankFile, Layout
from trainingadmin.payments.models import Batch, BatchFile, Due, Payment
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index

_DIGEST_IN_NAME = 12


def rows(batch_id: int) -> list[BankRow]:
    """Return the rows of a batch from the payments as they are stored; the remark is the filing or claim each is for."""
    told = (
        select(
            Payment.position,
            Payment.payee_account,
            Payment.payee_name,
            Payment.payee_bank,
            Payment.amount,
            Payment.purpose,
            Due.about,
        )
        .join(Due, Due.id == Payment.due_id)
        .where(Payment.batch_id == batch_id)
        .order_by(Payment.position)
    )
    return [BankRow(*row) for row in db.session.execute(told)]


def cut(batch_id: int, told: Sequence[BankRow]) -> list[BatchFile]:
    """Return the files that the rows of a batch go out in."""
    return [
        BatchFile(
            batch_id=batch_id,
            part=number,
            first=part[0].position,
            last=part[-1].position,
            total=total(row.amount for row in part),
            digest=digest(part),
        )
        for number, part in enumerate(sent.parts(told), start=1)
    ]


def told(payment: Mapping[str, Any], about: str) -> BankRow:
    """Return the row that `rows` will read back of a payment that is being written."""
    account = payment["payee_account"], payment["payee_name"], payment["payee_bank"]
    return BankRow(payment["position"], *account, payment["amount"], payment["purpose"], about)


def digest(told: Iterable[BankRow]) -> str:
    """Return the digest of exactly these rows; keyed, because it is printed where account numbers are not."""
    return sent.digest(told, blind_index("batch digest").encode())


def files_of(batch_id: int) -> list[BatchFile]:
    """Return the files that a batch goes out in."""
    return list(db.session.scalars(select(BatchFile).filter_by(batch_id=batch_id).order_by(BatchFile.part)))


def of_part(part: BatchFile, told: Sequence[BankRow]) -> list[BankRow]:
    """Return those rows of a batch that a file holds."""
    return [row for row in told if part.first <= row.position <= part.last]


def file(batch: Batch, part: BatchFile, layout: Layout) -> BankFile:
    """Return one of the files for the bank, with its digest in the name; refusals as `writers.file`."""
    stem = f"{batch.number}-{part.digest[:_DIGEST_IN_NAME]}"
    if part.count < batch.count:
        stem = f"{batch.number}-{part.part}-{part.digest[:_DIGEST_IN_NAME]}"
    return writers.file(of_part(part, rows(batch.id)), layout, stem)
