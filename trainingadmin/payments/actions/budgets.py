"""Budgets: what an office may pay from a source for an item in a year, appropriated by document, held by batches."""

from __future__ import annotations

from dataclasses import dataclass

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.payments import entries
from trainingadmin.payments.models import Appropriation, BudgetLine
from trainingadmin.payments.queries import budgets, locks
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, ensure

MOST = Money.yuan(1_000_000_000)
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Budget:
    """Which line: one office's, of one year, source and item."""

    office_code: str
    year: int
    funding_source: str
    budget_item: str


def appropriate(budget: Budget, amount: Money, document: str, *, by: Actor) -> BudgetLine:
    """Give money to a budget line, or take it back with a negative amount, by the document that says so.

    Refusals `move-role`, `budget-office`, `budget-year`, `funding-source-missing`, `budget-item-missing`,
    `amount-wrong`, `amount-too-large` beyond `MOST`, `document-missing`, `document-wrong` where nothing like a number is
    given, and `budget-below-committed` when batches hold more than would be left.
    """
    _refuse_wrong(budget, amount, document, by)
    key = {"funding_source": budget.funding_source.strip(), "budget_item": budget.budget_item.strip()}
    ensure(BudgetLine, office_code=budget.office_code, year=budget.year, **key, ceiling=ZERO, version=1)
    line = locks.budget_line(budget.office_code, budget.year, **key)
    assert line is not None
    if line.ceiling + amount < budgets.standing(line.id).committed:
        raise Refusal("budget-below-committed", N_("已有批次占用，额度不能减到占用金额以下。"), field="amount")
    line.ceiling += amount
    given = Appropriation(
        budget_line_id=line.id, amount=amount, document=document.strip(), account_id=by.id, at=clock.now()
    )
    db.session.add(given)
    db.session.flush()
    entries.post([entries.appropriation(given.id, line.funding_source, line.office_code, amount)], by=by)
    journal.record("appropriate", f"budget_lines:{line.id}", by=by, amount=str(amount), document=document.strip())
    return line


def take(office_code: str, funding_source: str, budget_item: str, amount: Money) -> int | None:
    """Lock this year's line of a batch's terms and see that the batch fits; None where the office keeps no budget.

    Refusals `budget-line-unknown`, `budget-exceeded`.
    """
    year = clock.today().year
    line = locks.budget_line(office_code, year, funding_source, budget_item)
    if line is None:
        if not budgets.kept(office_code, year):
            return None
        reason = N_("%(year)s 年没有这个资金来源和预算科目的额度，请从已下达的额度中选择。")
        raise Refusal("budget-line-unknown", reason, field="budget_item", year=year)
    left = budgets.standing(line.id).left
    if amount > left:
        reason = N_("超出本年预算额度：本批 %(sum)s 元，额度尚余 %(left)s 元。")
        raise Refusal("budget-exceeded", reason, field="budget_item", sum=amount.grouped(), left=left.grouped())
    return line.id


def _refuse_wrong(budget: Budget, amount: Money, document: str, by: Actor) -> None:
    if not by.has(Role.CHECKER):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    if not by.sees_whole_city and budget.office_code != by.office:
        raise Refusal("budget-office", N_("只能登记本机构的额度。"), field="office_code")
    if not 2000 <= budget.year <= clock.today().year + 1:
        raise Refusal("budget-year", N_("年度应为过去的年度、今年或明年。"), field="year")
    if not budget.funding_source.strip() or "/" in budget.funding_source:
        raise Refusal("funding-source-missing", N_("请填写资金来源，不要使用“/”。"), field="funding_source")
    if not budget.budget_item.strip():
        raise Refusal("budget-item-missing", N_("请填写预算科目。"), field="budget_item")
    if not amount:
        raise Refusal("amount-wrong", N_("金额不能为零；收回额度填负数。"), field="amount")
    if abs(amount.fen) > MOST.fen:
        reason = N_("一次登记不能超过 %(most)s 元，请核对金额。")
        raise Refusal("amount-too-large", reason, field="amount", most=MOST.grouped())
    _refuse_document(document.strip())


def _refuse_document(document: str) -> None:
    if not document:
        raise Refusal("document-missing", N_("请填写下达或收回额度的文号。"), field="document")
    if len(document) < _SHORTEST or not any(character.isdecimal() for character in document):
        reason = N_("请填写完整的文号，例如：雅财社〔2026〕1号。")
        raise Refusal("document-wrong", reason, field="document")
