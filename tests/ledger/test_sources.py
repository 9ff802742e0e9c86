"""The books by funding source and office: sums that agree with the accounts, and the way from each to its rows and evidence."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.client import Browser
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_pages import enter
from tests.recoveries import stage as recoveries
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.ledger.queries import balances, sources
from trainingadmin.ledger.queries.sources import Of
from trainingadmin.payments import actions, entries
from trainingadmin.payments.actions import Budget
from trainingadmin.people.queries import office_names
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

YUAN = Money.yuan


@pytest.fixture
def booked(office: Office) -> Office:
    """500 000 yuan given; 30 prepaid, 12 certified, 10 000 of 24 000 back, 4 000 given up; three people owed and in no batch."""
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        budget = Budget("511824", 2022, stage.FUND, stage.BUDGET)
        actions.appropriate(budget, YUAN(500_000), "雅财社〔2022〕1号", by=office.actor("checker"))
    order = recoveries.issued(office, recoveries.shortfall(office))
    recoveries.decide(office, recoveries.repay(office, order, 10_000))
    recoveries.decide(office, recoveries.waive(office, order, 4000))
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    return office


def told(office: Office) -> dict[str, dict[Of, Money]]:
    with clock.at(stage.PAYABLE_ON):
        return {one.source: one.sums for one in sources.standings(office.actor("checker"))}


def test_every_source_says_what_was_given_owed_paid_came_back_and_was_given_up(booked: Office) -> None:
    of = told(booked)
    assert of[stage.FUND] == {
        Of.APPROPRIATED: YUAN(500_000),
        Of.PAYABLE: ZERO,
        Of.PAID: YUAN(120_000),
        Of.RECEIVABLE: YUAN(10_000),
        Of.RECOVERED: YUAN(10_000),
        Of.WRITTEN_OFF: YUAN(4000),
    }
    assert of[""][Of.PAYABLE] == YUAN(24_000)
    stage.composed(booked)
    assert told(booked)[stage.FUND][Of.PAYABLE] == YUAN(24_000)
    assert "" not in told(booked)


def test_the_balance_is_what_the_bank_account_says(booked: Office) -> None:
    (one,) = [one for one in sources.standings(booked.actor("checker")) if one.source]
    assert one.balance == balances.balance(entries.bank(stage.FUND, "511824")) == YUAN(390_000)


def test_of_a_day_it_knows_nothing_of_the_next(booked: Office) -> None:
    (one,) = sources.standings(booked.actor("checker"), stage.APPROVED_ON)
    assert (one.of("appropriated"), one.of("paid")) == (ZERO, ZERO)
    assert one.of("payable") == YUAN(120_000)


@pytest.mark.parametrize("part", Of)
def test_the_rows_behind_a_sum_add_up_to_it(booked: Office, part: Of) -> None:
    by = booked.actor("checker")
    for one in sources.standings(by):
        rows = db.session.execute(sources.rows(by, one.source, one.office, part)).all()
        assert sum(row.amount.fen * row.sign for row in rows) == one.of(part).fen, one.source


def test_every_total_leads_to_rows_due_decision_and_evidence(browser: Browser, booked: Office) -> None:
    enter(browser, "supervisor")
    page = browser.open("/ledger/")
    assert page.said("按资金来源和机构")
    for part in Of:
        rows = browser.open(next(link for link in page.links("/ledger/source?") if f"part={part}" in link))
        if part is Of.APPROPRIATED:
            assert browser.open(rows.links("/payments/budgets/")[0]).said("雅财社〔2022〕1号")
        else:
            assert browser.open(rows.links("/payments/dues/")[0]).said("为什么应")
    owed = browser.open(next(link for link in page.links("/ledger/source?") if "source=&" in link))
    due = browser.open(owed.links("/payments/dues/")[0])
    assert due.links("/dossier"), "with what was judged, by which rule and on which evidence"
    assert browser.open(due.links("/claims/")[0]).links("/cohorts/")


@pytest.mark.parametrize("part", Of)
def test_every_list_can_be_taken_away(browser: Browser, booked: Office, part: Of) -> None:
    enter(browser, "checker")
    page = browser.open("/ledger/")
    rows = browser.open(next(link for link in page.links("/ledger/source?") if f"part={part}" in link))
    for path in (page.links("/sources.xlsx")[0], rows.links("/source.xlsx")[0]):
        book = openpyxl.load_workbook(io.BytesIO(browser.download(path)))
        assert [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
        book.close()


def test_an_accounts_transfers_can_be_taken_away(browser: Browser, booked: Office) -> None:
    enter(browser, "checker")
    page = browser.open(next(link for link in browser.open("/ledger/").links("/ledger/account?") if "bank" in link))
    book = openpyxl.load_workbook(io.BytesIO(browser.download(page.links("/account.xlsx")[0])))
    assert "银行支付" in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    book.close()


def test_accounts_and_offices_are_called_by_their_names_and_kept_by_their_paths(
    browser: Browser, booked: Office
) -> None:
    enter(browser, "supervisor")
    page, office = browser.open("/ledger/"), office_names()["511824"]
    bank = f"银行存款 · {stage.FUND} · {office}"
    assert page.said(bank)
    assert page.said(f"{stage.FUND}{office}"), "the sums of a source name the office too"
    assert browser.open(next(link for link in page.links("/ledger/account?") if "bank" in link)).said(bank)
    book = openpyxl.load_workbook(io.BytesIO(browser.download(page.links("/balance.xlsx")[0])))
    rows = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    book.close()
    assert rows[bank] == f"bank/{stage.FUND}/511824"


@pytest.mark.parametrize("asked", ["?source=x&office=511824&part=paid", "?part=nothing", ""])
def test_what_there_is_no_sum_of_is_not_found(browser: Browser, booked: Office, asked: str) -> None:
    enter(browser, "supervisor")
    browser.open(f"/ledger/source{asked}", expect=404)
    browser.open("/ledger/source.xlsx", expect=404)


def test_another_office_sees_none_of_it(booked: Office) -> None:
    assert sources.standings(booked.actor("other_office")) == []
