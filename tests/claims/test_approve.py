"""Approving a claim: every person decided, on facts that are still so."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.claims import small
from tests.factories import Office
from trainingadmin.claims import actions
from trainingadmin.claims.models import Assessment, Claim
from trainingadmin.claims.states import LineState
from trainingadmin.cohorts.models import Result
from trainingadmin.cohorts.states import Outcome
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact

L = LineState


def attest(office: Office, claim: Claim, fact: Fact, value: bool, at: int = 0) -> None:
    with clock.at(small.CLAIMED_ON), transaction.unit():
        registers.attest(
            fact,
            value,
            persons=[claim.lines[at].person_id],
            organisation=claim.payee_id,
            source="市社保局名单",
            as_of=small.CLAIMED_ON,
            by=office.actor("first_review"),
        )


def unverify(claim: Claim, at: int = 0, verified: bool | None = None) -> None:
    with transaction.unit():
        db.session.get_one(Result, claim.lines[at].enrolment_id).verified = verified


def reassess(office: Office, claim: Claim, login: str = "approval") -> actions.Reassessment:
    with clock.at(small.CLAIMED_ON), transaction.unit():
        return actions.reassess(claim, "recheck", by=office.actor(login))


def states(claim: Claim) -> list[LineState]:
    return [line.state for line in claim.lines]


def test_the_eligible_are_approved_and_the_refused_refused(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, advance=4000), until="review")
    attest(office, claim, Fact.CROSS_FUND_PAID, True)
    reassess(office, claim)
    small.act(office, claim, "approve", "approval")
    assert states(claim) == [L.REFUSED, L.APPROVED, L.APPROVED]
    assert [line.balance for line in claim.lines] == [Money.yuan(-4000), Money.yuan(4000), Money.yuan(4000)]
    assert claim.balance == Money.yuan(4000)


def test_what_was_relied_on_is_kept(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="approve")
    kept = list(db.session.scalars(select(Assessment.occasion).order_by(Assessment.id)))
    assert kept == ["precheck"] * 3 + ["submission"] * 3 + ["approval"] * 3
    assert claim.state == "approved"


def test_unknown_lines_block_the_approval(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="review")
    unverify(claim)
    reassess(office, claim)
    with pytest.raises(Refusal, match="unknown-lines"):
        small.act(office, claim, "approve", "approval")
    offer = next(offer for offer in actions.offers(claim, office.actor("approval")) if offer.move.name == "approve")
    assert offer.refusal is not None
    assert offer.refusal.code == "unknown-lines"


def test_unknown_lines_that_are_held_stay_behind(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="review")
    unverify(claim)
    reassess(office, claim)
    with transaction.unit():
        actions.hold(claim.lines[0], by=office.actor("approval"), note="证书待核验")
    small.act(office, claim, "approve", "approval")
    assert claim.state == "approved"
    assert states(claim) == [L.HELD, L.APPROVED, L.APPROVED]


def test_facts_that_changed_since_must_be_looked_at_first(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="review")
    attest(office, claim, Fact.PENSION_DRAWN, True)
    with pytest.raises(Refusal, match="facts-changed"):
        small.act(office, claim, "approve", "approval")
    assert reassess(office, claim) == (1, 1)
    small.act(office, claim, "approve", "approval")
    assert states(claim) == [L.REFUSED, L.APPROVED, L.APPROVED]


def test_the_same_training_claimed_twice_is_approved_once(office: Office) -> None:
    one, other = (small.walked(office, small.cohort_of(office), until="review") for _ in range(2))
    small.act(office, one, "approve", "approval")
    with pytest.raises(Refusal, match="facts-changed"):
        small.act(office, other, "approve", "approval")


def test_a_claim_of_whom_nobody_is_left_is_to_be_refused_instead(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, 1), until="review")
    attest(office, claim, Fact.PENSION_DRAWN, True)
    reassess(office, claim)
    with pytest.raises(Refusal, match="nothing-approved"):
        small.act(office, claim, "approve", "approval")


def test_with_only_advances_to_recover_there_is_no_notice_to_wait_for(office: Office) -> None:
    cohort = small.cohort_of(office, advance=4000)
    claim = small.draft(office, cohort)
    with transaction.unit():
        for line in claim.lines:
            result = db.session.get_one(Result, line.enrolment_id)
            result.outcome, result.certificate_number = Outcome.FAILED, None
    for name, login in (("submit", "enterprise"), *small.STAGES):
        small.act(office, claim, name, login)
    assert claim.state == "cleared"
    assert (claim.entitlement, claim.balance) == (Money.yuan(0), Money.yuan(-12000))
    with transaction.unit():
        actions.settle_claims([claim], by=office.actor("checker"))
    assert claim.state == "paid"


def test_a_claim_with_lines_to_pay_is_not_ended_by_hand(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="approve")
    with pytest.raises(Refusal, match="lines-unsettled"):
        actions.settle_claims([claim], by=office.actor("checker"))


def held_back(office: Office) -> Claim:
    """An approved claim whose first person was held for want of a verified certificate."""
    claim = small.walked(office, small.cohort_of(office), until="review")
    unverify(claim)
    reassess(office, claim)
    with transaction.unit():
        actions.hold(claim.lines[0], by=office.actor("approval"), note="证书待核验")
    return small.act(office, claim, "approve", "approval")


def test_a_released_line_is_approved_as_a_supplement(office: Office) -> None:
    claim = held_back(office)
    unverify(claim, verified=True)
    assert reassess(office, claim) == (1, 1)
    with transaction.unit():
        actions.release(claim.lines[0], by=office.actor("approval"), note="已核验")
    with clock.at(small.CLAIMED_ON), transaction.unit():
        actions.approve_released(claim, by=office.actor("approval"))
    assert states(claim) == [L.APPROVED] * 3
    assert claim.entitlement == Money.yuan(24000)


def test_a_supplement_needs_a_released_line(office: Office) -> None:
    with pytest.raises(Refusal, match="nothing-released"):
        actions.approve_released(held_back(office), by=office.actor("approval"))


def test_a_supplement_with_an_unknown_line_is_blocked(office: Office) -> None:
    claim = held_back(office)
    with transaction.unit():
        actions.release(claim.lines[0], by=office.actor("approval"), note="再看")
    with pytest.raises(Refusal, match="unknown-lines"):
        actions.approve_released(claim, by=office.actor("approval"))


def test_a_supplement_comes_after_the_approval(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="review")
    with pytest.raises(Refusal, match="move-state"):
        actions.approve_released(claim, by=office.actor("approval"))


@pytest.mark.parametrize(("login", "code"), [("acceptance", "move-role"), ("enterprise", "move-role")])
def test_a_supplement_is_for_the_approver(office: Office, login: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        actions.approve_released(held_back(office), by=office.actor(login))


def test_a_held_line_can_be_refused_for_good(office: Office) -> None:
    claim = held_back(office)
    with transaction.unit():
        actions.refuse_line(claim.lines[0], by=office.actor("approval"), note="评价机构确认证书无效")
    assert states(claim) == [L.REFUSED, L.APPROVED, L.APPROVED]


def test_refusing_a_line_asks_for_the_reason(office: Office) -> None:
    with pytest.raises(Refusal, match="move-note"):
        actions.refuse_line(held_back(office).lines[0], by=office.actor("approval"), note="")


def test_a_single_line_is_not_refused_before_the_approver_has_it(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    with pytest.raises(Refusal, match="line-stage"):
        actions.refuse_line(claim.lines[0], by=office.actor("first_review"), note="理由")
