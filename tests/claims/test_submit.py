"""Submitting a claim: what must be in place, and what is frozen."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.claims import small
from tests.factories import Office
from trainingadmin.claims import actions
from trainingadmin.claims.models import Assessment, Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState, Outcome
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


def submit(office: Office, claim: Claim, on: date = small.CLAIMED_ON, login: str = "enterprise") -> None:
    with clock.at(on), transaction.unit():
        actions.submit(claim, by=office.actor(login))


def people(cohort: Cohort) -> list[Enrolment]:
    return list(
        db.session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id).order_by(Enrolment.position))
    )


def fail_everybody(cohort: Cohort) -> None:
    for one in people(cohort):
        result = db.session.get_one(Result, one.id)
        result.outcome, result.certificate_number = Outcome.FAILED, None
    db.session.flush()


def test_submission_freezes_facts_findings_policy_and_digest(office: Office) -> None:
    cohort = small.cohort_of(office)
    claim = small.draft(office, cohort)
    submit(office, claim)
    assert claim.state is ClaimState.SUBMITTED
    assert (claim.policy_code, claim.policy_digest) == (cohort.policy_code, cohort.policy_digest)
    frozen = list(db.session.scalars(select(Assessment).where(Assessment.occasion == "submission")))
    assert len(frozen) == 3
    assert {one.policy_digest for one in frozen} == {cohort.policy_digest}
    assert all(len(one.digest) == 64 for one in frozen)


def test_the_day_of_the_claim_is_the_day_it_is_submitted(office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office))
    submit(office, claim, date(2023, 5, 20))
    assert claim.claimed_on == date(2023, 5, 20)
    assert claim.entitlement == Money.yuan(24000)


def test_a_claim_after_the_window_has_nobody_to_pay_for(office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office))
    with pytest.raises(Refusal, match="nothing-to-claim"):
        submit(office, claim, date(2023, 5, 21))


def test_an_advance_on_its_way_must_land_first(office: Office) -> None:
    cohort = small.cohort_of(office, advance=4000)
    claim = small.draft(office, cohort)
    with transaction.unit():
        people(cohort)[1].advance_paid = None
    with pytest.raises(Refusal, match="advance-pending"):
        submit(office, claim)


def test_results_must_be_in(office: Office) -> None:
    cohort = small.cohort_of(office)
    claim = small.draft(office, cohort)
    with transaction.unit():
        db.session.delete(db.session.get_one(Result, people(cohort)[0].id))
    with pytest.raises(Refusal, match="results-missing"):
        submit(office, claim)


def test_one_who_left_needs_no_result(office: Office) -> None:
    cohort = small.cohort_of(office, advance=4000)
    claim = small.draft(office, cohort)
    with transaction.unit():
        one = people(cohort)[0]
        one.state, one.left_on = EnrolmentState.LEFT, date(2021, 2, 1)
        db.session.delete(db.session.get_one(Result, one.id))
    submit(office, claim)
    assert [line.verdict.value for line in claim.lines] == ["refused", "eligible", "eligible"]
    assert (claim.entitlement, claim.advance, claim.balance) == (Money.yuan(16000), Money.yuan(12000), Money.yuan(4000))


def test_with_nobody_eligible_and_no_advance_there_is_nothing_to_claim(office: Office) -> None:
    cohort = small.cohort_of(office)
    claim = small.draft(office, cohort)
    with transaction.unit():
        fail_everybody(cohort)
    with pytest.raises(Refusal, match="nothing-to-claim"):
        submit(office, claim)


def test_with_nobody_eligible_the_advance_is_still_settled(office: Office) -> None:
    cohort = small.cohort_of(office, advance=4000)
    claim = small.draft(office, cohort)
    with transaction.unit():
        fail_everybody(cohort)
    submit(office, claim)
    assert (claim.entitlement, claim.balance) == (Money.yuan(0), Money.yuan(-12000))


@pytest.mark.parametrize(
    ("login", "code"),
    [("other_enterprise", "claim-not-yours"), ("institution", "claim-not-yours"), ("acceptance", "move-role")],
)
def test_only_the_firm_itself_submits(office: Office, login: str, code: str) -> None:
    claim = small.draft(office, small.cohort_of(office))
    with pytest.raises(Refusal, match=code):
        submit(office, claim, login=login)


@pytest.mark.parametrize(
    ("until", "name", "login"),
    [("check", "return_reviewed", "second_review"), ("review", "return_approval", "approval")],
)
def test_second_review_and_approval_return_a_claim_that_goes_the_whole_way_again(
    office: Office, until: str, name: str, login: str
) -> None:
    claim = small.walked(office, small.cohort_of(office), until=until)
    with pytest.raises(Refusal, match="move-note"):
        small.act(office, claim, name, login, note=" ")
    small.act(office, claim, name, login, note="请补传签到表")
    assert (claim.state, claim.due_on) == (ClaimState.RETURNED, None)
    submit(office, claim, date(2022, 7, 1))
    for move, who in small.STAGES:
        small.act(office, claim, move, who)
    assert claim.state is ClaimState.APPROVED


def test_an_amended_claim_keeps_its_day(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "return", "acceptance", note="请补传考勤签到表")
    submit(office, claim, date(2022, 7, 1))
    assert claim.claimed_on == small.CLAIMED_ON
    assert claim.state is ClaimState.SUBMITTED
