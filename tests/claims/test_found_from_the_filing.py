"""From a filing one finds its claim and where the money is, its own certificates, and what an opinion is needed for."""

from __future__ import annotations

from tests.claims import stage
from tests.client import Browser
from tests.cohorts import stage as cohorts
from tests.cohorts.rosters import made_up
from tests.factories import Office
from tests.wages import stage as wages
from trainingadmin.plumbing import clock


def test_a_completed_filing_leads_to_its_claim_and_says_where_the_money_is(browser: Browser, office: Office) -> None:
    claim = stage.submitted_claim(office, stage.claimable_cohort(office, roster=made_up(2)))
    with clock.at(stage.RECEIVED_ON):
        for login in ("enterprise", "institution", "acceptance", "preparer"):
            browser.sign_in(login)
            page = browser.open(f"/cohorts/{claim.cohort_id}")
            assert page.said("本件已办结")
            assert page.links(f"/claims/{claim.id}")
            assert page.said("待受理")


def test_a_draft_of_a_claim_is_found_by_its_maker_alone(browser: Browser, office: Office) -> None:
    claim = stage.draft_claim(office, stage.claimable_cohort(office, roster=made_up(2)))
    for login, found in (("enterprise", True), ("acceptance", False), ("institution", False)):
        browser.sign_in(login)
        page = browser.open(f"/cohorts/{claim.cohort_id}")
        assert bool(page.links(f"/claims/{claim.id}")) is found
        assert page.said("还没有申领") is not found


def test_certificates_are_those_of_this_filing(browser: Browser, office: Office) -> None:
    one, other = (cohorts.completed_cohort(office, roster=made_up(2, first=first)) for first in (100, 200))
    browser.sign_in("enterprise")
    (link,) = browser.open(f"/cohorts/{one.id}").links("/certificates")[-1:]
    assert f"group=cohort:{one.id}" in link.replace("%3A", ":")
    assert browser.open(link).said("共 2 份")
    assert other.id != one.id


def test_an_opinion_is_asked_for_as_what_may_be_done_demands(browser: Browser, office: Office) -> None:
    proved = wages.proved(office)
    browser.sign_in("acceptance")
    page = browser.open(f"/wages/{proved.id}")
    assert page.said("确认期满")
    assert page.said("意见（选填）")
    assert not page.said("时必填")
    submitted = cohorts.submitted_cohort(office, roster=made_up(2))
    assert browser.open(f"/cohorts/{submitted.id}").said("时必填）")
