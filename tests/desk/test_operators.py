"""What an operator finds on the desk after it has acted: what it sent and who has it, what the bank sent back."""

from __future__ import annotations

from tests.classes import stage as classes
from tests.client import Browser
from tests.cohorts import stage as filings
from tests.cohorts.rosters import made_up
from tests.factories import Office
from tests.payments import stage as payments


def test_a_filing_that_was_sent_stays_on_the_desk_with_who_has_it(browser: Browser, office: Office) -> None:
    cohort = filings.submitted_cohort(office, roster=made_up(1))
    browser.sign_in("enterprise")
    page = browser.open("/desk")
    assert page.said("备案·待受理")
    assert page.said("由受理岗办理")
    assert page.links(f"/cohorts/{cohort.id}")
    assert page.links("/cohorts/?state=submitted")
    browser.sign_in("acceptance")
    assert not browser.open("/desk").said("由受理岗办理")


def test_a_class_that_was_sent_stays_on_the_desk_with_who_has_it(browser: Browser, office: Office) -> None:
    found = classes.submitted(office)
    browser.sign_in("institution")
    page = browser.open("/desk")
    assert page.said("培训班·待受理")
    assert page.links(f"/cohorts/{found.cohort_id}")


def test_what_the_bank_sent_back_leads_to_its_rows_and_to_the_account(browser: Browser, office: Office) -> None:
    payments.cleared_claim(office, payments.approved_cohort(office, 3, advance=0))
    payments.plan()
    payments.settled(office, {1: "账户已销户"})
    browser.sign_in("enterprise")
    page = browser.open("/desk")
    assert page.said("支付失败（元）")
    (rows,) = page.links("state=failed")
    page = browser.open(rows)
    assert page.said("账户已销户")
    assert page.links(f"/organisations/{office.enterprise.id}/payee")
    assert not page.said("待重发")
    browser.open("/language/en")
    assert not browser.open(rows).said("待制单")
