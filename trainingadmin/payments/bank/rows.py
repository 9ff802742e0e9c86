"""What a bank is told row by row, and the digest it is bound to. Pure."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainingadmin.kernel.money import Money

ROWS_PER_FILE = 5_000


@dataclass(frozen=True, slots=True, repr=False)
class BankRow:
    """One payment as the bank is told it; `position` is unique in the batch and the key of the answer."""

    position: int
    account: str
    name: str
    bank: str
    amount: Money
    purpose: str
    remark: str = ""

    def __repr__(self) -> str:
        return f"BankRow({self.position})"


def digest(rows: Iterable[BankRow], key: bytes = b"") -> str:
    """Return HMAC-SHA-256 (hex) over the exact rows in their order; without the `key` nobody can guess accounts from it."""
    state = hmac.new(key, digestmod="sha256")
    for row in rows:
        state.update(json.dumps(plain(row), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return state.hexdigest()


def parts(rows: Sequence[BankRow]) -> list[Sequence[BankRow]]:
    """Return the rows as the files they go out in, at most `ROWS_PER_FILE` in each."""
    return [rows[at : at + ROWS_PER_FILE] for at in range(0, len(rows), ROWS_PER_FILE)]


def plain(row: BankRow) -> list[str]:
    """Return a row as the texts that its digest covers."""
    return [str(row.position), row.account, row.name, row.bank, str(row.amount), row.purpose, row.remark]
