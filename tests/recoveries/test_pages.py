"""Pages of recoveries: found from the desk, errors beside the field, nothing for strangers."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from tests.client import Browser, Page, values_of
from tests.factories import Office
from tests.payments import stage as payments
from tests.recoveries import stage
from trainingadmin.claims.models import Claim
from trainingadmin.payments.states import DueKind
from trainingadmin.plumbing import clock


def press(browser: Browser, page: Page, action: str, move: str, *, expect: int = 200, **fields: object) -> Page:
    """Press a button of a form of moves."""
    form = page.form(action)
    return browser.post(form.get("action") or "", {**values_of(form), "move": move, **fields}, expect=expect)


@pytest.fixture
def claim(office: Office) -> Claim:
    return stage.shortfall(office, 3, 0)


def test_an_order_is_found_from_the_menu_drafted_and_issued(browser: Browser, claim: Claim) -> None:
    with clock.at(stage.DRAFTED_ON):
        browser.sign_in("preparer")
        page = browser.open(browser.open("/desk").links("/recoveries/")[0])
        assert page.said("待起草通知")
        assert page.said("¥12,000.00")
        page = browser.open(page.links("/recoveries/new/")[0])
        assert page.said("应追回3人，合计¥12,000.00")
        page = browser.submit(page, "/new/", due_on="2022-07-01", expect=422)
        assert page.said("退款期限应晚于今天")
        page = browser.submit(page, "/new/", due_on="2022-08-20")
        assert page.said("等待另一人复核下达")
        browser.sign_in("checker")
        page = browser.open(page.response.request.path)
        page = press(browser, page, "/move", "issue")
        assert page.said("追回中")
        assert page.said("通知书正在生成")
    stage.proved()


def test_the_desk_and_the_list_name_what_waits_for_a_second_person(
    browser: Browser, office: Office, claim: Claim
) -> None:
    order = stage.drafted(office, claim)
    with clock.at(stage.DRAFTED_ON):
        browser.sign_in("checker")
        page = browser.open("/desk")
        assert page.said("待下达追回通知")
        assert browser.open(page.links("/recoveries/?state=drafted")[0]).said(order.number)
        stage.issue(office, order)
        stage.repay(office, order, 1000)
        stage.waive(office, order, 500)
        page = browser.open("/desk")
        assert page.said("退款待核定")
        page = browser.open(page.links("/recoveries/?state=proposed")[0])
        assert page.said(order.number)
        assert page.said("待核定")
        browser.sign_in("approval")
        assert browser.open("/desk").said("抵扣、核销待批准")


def test_a_recovery_says_why_and_by_which_order_and_is_never_for_a_batch(
    browser: Browser, office: Office, claim: Claim
) -> None:
    (due, *_) = payments.dues(DueKind.RECOVERY)
    browser.sign_in("checker")
    page = browser.open(f"/payments/dues/{due.id}")
    assert page.said("为什么应追回")
    assert not page.said("为什么应付")
    assert not page.said("备案同意时确定的预支份额")
    assert not page.said("还没有列入批次")
    order = stage.issued(office, claim)
    page = browser.open(f"/payments/dues/{due.id}")
    assert page.said(order.number)
    assert page.said("未取得证书")
    assert page.links(f"/recoveries/{order.id}")


def test_what_was_paid_says_that_it_is_asked_back(browser: Browser, office: Office, claim: Claim) -> None:
    paid = payments.dues(DueKind.ADVANCE)[0]
    browser.sign_in("checker")
    assert not browser.open(f"/payments/dues/{paid.id}").links("/recoveries/1")
    order = stage.issued(office, claim)
    page = browser.open(f"/payments/dues/{paid.id}")
    assert page.said(order.number)
    assert page.links(f"/recoveries/{order.id}")
    assert page.said("为什么应付")


def test_an_audits_finding_is_drafted_from_the_filing(browser: Browser, office: Office) -> None:
    claim = payments.prepaid_claim(office, 3)
    with clock.at(stage.DRAFTED_ON):
        browser.sign_in("preparer")
        page = browser.open(browser.open(f"/cohorts/{claim.cohort_id}").links("/recoveries/found/")[0])
        page = browser.submit(page, "/found/", reason="稽核发现名单有误", expect=422)
        assert page.said("请勾选要追回的人员")
        one = str(payments.enrolments(stage.cohort_of(claim))[0].person_id)
        page = browser.submit(page, "/found/", people=[one], reason="稽核发现名单有误", each="一千", expect=422)
        assert page.said("请填写金额，单位元，最多两位小数")
        page = browser.submit(page, "/found/", people=[one], reason="稽核发现名单有误", each="1,000.50")
        assert page.said("¥1,000.50")


def test_money_comes_back_by_its_slip_and_a_second_person(browser: Browser, office: Office, claim: Claim) -> None:
    order = stage.issued(office, claim)
    with clock.at(stage.DRAFTED_ON):
        browser.sign_in("preparer")
        page = browser.open(browser.open(f"/recoveries/{order.id}").links("/repay")[0])
        page = browser.submit(page, "/repay", amount="99999", received_on="2022-07-12", reference="A", expect=422)
        assert page.said("不能超过尚未追回")
        slip = (stage.SLIP, "到账.pdf")
        page = browser.submit(page, "/repay", amount="5000", received_on="2022-07-12", reference="A", slip=slip)
        assert page.said("待核定¥5,000.00")
        browser.sign_in("checker")
        page = browser.open(f"/recoveries/{order.id}")
        assert browser.download(page.links("/slip")[0]) == stage.SLIP
        refused = press(browser, page, "/acts/", "reject", expect=422)
        assert refused.said("请写明理由")
        page = press(browser, page, "/acts/", "confirm")
        assert page.said("¥7,000.00")
    stage.proved()


def test_a_waiver_and_a_set_off_are_asked_for_and_approved(browser: Browser, office: Office, claim: Claim) -> None:
    order = stage.issued(office, claim)
    payments.cleared_claim(office, payments.approved_cohort(office, 1, advance=0))
    payments.plan()
    with clock.at(stage.DRAFTED_ON):
        browser.sign_in("preparer")
        page = browser.submit(browser.open(f"/recoveries/{order.id}/waive"), "/waive", amount="1000", expect=422)
        assert page.said("请写明理由和依据")
        browser.submit(page, "/waive", amount="1000", reason="经批准核销")
        page = browser.open(f"/recoveries/{order.id}/set-off")
        browser.submit(page, "/set-off", amount="2000", reason="经会议同意")
        browser.sign_in("approval")
        page = press(browser, browser.open(f"/recoveries/{order.id}"), "/acts/", "approve")
        page = press(browser, page, "/acts/", "approve")
        assert page.said("¥9,000.00")
    stage.proved()


def test_a_set_off_of_what_went_into_a_batch_meanwhile_is_told_which(
    browser: Browser, office: Office, claim: Claim
) -> None:
    order = stage.issued(office, claim)
    payments.cleared_claim(office, payments.approved_cohort(office, 1, advance=0))
    payments.plan()
    with clock.at(stage.DRAFTED_ON):
        browser.sign_in("preparer")
        page = browser.open(f"/recoveries/{order.id}/set-off")
        batch = payments.composed(office)
        page = browser.submit(page, "/set-off", amount="2000", reason="经会议同意", expect=422)
    assert page.said(f"{batch.composed_name} 已于 2022-07-12 09:00 将款项列入批次 {batch.number}")


def test_a_firm_without_other_balances_is_told_so(browser: Browser, office: Office, claim: Claim) -> None:
    order = stage.issued(office, claim)
    browser.sign_in("preparer")
    assert browser.open(f"/recoveries/{order.id}/set-off").said("没有可以抵扣的余额")


def test_the_enterprise_sees_its_order_once_it_is_issued(browser: Browser, office: Office, claim: Claim) -> None:
    order = stage.drafted(office, claim)
    browser.sign_in("enterprise")
    browser.open(f"/recoveries/{order.id}", expect=404)
    stage.issue(office, order)
    page = browser.open(browser.open("/recoveries/").links(f"/recoveries/{order.id}")[0])
    assert page.said("汇款附言")
    assert not page.links("/repay")
    browser.sign_in("other_enterprise")
    browser.open(f"/recoveries/{order.id}", expect=404)


def test_the_overdue_list_and_its_file(browser: Browser, office: Office, claim: Claim) -> None:
    order = stage.issued(office, claim)
    with clock.at(stage.DUE_ON + timedelta(days=1)):
        browser.sign_in("supervisor")
        assert browser.open("/recoveries/?state=overdue").said(order.number)
        assert browser.open(f"/recoveries/{order.id}").said("已逾期")
        sheet = openpyxl.load_workbook(io.BytesIO(browser.download("/recoveries/orders.xlsx?state=overdue")))
        values = [cell.value for row in sheet.worksheets[0].iter_rows() for cell in row]
        sheet.close()
        assert {order.number, "逾期"} <= set(values)
    with clock.at(stage.DUE_ON):
        browser.sign_in("supervisor")
        assert browser.open("/recoveries/?state=overdue").said("没有符合条件的追回通知")


def test_moves_that_no_button_makes_are_not_found(browser: Browser, office: Office, claim: Claim) -> None:
    order = stage.issued(office, claim)
    browser.sign_in("checker")
    for path in (f"/recoveries/{order.id}/move", f"/recoveries/{order.id}/acts/1"):
        browser.post(path, {"move": "settle"}, expect=404)
    browser.open(f"/recoveries/{order.id}/acts/1/slip", expect=404)
