"""The visit: recorded by one officer, confirmed by another, and it counts in the claim at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from tests.applications import stage
from tests.factories import Office
from trainingadmin.applications import actions, queries
from trainingadmin.applications.models import SiteVisit
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim, Verdict
from trainingadmin.claims.queries import assessments, news_since
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def claim(office: Office) -> Claim:
    """An accepted claim."""
    founder = stage.founder(office)
    stage.on_the_register(office, founder)
    return stage.moved(office, stage.submitted(founder), "accept", "acceptance", stage.ACCEPTED_ON)


def record(office: Office, claim: Claim, login: str = "first_review", **other: Any) -> SiteVisit:
    with clock.at(stage.VISITED_ON), transaction.unit():
        return actions.visit(stage.application_of(claim), stage.seen(**other), by=office.actor(login))


def confirm(office: Office, claim: Claim, visit: SiteVisit, login: str = "acceptance") -> None:
    with clock.at(stage.VISITED_ON), transaction.unit():
        claims.confirm_visit(claim, visit, by=office.actor(login))


def verdict(claim: Claim) -> Verdict:
    return claim.lines[0].verdict


def test_it_counts_once_the_second_officer_confirmed_it(office: Office, claim: Claim) -> None:
    visit = record(office, claim, latitude="29.2350", longitude="102.3596")
    assert verdict(claim) is Verdict.UNKNOWN
    assert queries.confirmed_visit(claim.application_id or 0) is None
    confirm(office, claim, visit)
    assert verdict(claim) is Verdict.ELIGIBLE
    latest = assessments(claim.lines[0].id)[0]
    assert latest.occasion.value == "visit"
    assert latest.assessment.sources["site_visit_passed"] == {
        "from": "visit", "who": "first_review、acceptance", "on": "2026-03-04",
    }  # fmt: skip
    assert news_since(claim) is None


def test_a_place_that_did_not_pass_is_refused_by_the_scheme(office: Office, claim: Claim) -> None:
    confirm(office, claim, record(office, claim, passed=False, remark="大门紧锁"))
    assert verdict(claim) is Verdict.REFUSED


def test_a_later_visit_takes_the_place_of_an_earlier_one(office: Office, claim: Claim) -> None:
    confirm(office, claim, record(office, claim, passed=False, remark="大门紧锁"))
    confirm(office, claim, record(office, claim, photos=[stage.picture(11)]))
    assert verdict(claim) is Verdict.ELIGIBLE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"place": " "}, "place-missing"),
        ({"passed": False, "remark": " "}, "remark-missing"),
        ({"photos": []}, "file-missing"),
        ({"photos": [b"no"]}, "file-kind"),
        ({"latitude": "29.2"}, "coordinates"),
        ({"latitude": "91", "longitude": "10"}, "coordinates"),
        ({"latitude": "here", "longitude": "there"}, "coordinates"),
    ],
)
def test_a_visit_that_says_too_little_is_refused(
    office: Office, claim: Claim, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        record(office, claim, **changes)
    assert queries.visits(claim.application_id or 0) == []


def test_the_same_officer_does_not_confirm(office: Office, claim: Claim) -> None:
    visit = record(office, claim)
    with pytest.raises(Refusal, match="visit-same-person"):
        confirm(office, claim, visit, "first_review")


def test_two_people_are_kept_by_the_database(office: Office, claim: Claim) -> None:
    visit = record(office, claim)
    visit.confirmed_by, visit.confirmed_human, visit.confirmed_at = 1, visit.visited_human, clock.now()
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_it_is_confirmed_once(office: Office, claim: Claim) -> None:
    visit = record(office, claim)
    confirm(office, claim, visit)
    with pytest.raises(Refusal, match="visit-confirmed"):
        confirm(office, claim, visit, "second_review")


def test_only_reviewers_visit(office: Office, claim: Claim) -> None:
    for login in ("preparer", "enterprise", "founder42"):
        with pytest.raises(Refusal, match="move-role"):
            record(office, claim, login)


def test_nobody_visits_their_own_business(office: Office, claim: Claim) -> None:
    with transaction.unit():
        office.accounts["first_review"].person_id = stage.application_of(claim).person_id
    with pytest.raises(Refusal, match="relative"):
        record(office, claim)


def test_nothing_is_visited_after_the_end(office: Office, claim: Claim) -> None:
    stage.moved(office, claim, "refuse_checked", "first_review", stage.CHECKED_ON)
    with pytest.raises(Refusal, match="application-closed"):
        record(office, claim, "second_review")
