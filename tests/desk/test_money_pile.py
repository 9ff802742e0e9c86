"""The desk of whoever pays shows the batches and dues that wait for them, and corrected accounts to whoever may look at one."""

from __future__ import annotations

import pytest

from tests.client import Browser
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_pages import enter
from trainingadmin.payments.models import Batch
from trainingadmin.plumbing import transaction


@pytest.fixture
def batch(office: Office) -> Batch:
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    return stage.composed(office)


def test_the_checker_finds_what_is_to_be_checked_and_released(office: Office, batch: Batch, browser: Browser) -> None:
    enter(browser, "checker")
    page = browser.open("/desk")
    assert page.links(f"/payments/{batch.id}")
    assert page.said("待复核")
    assert not page.said("没有待办申领")
    stage.check(office, batch)
    assert browser.open("/desk").said("待放款")


def test_the_preparer_finds_what_to_compose_and_whose_answer_is_awaited(
    office: Office, batch: Batch, browser: Browser
) -> None:
    stage.cleared_claim(office, stage.approved_cohort(office, 2, advance=0))
    stage.plan()
    enter(browser, "preparer")
    page = browser.open("/desk")
    assert page.said("没有待办批次")
    assert page.links("/payables/2/balance")
    stage.release(office, batch)
    assert browser.open("/desk").links(f"/payments/{batch.id}")


@pytest.mark.parametrize("login", ["first_review", "checker"])
def test_who_may_look_at_corrected_accounts_is_led_there(
    office: Office, batch: Batch, browser: Browser, login: str
) -> None:
    stage.release(office, batch)
    stage.answer(office, batch, stage.bank_answer(batch, {1: "账户已销户"}))
    with transaction.unit():
        office.enterprise.payee_account = "6222020000000000026"
    enter(browser, login)
    page = browser.open("/desk")
    assert page.said("更正账户待复核1")
    assert browser.open(page.links("/payments/accounts")[0]).said("去复核")


def test_who_pays_nothing_sees_no_batches(office: Office, batch: Batch, browser: Browser) -> None:
    enter(browser, "second_review")
    page = browser.open("/desk")
    assert not page.said("待办批次")
    assert page.said("没有待办申领")
