"""What a decided claim still waits for, and who finds it where."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.claims import small
from tests.client import Browser, Page
from tests.factories import Office
from trainingadmin.claims import actions
from trainingadmin.notices import actions as notices
from trainingadmin.plumbing import clock, transaction

NOW = datetime(2022, 6, 14, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _in_june_2022() -> object:
    with clock.at(NOW):
        yield None


def in_english(browser: Browser, path: str) -> Page:
    """Open a page in English: the language is remembered by context, and a server has one a request."""
    with browser.app.app_context():
        browser.client.get("/language/en")
    with browser.app.app_context():
        return browser.open(path)


def test_who_was_released_after_the_approval_is_found_on_the_approvers_desk_and_pile(
    browser: Browser, office: Office
) -> None:
    claim = small.walked(office, small.cohort_of(office, 2), until="review")
    by = office.actor("approval")
    with clock.at(NOW), transaction.unit():
        actions.hold(claim.lines[0], by=by, note="参保待核实")
        actions.move(claim, "approve", by=by)
    browser.sign_in("approval")
    assert not browser.open("/claims/?pile=mine").links(f"/claims/{claim.id}")
    with clock.at(NOW), transaction.unit():
        actions.release(claim.lines[0], by=by, note="已核实")
    assert browser.open("/claims/?pile=mine").links(f"/claims/{claim.id}")
    desk = browser.open("/")
    assert desk.said("解除暂缓待补充审批")
    assert desk.links(f"/claims/{claim.id}")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("补充审批 1 人")
    assert not page.said("目前没有需要人工办理的步骤")
    browser.sign_in("first_review")
    assert not browser.open("/claims/?pile=mine").links(f"/claims/{claim.id}")


def test_a_claim_that_awaits_its_notice_leads_to_posting_it_and_then_to_the_notice(
    browser: Browser, office: Office
) -> None:
    claim = small.walked(office, small.cohort_of(office, 2), until="approve")
    browser.sign_in("approval")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("2 人已批准，等待张贴公示。")
    assert page.links("/notices/publish")
    assert not page.said("目前没有需要人工办理的步骤")
    browser.sign_in("enterprise")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("2 人已批准，由受理岗或审批岗张贴公示。")
    assert not page.links("/notices/publish")
    with clock.at(NOW), transaction.unit():
        notice = notices.publish(claim.lines, "公示", by=office.actor("approval"))
    (way,) = browser.open(f"/claims/{claim.id}").links(notice.number)
    assert browser.open(way).said(notice.number)
    browser.sign_in("second_review")
    assert browser.open(f"/claims/{claim.id}").links(f"/notices/{notice.id}")


def test_one_person_held_is_told_apart_in_the_sums_and_named_in_the_history(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, 2), until="accept")
    with transaction.unit():
        actions.hold(claim.lines[0], by=office.actor("first_review"), note="参保待核实")
    browser.sign_in("first_review")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("需人工处理 1 人")
    assert page.said("含暂缓 ¥8,000.00")
    assert page.said(f"暂缓此人：{claim.lines[0].person.name}")
    assert page.links("state=held")


def test_an_overdue_claim_keeps_its_day_in_the_list_and_counts_working_days(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    assert claim.due_on is not None
    with clock.at(claim.due_on + timedelta(days=1)):
        browser.sign_in("acceptance")
        assert browser.open("/claims/").said(f"{claim.due_on:%Y-%m-%d} 超期 1 个工作日")
        assert in_english(browser, "/claims/").said("1 working day over")


def test_recording_checks_from_a_claim_leads_back_to_the_claim(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, 1), until="accept")
    browser.sign_in("first_review")
    one = claim.lines[0].enrolment_id
    for way in (f"/claims/attest/{claim.cohort_id}", f"/claims/attest/{claim.cohort_id}/{one}"):
        page = browser.open(way)
        assert page.said(f"返回申领 {claim.number}")
        assert f"/claims/{claim.id}" in page.links(f"/claims/{claim.id}")
    assert not browser.open(f"/claims/attest/{claim.cohort_id}").links(f"/cohorts/{claim.cohort_id}")


def test_before_a_claim_is_submitted_checks_lead_back_to_the_filing(browser: Browser, office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office, 1))
    browser.sign_in("first_review")
    page = browser.open(f"/claims/attest/{claim.cohort_id}")
    assert page.links(f"/cohorts/{claim.cohort_id}")
    assert not page.links(f"/claims/{claim.id}")


def test_in_english_a_claim_says_who_can_act_and_counts_in_brackets(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office, 1))
    browser.sign_in("first_review")
    page = in_english(browser, f"/claims/{claim.id}")
    assert page.said("Can be done by: acceptance.")
    assert page.said("Met (1)")
    assert not page.said("、")
