"""A plan of fewer hours than were filed is seen by whoever looks at attendance or at the claim; it changes no judgement."""

from __future__ import annotations

import pytest

from tests.attendance import classes, stage
from tests.claims import stage as claims
from tests.client import Browser
from tests.cohorts.counting import statements
from tests.cohorts.rosters import made_up
from tests.factories import Office
from trainingadmin.attendance import evidence
from trainingadmin.attendance.evidence import Shortfall
from trainingadmin.claims.models import Verdict
from trainingadmin.cohorts.models import Cohort
from trainingadmin.plumbing import clock, transaction

SAID = "排课 10 课时，备案 800 课时"


def short(cohort: Cohort) -> Shortfall | None:
    with transaction.unit(reads=True):
        return evidence.shortfall(cohort)


def test_sessions_are_held_against_the_hours_filed_for_all_the_months(office: Office) -> None:
    assert short(stage.attended_cohort(office)) == Shortfall(people=30, scheduled=100, filed=800)


@pytest.mark.parametrize(("yearly", "found"), [(5, None), (6, Shortfall(2, 10, 12))])
def test_a_plan_that_reaches_what_was_filed_is_no_matter(office: Office, yearly: int, found: Shortfall | None) -> None:
    cohort = claims.claimable_cohort(office, roster=made_up(2))
    with transaction.unit():
        cohort.plan_hours_per_year = yearly
    assert short(cohort) == found


def test_a_class_files_no_hours_by_the_year(office: Office) -> None:
    assert short(classes.attended_class(office)) is None


@pytest.mark.parametrize("login", ["enterprise", "first_review"])
def test_it_is_remarked_on_the_page_of_attendance(browser: Browser, office: Office, login: str) -> None:
    cohort = stage.attended_cohort(office)
    browser.sign_in(login)
    assert browser.open(f"/attendance/{cohort.id}").said("排课 100 课时，备案 800 课时")


def test_firm_and_officers_see_it_before_and_in_the_claim_and_nothing_is_judged_otherwise(
    browser: Browser, office: Office
) -> None:
    claim = claims.submitted_claim(office, claims.claimable_cohort(office, roster=made_up(2)))
    with clock.at(claims.CLAIMED_ON):
        for login in ("enterprise", "acceptance", "first_review"):
            browser.sign_in(login)
            assert browser.open(f"/claims/precheck/{claim.cohort_id}").said(SAID)
            assert browser.open(f"/claims/{claim.id}").said(SAID)
    browser.sign_in("first_review")
    browser.open("/language/en?next=/claims/")
    with browser.app.app_context():  # the language is remembered by context, and a server has one a request
        assert browser.open(f"/claims/{claim.id}").said("2 people have fewer class hours planned than were filed")
    assert {line.verdict for line in claims.lines_of(claim)} == {Verdict.ELIGIBLE}


def test_as_many_statements_for_three_people_as_for_thirty(office: Office) -> None:
    few, many = claims.claimable_cohort(office, roster=made_up(3, first=500)), stage.attended_cohort(office)
    assert counted(few) == counted(many) <= 4


def counted(cohort: Cohort) -> int:
    with transaction.unit(reads=True), statements() as seen:
        evidence.shortfall(cohort)
        return len(seen)
