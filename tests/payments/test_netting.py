"""Unearned advances are taken from others' balances of the same claim, to the fen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.payments.netting import Taken, net

YUAN = Money.yuan
amounts = st.lists(st.integers(0, 900_000).map(Money), max_size=12)


def test_four_unearned_shares_are_taken_from_the_first_dues() -> None:
    netted = net([(1, YUAN(4000)), (2, YUAN(4000)), (3, YUAN(4000))], [(7, YUAN(4000)), (8, YUAN(1000))])
    assert netted.taken == (Taken(1, 7, YUAN(4000)), Taken(2, 8, YUAN(1000)))
    assert netted.left == {}


def test_a_share_may_be_borne_by_two_dues() -> None:
    netted = net([(1, YUAN(1500)), (2, YUAN(4000))], [(7, YUAN(4000))])
    assert netted.taken == (Taken(1, 7, YUAN(1500)), Taken(2, 7, YUAN(2500)))


def test_what_no_due_can_bear_is_left_with_its_line() -> None:
    netted = net([(1, YUAN(1000))], [(7, YUAN(4000)), (8, YUAN(4000))])
    assert netted.left == {7: YUAN(3000), 8: YUAN(4000)}


def test_of_thirty_with_twelve_certified_nothing_is_paid_and_24_000_recovered() -> None:
    netted = net([(n, YUAN(4000)) for n in range(12)], [(n, YUAN(4000)) for n in range(12, 30)])
    assert total(part.amount for part in netted.taken) == YUAN(48_000)
    assert netted.left == {n: YUAN(4000) for n in range(24, 30)}


@given(dues=amounts, unearned=amounts)
def test_no_fen_is_lost_or_taken_twice(dues: list[Money], unearned: list[Money]) -> None:
    netted = net(enumerate(dues), enumerate(unearned))
    assert total(part.amount for part in netted.taken) == min(total(dues), total(unearned))
    for due_id, amount in enumerate(dues):
        assert total(part.amount for part in netted.taken if part.due_id == due_id) <= amount
    for line_id, owed in enumerate(unearned):
        parts = total(part.amount for part in netted.taken if part.line_id == line_id)
        assert parts + netted.left.get(line_id, ZERO) == owed
