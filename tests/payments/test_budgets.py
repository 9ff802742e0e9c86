"""Budgets: appropriated by document, held by batches, never exceeded, shown where money is chosen."""

from __future__ import annotations

import pytest

from tests.client import Browser
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_pages import enter
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.ledger.queries import balances
from trainingadmin.payments import actions, entries
from trainingadmin.payments.actions import Budget
from trainingadmin.payments.models import BudgetLine
from trainingadmin.payments.queries import budgets
from trainingadmin.payments.states import DueState
from trainingadmin.plumbing import clock, transaction

YUAN = Money.yuan
YEAR = stage.PAYABLE_ON.year
TERMS = Budget("511824", YEAR, stage.FUND, stage.BUDGET)


def appropriated(
    office: Office, yuan: int, budget: Budget = TERMS, document: str = "财社〔2022〕5号", *, login: str = "checker"
) -> BudgetLine:
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        return actions.appropriate(budget, YUAN(yuan), document, by=office.actor(login))


@pytest.fixture
def owed(office: Office) -> Office:
    """Three people with 8 000 yuan each waiting for a batch."""
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    return office


def test_what_is_appropriated_is_in_the_bank_account_of_its_source(office: Office) -> None:
    line = appropriated(office, 100_000)
    appropriated(office, -40_000, document="财社〔2022〕9号")
    assert budgets.standing(line.id).ceiling == YUAN(60_000)
    assert balances.balance(entries.bank(stage.FUND, "511824")) == YUAN(60_000)
    assert [row.amount for row in budgets.appropriations(line.id)] == [YUAN(-40_000), YUAN(100_000)]
    stage.proved()


def test_a_batch_takes_from_its_line_until_it_is_empty(owed: Office) -> None:
    line = appropriated(owed, 24_000)
    batch = stage.composed(owed)
    assert batch.budget_line_id == line.id
    assert (budgets.standing(line.id).left, budgets.standing(line.id).paid) == (ZERO, ZERO)
    stage.release(owed, batch)
    stage.answer(owed, batch, stage.bank_answer(batch, {2: "账户已销户"}))
    assert budgets.standing(line.id).paid == YUAN(16_000)
    assert budgets.standing(line.id).left == YUAN(8000), "a failed payment holds nothing until it is issued again"
    stage.proved()


def test_a_batch_over_the_budget_is_refused(owed: Office) -> None:
    appropriated(owed, 23_999)
    with pytest.raises(Refusal) as refused:
        stage.composed(owed)
    assert (refused.value.code, refused.value.field) == ("budget-exceeded", "budget_item")
    assert len(stage.dues(state=DueState.OPEN)) == 3
    assert stage.composed(owed, stage.dues()[:2]).count == 2
    stage.proved()


def test_a_cancelled_batch_gives_back_what_it_held(owed: Office) -> None:
    line = appropriated(owed, 24_000)
    batch = stage.composed(owed)
    with transaction.unit():
        actions.cancel(batch, "重做", by=owed.actor("preparer"))
    assert budgets.standing(line.id).left == YUAN(24_000)


def test_an_office_with_a_budget_pays_from_its_lines_only(owed: Office) -> None:
    appropriated(owed, 24_000, Budget("511824", YEAR, "就业补助资金", stage.BUDGET))
    with pytest.raises(Refusal) as refused:
        stage.composed(owed)
    assert refused.value.code == "budget-line-unknown"


def test_without_a_budget_for_the_year_batches_go_on(owed: Office) -> None:
    appropriated(owed, 1, Budget("511824", YEAR - 1, stage.FUND, stage.BUDGET))
    assert stage.composed(owed).budget_line_id is None


def test_a_budget_does_not_fall_below_what_batches_hold(owed: Office) -> None:
    appropriated(owed, 24_000)
    stage.composed(owed)
    with pytest.raises(Refusal) as refused:
        appropriated(owed, -1)
    assert refused.value.code == "budget-below-committed"


@pytest.mark.parametrize(
    ("budget", "yuan", "document", "login", "code"),
    [
        (TERMS, 1, "文", "preparer", "move-role"),
        (Budget("511822", YEAR, "甲", "乙"), 1, "文", "checker", "budget-office"),
        (Budget("511824", YEAR + 2, "甲", "乙"), 1, "文", "checker", "budget-year"),
        (Budget("511824", YEAR, "甲/乙", "乙"), 1, "文", "checker", "funding-source-missing"),
        (Budget("511824", YEAR, "甲", " "), 1, "文", "checker", "budget-item-missing"),
        (TERMS, 0, "文", "checker", "amount-wrong"),
        (TERMS, 1, " ", "checker", "document-missing"),
        (TERMS, 1, "无", "checker", "document-wrong"),
        (TERMS, 1, "没有文号", "checker", "document-wrong"),
        (TERMS, 1_000_000_001, "财社〔2022〕5号", "checker", "amount-too-large"),
        (TERMS, 10**20, "财社〔2022〕5号", "checker", "amount-too-large"),
    ],
)
def test_wrong_entries_are_refused(
    office: Office, budget: Budget, yuan: int, document: str, login: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        appropriated(office, yuan, budget, document, login=login)
    assert refused.value.code == code


def test_the_pages_enter_show_and_use_a_budget(browser: Browser, owed: Office) -> None:
    enter(browser, "checker")
    page = browser.open(browser.open("/payments/budgets").links("/budgets/new")[0])
    page = browser.submit(page, "/new", funding_source="甲", budget_item="乙", amount="一万", document="文", expect=422)
    assert page.said("请填写金额，单位元，最多两位小数")
    page = browser.submit(
        page, "/new", funding_source=stage.FUND, budget_item=stage.BUDGET, amount="9" * 20, expect=422
    )
    assert page.said("一次登记不能超过1,000,000,000.00元")
    page = browser.submit(page, "/new", amount="24,000.00", document="财社〔2022〕5号")
    assert page.said("24,000.00")
    enter(browser, "preparer")
    page = browser.open("/payments/payables?all=1")
    assert page.said("尚余¥24,000.00")
    page = browser.submit(page, "/payables")
    assert page.said("¥24,000.00，尚余¥0.00")
    assert browser.open("/payments/budgets/1").said("PAY-511824")
