"""The finance preparer: composes batches from what is owed, takes the bank's answer, issues failed lines again."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World

EXPECTED = {
    "ledger.account",
    "payments.again",
    "payments.answer",
    "payments.due",
    "payments.group",
    "payments.index",
    "ledger.index",
    "payments.payables",
    "recoveries.index",
    "payments.sheet",
    "payments.show",
    "payments.statement",
}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    answered = world.batch_with_a_failed_line()
    assert walker(window("zhidan")).walk("/desk", answered, "/payments/payables") >= EXPECTED
