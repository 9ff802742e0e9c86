"""Lines on their way through notice and payment, and the claim after them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from tests.claims import small
from tests.factories import Office
from trainingadmin.claims import actions
from trainingadmin.claims.actions.lines import due_move
from trainingadmin.claims.models import Claim, ClaimLine, ClaimStep
from trainingadmin.claims.states import CLAIM, LINE, ClaimState, LineState
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

L, S = LineState, ClaimState


def go(office: Office, lines: Sequence[ClaimLine], name: str, login: str = "system", note: str = "") -> None:
    by = SYSTEM if login == "system" else office.actor(login)
    with clock.at(small.CLAIMED_ON), transaction.unit():
        actions.move_lines(lines, name, by=by, note=note)


def approved(office: Office, people: int = 3, *, advance: int = 0) -> Claim:
    return small.walked(office, small.cohort_of(office, people, advance=advance), until="approve")


def test_lines_go_through_notice_and_payment_and_take_the_claim_along(office: Office) -> None:
    claim = approved(office)
    for name, login, state in (
        ("publish", "approval", S.IN_NOTICE),
        ("clear", "system", S.CLEARED),
        ("pay", "preparer", S.PAYING),
        ("settle", "checker", S.PAID),
    ):
        go(office, claim.lines, name, login)
        assert claim.state is state
    assert {line.state for line in claim.lines} == {L.PAID}
    moves = list(db.session.scalars(select(ClaimStep.move).where(ClaimStep.line_id.is_(None)).order_by(ClaimStep.id)))
    assert moves[-4:] == ["publish", "clear", "pay", "settle"]


def test_an_objection_freezes_only_its_line(office: Office) -> None:
    claim = approved(office)
    go(office, claim.lines, "publish", "approval")
    go(office, claim.lines[:1], "object", note="2022-0001 号异议")
    assert claim.lines[0].frozen_reason == "2022-0001 号异议"
    go(office, claim.lines[1:], "clear")
    assert claim.state == "cleared"
    assert [line.state for line in claim.lines] == [L.OBJECTED, L.CLEARED, L.CLEARED]
    for name in ("pay", "settle"):
        go(office, claim.lines[1:], name, "checker")
    assert claim.state == "paying"


def test_a_dismissed_objection_lets_the_line_clear_later(office: Office) -> None:
    claim = approved(office)
    go(office, claim.lines, "publish", "approval")
    go(office, claim.lines[:1], "object", note="异议")
    go(office, claim.lines[1:], "clear")
    go(office, claim.lines[:1], "dismiss", "first_review", note="经查不成立")
    assert claim.lines[0].frozen_reason == ""
    go(office, claim.lines[:1], "clear")
    for name in ("pay", "settle"):
        go(office, claim.lines, name, "checker")
    assert claim.state == "paid"


def test_an_upheld_objection_refuses_the_line_and_what_was_advanced_is_owed(office: Office) -> None:
    claim = approved(office, advance=4000)
    go(office, claim.lines, "publish", "approval")
    go(office, claim.lines[:1], "object", note="异议")
    go(office, claim.lines[:1], "uphold", "first_review", note="查实未参加培训")
    line = claim.lines[0]
    assert (line.state, line.entitlement, line.balance) == (L.REFUSED, Money.yuan(0), Money.yuan(-4000))
    assert (claim.entitlement, claim.balance) == (Money.yuan(16000), Money.yuan(4000))


def test_when_every_line_is_upheld_against_the_claim_waits_for_its_recovery(office: Office) -> None:
    claim = approved(office, 1, advance=4000)
    go(office, claim.lines, "publish", "approval")
    go(office, claim.lines, "object", note="异议")
    assert claim.state == "in_notice"
    go(office, claim.lines, "uphold", "first_review", note="查实")
    assert claim.state == "cleared"


def test_a_line_that_the_bank_returned_is_paid_again(office: Office) -> None:
    claim = approved(office)
    for name in ("publish", "clear", "pay"):
        go(office, claim.lines, name, "preparer")
    go(office, claim.lines[1:], "settle", "checker")
    go(office, claim.lines[:1], "fail", "checker", note="账户状态异常")
    assert claim.state == "paying"
    for name in ("pay", "settle"):
        go(office, claim.lines[:1], name, "checker")
    assert claim.state == "paid"


def test_a_line_wholly_offset_is_settled_without_the_bank(office: Office) -> None:
    claim = approved(office)
    for name in ("publish", "clear", "settle"):
        go(office, claim.lines, name, "checker")
    assert claim.state == "paid"


def test_a_held_line_keeps_the_claim_from_ending(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="review")
    with transaction.unit():
        actions.hold(claim.lines[0], by=office.actor("approval"), note="待核实")
    small.act(office, claim, "approve", "approval")
    for name in ("publish", "clear", "pay", "settle"):
        go(office, claim.lines[1:], name, "checker")
    assert claim.state == "paying"
    with transaction.unit():
        actions.refuse_line(claim.lines[0], by=office.actor("approval"), note="查实未参加")
    assert claim.state == "paid"


def test_the_publisher_may_approve_a_supplement(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="review")
    by = office.actor("approval")
    with transaction.unit():
        actions.hold(claim.lines[0], by=by, note="待核实")
    small.act(office, claim, "approve", "approval")
    go(office, claim.lines[1:], "publish", "approval")
    with clock.at(small.CLAIMED_ON), transaction.unit():
        actions.release(claim.lines[0], by=by, note="已核实")
        actions.approve_released(claim, by=by)
    assert (claim.state, claim.lines[0].state) == (S.IN_NOTICE, L.APPROVED)
    go(office, claim.lines[1:], "clear")
    go(office, claim.lines[:1], "publish", "approval")
    assert claim.state == "cleared"
    go(office, claim.lines[:1], "clear")
    for name in ("pay", "settle"):
        go(office, claim.lines, name, "checker")
    assert claim.state == "paid"


def test_lines_of_many_claims_move_together_in_few_queries(office: Office) -> None:
    claims = [small.walked(office, small.cohort_of(office, 2, first=10 * n), until="approve") for n in (1, 2, 3)]
    go(office, [line for claim in claims for line in claim.lines], "publish", "approval")
    assert {claim.state for claim in claims} == {S.IN_NOTICE}


def test_one_line_that_may_not_move_stops_all(office: Office) -> None:
    claim = approved(office)
    go(office, claim.lines[:1], "publish", "approval")
    with pytest.raises(Refusal, match="move-state"):
        go(office, claim.lines, "publish", "approval")
    assert [line.state for line in claim.lines] == [L.IN_NOTICE, L.APPROVED, L.APPROVED]


@pytest.mark.parametrize("login", ["enterprise", "institution", "supervisor", "policy"])
def test_nobody_else_moves_lines(office: Office, login: str) -> None:
    with pytest.raises(Refusal, match="move-role"):
        go(office, approved(office).lines, "publish", login)


def test_publicity_cannot_be_skipped() -> None:
    """Whatever the lines, a claim with somebody to be paid comes to payment through the notice alone."""
    for states in itertools.product((0, 1), repeat=len(L)):
        lines = dict(zip(L, states, strict=True))
        name = due_move(S.APPROVED, lines)
        if name is not None and CLAIM.moves[name].target is not S.IN_NOTICE:
            assert {state for state, count in lines.items() if count} == {L.REFUSED}
    assert LINE.moves["pay"].sources == {L.CLEARED, L.FAILED}
    assert {name for name, move in LINE.moves.items() if move.target is L.CLEARED} == {"clear", "recall"}
    assert LINE.moves["clear"].sources == {L.IN_NOTICE}
    assert LINE.moves["recall"].sources == {L.PAYING}


def test_due_moves_always_lead_on_and_end() -> None:
    for state in (S.APPROVED, S.IN_NOTICE, S.CLEARED, S.PAYING):
        for states in itertools.product((0, 1), repeat=len(L)):
            lines, now = dict(zip(L, states, strict=True)), state
            seen = {now}
            while (name := due_move(now, lines)) is not None:
                assert now in CLAIM.moves[name].sources
                now = CLAIM.moves[name].target
                assert now not in seen
                seen.add(now)
