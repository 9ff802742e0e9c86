"""Statements and the trial balance: every total leads to its rows, on any day, and they agree."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from tests.client import Browser
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_pages import enter
from tests.recoveries import stage as recoveries
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.ledger.queries import balances, statements
from trainingadmin.payments import entries
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

YUAN = Money.yuan


@pytest.fixture
def paid(office: Office) -> Office:
    """Thirty people prepaid, twelve certified, 10 000 of 24 000 yuan back, 4 000 written off."""
    order = recoveries.issued(office, recoveries.shortfall(office))
    recoveries.decide(office, recoveries.repay(office, order, 10_000))
    recoveries.decide(office, recoveries.waive(office, order, 4000))
    return office


def sums(office: Office, by: str, key: object) -> statements.Sums:
    return statements.sums(office.actor("checker"), by, str(key))


@pytest.mark.parametrize(("by", "key"), [("cohort", 1), ("scheme", "apprenticeship"), ("organisation", 1)])
def test_a_statement_says_what_became_of_everything(paid: Office, by: str, key: object) -> None:
    found = sums(paid, by, paid.enterprise.id if by == "organisation" else key)
    assert (found.paid, found.recovered, found.written_off) == (YUAN(120_000), YUAN(10_000), YUAN(4000))
    assert (found.ordered_back, found.to_come_back) == (YUAN(24_000), YUAN(10_000))
    assert (found.netted, found.to_pay, found.balance) == (YUAN(48_000), ZERO, YUAN(110_000))


def _filing() -> Cohort:
    enrolment = stage.dues()[0].enrolment
    assert enrolment is not None
    return enrolment.cohort


def test_statements_of_people_and_years_add_up_to_the_schemes(paid: Office) -> None:
    whole = sums(paid, "scheme", "apprenticeship")
    people = [sums(paid, "person", one.person_id) for one in stage.enrolments(_filing())]
    assert Money(sum(one.balance.fen for one in people)) == whole.balance
    years = [sums(paid, "year", year) for year in statements.kept(paid.actor("checker")).years]
    assert Money(sum(one.paid.fen for one in years)) == whole.paid
    assert sums(paid, "batch", 1).paid == YUAN(120_000)


def test_the_years_are_those_of_our_clock(paid: Office) -> None:
    known = statements.kept(paid.actor("checker")).years
    due = stage.dues()[0]
    for at in (datetime(2030, 12, 31, 15, 59, tzinfo=UTC), datetime(2031, 12, 31, 16, tzinfo=UTC)):
        with clock.at(at), transaction.unit():
            entries.post([entries.accrual(due)._replace(client_id=f"again:{at}")], by=paid.actor("checker"))
    found = statements.kept(paid.actor("checker"))
    assert found.years == [2032, 2030, *known]
    assert found.schemes == ["apprenticeship"]
    assert statements.kept(paid.actor("other_office")) == statements.Kept([], [])


def test_a_statement_is_as_long_as_its_bookings(paid: Office) -> None:
    rows = db.session.execute(statements.rows(paid.actor("checker"), "cohort", "1")).all()
    assert len(rows) == 30 + 30 + 12 + 12 + 6 + 3 + 2, (
        "advances, paid; balances, netted; recoveries, parts back, let off"
    )


def test_the_trial_balance_of_a_day_knows_nothing_of_the_next(paid: Office) -> None:
    actor = paid.actor("checker")
    before = balances.trial_balance(actor, stage.PAYABLE_ON - timedelta(days=1))
    assert not [one for one in before if one.account.startswith("receivable/")]
    for on in (None, stage.PAYABLE_ON, stage.APPROVED_ON):
        added = balances.add_up(balances.trial_balance(actor, on))
        assert added.debit == added.credit
    assert balances.trial_balance(actor, stage.PAYABLE_ON) == balances.trial_balance()


def test_the_ledger_leads_to_statements_and_their_files(browser: Browser, paid: Office) -> None:
    enter(browser, "supervisor")
    page = browser.open(f"/ledger/?on={stage.PAYABLE_ON}")
    assert page.said("核销损失")
    statement = browser.open(page.links("/statements/scheme/")[0])
    assert statement.said("净支出¥110,000.00")
    browser.open(statement.links("/payments/dues/")[0])
    for path, value in (
        (statement.links("/rows.xlsx")[0], "银行支付"),
        (page.links("/balance.xlsx")[0], f"截至 {stage.PAYABLE_ON}"),
    ):
        book = openpyxl.load_workbook(io.BytesIO(browser.download(path)))
        values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
        book.close()
        assert value in values


@pytest.mark.parametrize(
    "path", ["nothing/1", "person/x", "person/99", "cohort/²", "year/1", "year/99999", "scheme/none", "batch/7"]
)
def test_what_is_not_there_is_not_found(browser: Browser, paid: Office, path: str) -> None:
    enter(browser, "supervisor")
    browser.open(f"/ledger/statements/{path}", expect=404)


@pytest.mark.parametrize("path", ["", "?path=payable/x"])
def test_an_account_that_is_in_no_book_is_not_found(browser: Browser, paid: Office, path: str) -> None:
    enter(browser, "supervisor")
    browser.open(f"/ledger/account{path}", expect=404)
    browser.open(f"/ledger/account.xlsx{path}", expect=404)


def test_another_office_sees_none_of_it(browser: Browser, paid: Office) -> None:
    with clock.at(stage.PAYABLE_ON):
        assert balances.trial_balance(paid.actor("other_office")) == []
