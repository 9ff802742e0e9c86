"""Opening a claim: the pre-check as a draft."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests.claims import small
from tests.factories import Office
from trainingadmin.claims import actions, evidence, queries
from trainingadmin.claims.models import Assessment, ClaimLine
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db


def test_a_draft_has_a_line_and_findings_for_everybody(office: Office) -> None:
    cohort = small.cohort_of(office, advance=4000)
    claim = small.draft(office, cohort)
    assert claim.state is ClaimState.DRAFT
    assert claim.number == f"SL{cohort.number.removeprefix('XT')}-1"
    assert (claim.entitlement, claim.advance, claim.balance) == (
        Money.yuan(24000),
        Money.yuan(12000),
        Money.yuan(12000),
    )
    assert [(line.verdict.value, line.state) for line in claim.lines] == [("eligible", LineState.OPEN)] * 3
    assessments = list(db.session.scalars(select(Assessment)))
    assert {one.occasion for one in assessments} == {"precheck"}
    assert {finding["outcome"] for one in assessments for finding in one.findings} == {"pass"}
    assert [entry.verb for entry in journal.of(f"claims:{claim.id}")] == ["open-claim"]


def test_an_assessment_can_be_checked_against_its_digest(office: Office) -> None:
    small.draft(office, small.cohort_of(office))
    for one in db.session.scalars(select(Assessment)):
        assert queries.intact(one)
        assert one.digest == evidence.digest(queries.content_of(one))


@pytest.mark.parametrize("statement", ["UPDATE assessments SET verdict = 'eligible'", "DELETE FROM assessments"])
def test_an_assessment_cannot_be_changed_or_deleted(office: Office, statement: str) -> None:
    small.draft(office, small.cohort_of(office))
    with pytest.raises(DatabaseError, match="append-only"), transaction.unit():
        db.session.execute(text(statement))


@pytest.mark.parametrize("login", ["other_enterprise", "institution", "acceptance", "approval"])
def test_only_the_firm_itself_claims(office: Office, login: str) -> None:
    cohort = small.cohort_of(office)
    with pytest.raises(Refusal, match="claim-not-yours"):
        actions.open_claim(cohort, by=office.actor(login))


@pytest.mark.parametrize(
    "state", [CohortState.SUBMITTED, CohortState.ACCEPTED, CohortState.REFUSED, CohortState.WITHDRAWN]
)
def test_a_filing_that_is_not_approved_cannot_be_claimed_for(office: Office, state: CohortState) -> None:
    cohort = small.cohort_of(office)
    cohort.state = state
    with pytest.raises(Refusal, match="cohort-not-approved"):
        actions.open_claim(cohort, by=office.actor("enterprise"))


def test_a_cohort_has_one_live_claim(office: Office) -> None:
    cohort = small.cohort_of(office)
    small.draft(office, cohort)
    with pytest.raises(Refusal, match="claim-live"):
        actions.open_claim(cohort, by=office.actor("enterprise"))


def test_after_a_withdrawal_another_claim_may_be_opened(office: Office) -> None:
    cohort = small.cohort_of(office)
    small.act(office, small.draft(office, cohort), "withdraw", "enterprise", note="漏传考勤")
    assert small.draft(office, cohort).number.endswith("-2")


def test_a_cohort_without_people_cannot_be_claimed_for(office: Office) -> None:
    cohort = small.cohort_of(office, 0)
    with pytest.raises(Refusal, match="cohort-empty"):
        actions.open_claim(cohort, by=office.actor("enterprise"))


def test_a_draft_can_be_checked_again_and_keeps_only_what_changed(office: Office) -> None:
    cohort = small.cohort_of(office)
    claim = small.draft(office, cohort)
    with clock.at(small.CLAIMED_ON), transaction.unit():
        assert actions.recheck(claim, by=office.actor("enterprise")) == (0, 0)
    with transaction.unit():
        one = db.session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)).first()
        assert one is not None
        one.extended_months = 3
    with clock.at(small.CLAIMED_ON), transaction.unit():
        assert actions.recheck(claim, by=office.actor("enterprise")) == (1, 0)
    assert len(list(db.session.scalars(select(Assessment.id)))) == 4
    assert len(list(db.session.scalars(select(ClaimLine.id)))) == 3


def test_an_officer_does_not_check_a_draft(office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office))
    with pytest.raises(Refusal, match="reassess-role"):
        actions.recheck(claim, by=office.actor("acceptance"))
