"""A desk shows what is its own, and no sentence about claims to whoever judges none."""

from __future__ import annotations

import pytest

from tests.claims import small
from tests.client import Browser
from tests.courses import stage as courses
from tests.factories import Office
from tests.reforms import stage as reforms
from trainingadmin.claims import actions
from trainingadmin.kernel.roles import Role
from trainingadmin.people import actions as accounts
from trainingadmin.people.actions import Handing
from trainingadmin.plumbing import clock, transaction

CLAIMS = "没有待办申领"


@pytest.mark.parametrize("login", ["policy", "catalogue", "supervisor", "admin"])
def test_who_judges_no_claim_reads_nothing_of_claims(browser: Browser, office: Office, login: str) -> None:
    if login == "catalogue":
        courses.maintainers(office)
    browser.sign_in(login)
    assert not browser.open("/desk").said(CLAIMS)


@pytest.mark.parametrize("login", ["enterprise", "acceptance", "first_review", "approval"])
def test_who_judges_or_makes_claims_reads_that_none_wait(browser: Browser, office: Office, login: str) -> None:
    browser.sign_in(login)
    assert browser.open("/desk").said(CLAIMS)


def test_the_second_person_finds_the_draft_that_waits_for_them(browser: Browser, office: Office) -> None:
    draft = reforms.proposed(office)
    browser.sign_in("policy2")
    page = browser.open("/desk")
    assert page.said("待批准施行")
    assert f"/reforms/drafts/{draft.id}" in page.links("/reforms/drafts/")


def test_supervision_is_led_to_what_its_figures_count(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, 3), until="check")
    browser.sign_in("supervisor")
    page = browser.open("/desk")
    for way in ("/claims/?pile=frozen", "/cohorts/?state=approved"):
        assert way in page.links("/")
    assert not browser.open("/claims/?pile=frozen").said(claim.number)
    with transaction.unit():
        actions.hold(claim.lines[1], by=office.actor("second_review"), note="参保单位待核实")
    assert browser.open("/claims/?pile=frozen").said(claim.number)


def test_a_delegation_waits_on_the_desk_and_once_agreed_is_said_on_every_page(browser: Browser, office: Office) -> None:
    with transaction.unit():
        wanted = Handing(Role.ACCEPTANCE, office.accounts["preparer"].id, clock.today(), clock.today(), "参加培训")
        made = accounts.delegate(wanted, by=office.actor("acceptance"))
    browser.sign_in("preparer")
    assert browser.open("/desk").said("请我代办的岗位")
    with transaction.unit():
        accounts.agree(made, by=office.actor("preparer"))
    page = browser.open("/desk")
    assert not page.said("请我代办的岗位")
    assert page.said("财务制单代acceptance：受理岗")
