"""An account of the books, row by row: whom each booking is about, and what the account came to with it."""

from __future__ import annotations

import io
from datetime import timedelta
from urllib.parse import quote

import openpyxl
import pytest

from tests.client import Browser
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_cost import statements
from tests.payments.test_pages import enter
from trainingadmin.ledger.queries import balances
from trainingadmin.payments import entries
from trainingadmin.plumbing.database import db

YUAN = stage.YUAN


@pytest.fixture
def account(office: Office) -> str:
    """Two people's advances, owed on one day and paid on another."""
    stage.approved_cohort(office, 2)
    stage.plan(stage.APPROVED_ON)
    stage.settled(office)
    return entries.payable(str(office.enterprise.id))


def test_each_booking_names_its_person_and_batch_and_the_balance_with_it(office: Office, account: str) -> None:
    rows = db.session.execute(balances.rows(office.actor("checker"), account)).all()
    assert [row.balance for row in rows] == [YUAN(0), YUAN(-4000), YUAN(-8000), YUAN(-4000)]
    assert all(row.person.startswith("学徒") for row in rows)
    assert [bool(row.batch) for row in rows] == [True, True, False, False]


def test_a_time_is_told_with_what_came_before(office: Office, account: str) -> None:
    actor, day = office.actor("checker"), stage.PAYABLE_ON
    later = db.session.execute(balances.rows(actor, account, None, day)).all()
    assert [row.balance for row in later] == [YUAN(0), YUAN(-4000)]
    earlier = db.session.execute(balances.rows(actor, account, day - timedelta(days=1))).all()
    assert [row.balance for row in earlier] == [YUAN(-8000), YUAN(-4000)]


def test_the_page_says_whose_side_it_is_and_narrows_by_days(office: Office, account: str, browser: Browser) -> None:
    enter(browser, "checker")
    address = f"/ledger/account?path={quote(account, safe='')}"
    page = browser.open(address)
    assert page.said("贷8,000.00")
    assert page.said("学徒")
    assert page.links("/payments/1")
    assert browser.open(f"{address}&on={stage.APPROVED_ON}").said("共2笔")
    assert browser.open(f"{address}&since={stage.PAYABLE_ON + timedelta(days=1)}").said("这段时间没有记账")
    browser.open("/ledger/account?path=payable/9999", expect=404)
    assert browser.open("/ledger/").said("贷")


def test_the_file_tells_the_same(office: Office, account: str, browser: Browser) -> None:
    enter(browser, "checker")
    data = browser.download(f"/ledger/account.xlsx?path={quote(account, safe='')}&since={stage.PAYABLE_ON}")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[5] for row in cells[-2:]] == [0, -4000]


def test_more_rows_take_no_more_statements(office: Office, account: str, browser: Browser) -> None:
    enter(browser, "checker")
    address = f"/ledger/account?path={quote(account, safe='')}"
    few = statements(lambda: browser.open(address)).total()
    stage.approved_cohort(office, 20)
    stage.plan(stage.APPROVED_ON)
    assert statements(lambda: browser.open(address)).total() == few
