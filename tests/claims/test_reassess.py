"""Judging a claim again when something new is known."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.claims import small
from tests.factories import Office
from trainingadmin.claims import actions, queries
from trainingadmin.claims.models import Assessment, Claim
from trainingadmin.cohorts.models import Result
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact


def find_pensioner(office: Office, claim: Claim, *, value: bool = True) -> None:
    with clock.at(small.CLAIMED_ON), transaction.unit():
        registers.attest(
            Fact.PENSION_DRAWN,
            value,
            persons=[claim.lines[0].person_id],
            source="养老待遇名单",
            as_of=small.CLAIMED_ON,
            by=office.actor("first_review"),
        )


def reassess(
    office: Office, claim: Claim, occasion: str = "attestation", login: str = "first_review"
) -> actions.Reassessment:
    with clock.at(small.CLAIMED_ON), transaction.unit():
        return actions.reassess(claim, occasion, by=office.actor(login))


def test_a_new_attestation_appends_an_assessment_and_the_verdict_changes(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    find_pensioner(office, claim)
    assert reassess(office, claim) == (1, 1)
    line = claim.lines[0]
    assert (line.verdict.value, line.entitlement) == ("refused", Money.yuan(0))
    assert claim.entitlement == Money.yuan(16000)
    history = queries.assessments(line.id)
    assert [one.verdict.value for one in history] == ["refused", "eligible", "eligible"]
    assert [one.occasion for one in history] == ["attestation", "submission", "precheck"]
    assert history[0].changes == ("retired",)
    assert journal.of(f"claims:{claim.id}")[-1].detail == {"occasion": "attestation", "appended": 1, "changed": 1}


def test_a_verified_certificate_settles_what_was_unknown(office: Office) -> None:
    cohort = small.cohort_of(office)
    claim = small.draft(office, cohort)
    result = db.session.get_one(Result, claim.lines[0].enrolment_id)
    with transaction.unit():
        result.verified = None
    for name, login in (("submit", "enterprise"), ("accept", "acceptance")):
        small.act(office, claim, name, login)
    assert claim.lines[0].verdict.value == "unknown"
    with transaction.unit():
        db.session.get_one(Result, claim.lines[0].enrolment_id).verified = True
    assert reassess(office, claim, "verification") == (1, 1)
    assert claim.lines[0].verdict.value == "eligible"


def test_nothing_new_appends_nothing(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    before = len(list(db.session.scalars(select(Assessment.id))))
    assert reassess(office, claim) == (0, 0)
    assert len(list(db.session.scalars(select(Assessment.id)))) == before


def test_a_new_source_for_the_same_fact_is_kept_though_the_verdict_stands(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    find_pensioner(office, claim, value=False)
    assert reassess(office, claim) == (1, 0)


def test_approved_lines_stay_as_they_were_decided(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="approve")
    find_pensioner(office, claim)
    assert reassess(office, claim) == (0, 0)
    assert claim.lines[0].verdict.value == "eligible"


def test_the_system_may_reassess_a_draft(office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office))
    find_pensioner(office, claim)
    with clock.at(small.CLAIMED_ON), transaction.unit():
        assert actions.reassess(claim, "policy", by=SYSTEM) == (1, 1)


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("supervisor", "reassess-role"),
        ("preparer", "reassess-role"),
        ("enterprise", "reassess-role"),
        ("other_enterprise", "claim-not-yours"),
    ],
)
def test_under_review_officers_alone_reassess(office: Office, login: str, code: str) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    with pytest.raises(Refusal, match=code):
        reassess(office, claim, login=login)


def test_a_dead_claim_is_left_alone(office: Office) -> None:
    claim = small.act(office, small.draft(office, small.cohort_of(office)), "withdraw", "enterprise", note="重报")
    with pytest.raises(Refusal, match="claim-ended"):
        reassess(office, claim)


def test_a_person_sees_where_their_lines_stand(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    (row,) = queries.lines_of_person(claim.lines[0].person_id)
    assert (row.number, row.claim_state, row.line_state) == (claim.number, claim.state, claim.lines[0].state)
    assert (row.entitlement, row.balance) == (Money.yuan(8000), Money.yuan(8000))
    assert {finding["outcome"] for finding in row.findings} == {"pass"}
