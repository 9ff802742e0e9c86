"""The accounts that the bank sent money back from, over pages: seen, passed by a second person, paid again."""

from __future__ import annotations

import pytest

from tests.client import Browser
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_pages import enter
from trainingadmin.plumbing import transaction


@pytest.fixture
def owed(office: Office) -> Office:
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    return office


def test_a_corrected_account_is_passed_on_its_page_and_then_issued_again(browser: Browser, owed: Office) -> None:
    batch = stage.released(owed)
    stage.answer(owed, batch, stage.bank_answer(batch, {2: "账户已销户"}))
    enter(browser, "first_review")
    assert browser.open("/payments/accounts").said("尚未更正")
    with transaction.unit():
        owed.enterprise.payee_account = "6222020000000000033"
    page = browser.open("/payments/accounts")
    assert page.said("账户已销户")
    assert "6222020000000000033" not in page.text
    page = browser.open(page.links("/payments/accounts/organisation")[0])
    assert browser.submit(page, "/payments/accounts", passed="no", expect=422).said("请写明理由")
    page = browser.submit(page, "/payments/accounts", passed="yes")
    assert page.said("已通过")
    enter(browser, "preparer")
    page = browser.submit(browser.open(f"/payments/{batch.id}/again"), "/again")
    assert page.said(f"本批次重发以下批次中银行退回的款项：{batch.number}")
    browser.open("/payments/accounts/organisation/1", expect=403)
    stage.proved()
