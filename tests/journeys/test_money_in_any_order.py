"""The money of a whole office in any order: after every step the books balance and no cap is passed.

`python -m bench.money` takes 2 000 steps by each of twenty seeds.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.factories import Office
from tests.journeys import money_runs
from trainingadmin.kernel.money import Money
from trainingadmin.payments import entries
from trainingadmin.payments.queries.rows import PaymentRow


def test_the_books_hold_whatever_people_do(renew: Callable[[], Office]) -> None:
    done = money_runs.run(renew, seed=20261129, walks=5, steps=45)
    idle = {"claim", "approve", "publish", "compose", "release", "answer", "find", "issue", "repay"} - set(done)
    assert not idle, (idle, done)


def test_the_control_with_a_fen_too_much_is_found(renew: Callable[[], Office], monkeypatch: pytest.MonkeyPatch) -> None:
    honest = entries.payment

    def too_much(made: PaymentRow, owner: str, bank_account: str) -> entries.Entry:
        entry = honest(made, owner, bank_account)
        return entry._replace(amount=Money(entry.amount.fen + 1))

    monkeypatch.setattr(entries, "payment", too_much)
    with pytest.raises(AssertionError, match="Failing test case"):
        money_runs.run(renew, seed=20261129, walks=4, steps=45)
