"""The way of the money over pages: tick, compose, release, bank file, answer, issue again, books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import g
from flask_babel import refresh
from sqlalchemy import event, select

from tests.client import PASSWORD, Browser, Page, values_of
from tests.factories import Office
from tests.payments import stage
from trainingadmin.certificates import actions as certificates
from trainingadmin.kernel.roles import Role
from trainingadmin.payments.models import Batch
from trainingadmin.payments.states import BatchState, DueKind
from trainingadmin.plumbing import journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.reading import read_workbook


def enter(browser: Browser, login: str) -> None:
    """Sign in without passing over the desk."""
    browser.client.delete_cookie("signin")
    browser.submit(browser.open("/sign-in?next=/dev/inbox"), "/sign-in", login=login, password=PASSWORD)


def compose(browser: Browser) -> Page:
    page = browser.open("/payments/payables?all=1")
    return browser.submit(page, "/payables", funding_source=stage.FUND, budget_item=stage.BUDGET)


def latest() -> Batch:
    db.session.expire_all()
    return db.session.scalars(select(Batch).order_by(Batch.id.desc()).limit(1)).one()


def press(browser: Browser, page: Page, name: str, *, expect: int = 200) -> Page:
    """Press one of the buttons of a batch's form."""
    form = page.form("/move")
    return browser.post(form.get("action") or "", {**values_of(form), "move": name}, expect=expect)


@pytest.fixture
def owed(office: Office) -> Office:
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    return office


def test_the_whole_way_over_pages(browser: Browser, owed: Office) -> None:
    enter(browser, "preparer")
    page = compose(browser)
    batch = latest()
    assert page.said("PAY-511824-")
    assert page.said("¥24,000.00")
    assert page.said("人民币贰万肆仟元整")
    assert page.said("放款后才能下载银行文件。")

    enter(browser, "checker")
    page = press(browser, browser.open(f"/payments/{batch.id}"), "check")
    assert page.said("待放款")
    page = press(browser, page, "release")
    assert page.said("待银行回单")
    data = browser.download(f"/payments/{batch.id}/file/csv")
    assert (
        data.decode("gb18030")
        .splitlines()[1]
        .startswith("1,6222020000000000017,雅安示例机械制造有限公司,示例银行石棉支行,8000.00,")
    )
    (sheet,) = read_workbook(browser.download(f"/payments/{batch.id}/file/xlsx")).sheets
    assert len(sheet.rows) == 4

    page = browser.open(f"/payments/{batch.id}/answer")
    answer = stage.bank_answer(batch, {2: "账户已销户"})
    page = browser.submit(page, "/answer", answer=(answer, "回单.csv"))
    assert page.said("已入账")
    assert page.said("有1笔待重发")
    assert page.said("0/2")

    enter(browser, "preparer")
    page = browser.open(f"/payments/{batch.id}/again")
    page = browser.submit(page, "/again", expect=422)
    assert page.said("收款账户自上次失败后没有变化")
    page = browser.submit(page, "/again", note="银行误退")
    assert page.said(f"本批次重发以下批次中银行退回的款项：{batch.number}")
    stage.proved()


def test_what_the_checker_releases_is_what_the_checker_saw(browser: Browser, owed: Office) -> None:
    batch = stage.composed(owed)
    enter(browser, "checker")
    page = browser.open(f"/payments/{batch.id}")
    with transaction.unit():
        stage.payments(batch)[0].payee_bank = "别的银行"
    assert press(browser, page, "check", expect=422).said("批次明细与制单时不一致")
    assert latest().state is BatchState.COMPOSED


def test_a_preparer_sees_who_can_release(browser: Browser, owed: Office) -> None:
    stage.composed(owed)
    enter(browser, "preparer")
    page = browser.open("/payments/1")
    assert page.said("您的岗位不办理这一步。可由财务复核办理。")


def test_the_composer_with_another_account_is_told_why_not(browser: Browser, owed: Office) -> None:
    stage.composed(owed)
    with transaction.unit():
        owed.add("both", [Role.CHECKER], office_code="511824", person_id=owed.accounts["preparer"].person_id)
    enter(browser, "both")
    assert browser.open("/payments/1").said("须由另一人办理")


def test_cancelling_without_a_reason_asks_for_it(browser: Browser, owed: Office) -> None:
    batch = stage.composed(owed)
    enter(browser, "preparer")
    page = press(browser, browser.open(f"/payments/{batch.id}"), "cancel", expect=422)
    assert page.said("请写明理由")
    page = browser.submit(page, "/move", note="资金来源选错")
    assert page.said("已撤销")


def test_nothing_ticked_composes_nothing(browser: Browser, owed: Office) -> None:
    enter(browser, "preparer")
    page = browser.open("/payments/payables")
    assert browser.submit(page, "/payables", funding_source="专账", budget_item="科目", expect=422).said(
        "请先勾选要拨付的款项"
    )


def test_a_list_that_changed_since_it_was_opened_is_refused(browser: Browser, owed: Office) -> None:
    enter(browser, "preparer")
    page = browser.open("/payments/payables?all=1")
    stage.composed(owed, stage.dues()[:1])
    refused = browser.submit(page, "/payables", funding_source="专账", budget_item="科目", expect=422)
    assert refused.said("待拨付清单在您打开页面后有变化")


def test_single_people_can_be_ticked(browser: Browser, owed: Office) -> None:
    enter(browser, "preparer")
    page = browser.open("/payments/payables/1/balance")
    browser.submit(page, "/balance", dues=["1", "3"], funding_source=stage.FUND, budget_item=stage.BUDGET)
    assert latest().count == 2


def test_funds_used_last_are_filled_in(browser: Browser, owed: Office) -> None:
    stage.composed(owed, stage.dues()[:1])
    enter(browser, "preparer")
    assert f'value="{stage.FUND}"' in browser.open("/payments/payables").text


def test_an_answer_that_differs_shows_every_place(browser: Browser, owed: Office) -> None:
    batch = stage.released(owed)
    enter(browser, "preparer")
    wrong = stage.bank_answer(batch).replace(b"8000.00", b"8000.01", 1).replace(b"0017", b"0018", 1)
    page = browser.submit(browser.open(f"/payments/{batch.id}/answer"), "/answer", answer=(wrong, "a.csv"), expect=422)
    assert page.said("账号与发出的不一致")
    assert page.said("金额与发出的不一致")
    assert "6222020000000000018" not in page.text
    assert latest().state is BatchState.RELEASED


def test_no_file_is_asked_for_beside_the_field(browser: Browser, owed: Office) -> None:
    batch = stage.released(owed)
    enter(browser, "preparer")
    page = browser.submit(browser.open(f"/payments/{batch.id}/answer"), "/answer", expect=422)
    assert page.said("请选择银行回单文件。")


def test_the_bank_file_is_refused_before_release_and_its_taking_is_noted(browser: Browser, owed: Office) -> None:
    batch = stage.composed(owed)
    enter(browser, "checker")
    browser.open(f"/payments/{batch.id}/file/csv", expect=422)
    stage.release(owed, batch)
    browser.download(f"/payments/{batch.id}/file/csv")
    browser.open(f"/payments/{batch.id}/file/exe", expect=404)
    assert [entry.verb for entry in journal.of(f"batches:{batch.id}")] == [
        "compose",
        "check",
        "release",
        "export-bank-file",
    ]


def test_the_digest_is_in_the_name_of_the_file(browser: Browser, owed: Office) -> None:
    batch = stage.released(owed)
    enter(browser, "checker")
    answer = browser.client.get(f"/payments/{batch.id}/file/xlsx")
    assert f"{batch.number}-{batch.digest[:12]}.xlsx" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("login", ["enterprise", "acceptance", "policy"])
def test_batches_are_not_for_everybody(browser: Browser, owed: Office, login: str) -> None:
    stage.composed(owed)
    enter(browser, login)
    browser.open("/payments/1", expect=403)


def test_another_districts_batches_do_not_exist(browser: Browser, owed: Office) -> None:
    stage.composed(owed)
    with transaction.unit():
        owed.add("elsewhere", [Role.PREPARER, Role.CHECKER], office_code="511822")
    enter(browser, "elsewhere")
    for path in ("", "/sheet", "/answer", "/again", "/lines.xlsx", "/file/csv"):
        browser.open(f"/payments/1{path}", expect=404)
    browser.open("/payments/dues/1", expect=404)
    browser.open("/payments/payables/1/balance", expect=404)
    assert not browser.open("/payments/").said("PAY-511824")
    assert not browser.open("/payments/payables").said("雅安示例机械")
    assert browser.open("/ledger/").said("还没有记账")


def test_a_supervisor_reads_and_changes_nothing(browser: Browser, owed: Office) -> None:
    stage.released(owed)
    enter(browser, "supervisor")
    page = browser.open("/payments/1")
    assert page.said("文件含完整账号，只有财务人员可以下载。")
    browser.open("/payments/1/file/csv", expect=403)
    browser.post("/payments/1/move", {"move": "release"}, expect=403)
    browser.post("/payments/payables", {"groups": "x", "funding_source": "a", "budget_item": "b"}, expect=422)


@pytest.mark.parametrize(
    "path",
    ["payables/1/nonsense", "payables/99/balance", "dues/99", "99"],
)
def test_addresses_that_lead_nowhere_are_404(browser: Browser, owed: Office, path: str) -> None:
    enter(browser, "preparer")
    browser.open(f"/payments/{path}", expect=404)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("payables", {"dues": "abc", "funding_source": "a", "budget_item": "b"}),
        ("payables", {"groups": "1.balance.x.y", "funding_source": "a", "budget_item": "b"}),
        ("payables", {"groups": "", "funding_source": "x" * 99, "budget_item": ""}),
        ("1/move", {"move": "cancel", "count": "many", "total": "-", "note": "x" * 900}),
        ("1/answer", {"answer": "no file"}),
    ],
)
def test_nonsense_sent_is_refused_with_422(browser: Browser, owed: Office, path: str, data: dict[str, str]) -> None:
    stage.composed(owed, stage.dues()[:1])
    enter(browser, "preparer")
    browser.post(f"/payments/{path}", data, expect=422)


def test_only_moves_of_a_batch_are_moves(browser: Browser, owed: Office) -> None:
    stage.composed(owed)
    enter(browser, "checker")
    browser.post("/payments/1/move", {"move": "settle"}, expect=404)
    browser.post("/payments/1/move", {"move": "nonsense"}, expect=404)
    assert browser.post("/payments/1/move", {"move": "check"}, expect=422).said("批次明细与制单时不一致")


def test_no_account_number_is_shown_in_full(browser: Browser, owed: Office) -> None:
    stage.settled(owed, {1: "账户已销户"})
    enter(browser, "preparer")
    for path in (
        "/payments/1",
        "/payments/1/sheet",
        "/payments/1/again",
        "/payments/dues/1",
        "/payments/payables",
        "/payments/statements/1",
    ):
        assert "6222020000000000017" not in browser.open(path).text


def test_the_books_lead_from_balance_to_due_to_claim(browser: Browser, owed: Office) -> None:
    stage.settled(owed)
    enter(browser, "supervisor")
    page = browser.open("/ledger/")
    assert page.said("平衡")
    assert page.said("应付·雅安示例机械制造有限公司")
    page = browser.open(next(link for link in page.links("ledger/account") if "payable" in link))
    page = browser.open(page.links("/payments/dues/")[0])
    assert page.said("银行支付")
    assert page.links("/claims/1")


def test_an_enterprise_reads_its_own_statement_only(browser: Browser, owed: Office) -> None:
    stage.settled(owed, {1: "账户已销户"})
    enter(browser, "enterprise")
    page = browser.open(f"/payments/statements/{owed.enterprise.id}")
    assert page.said("¥16,000.00")
    assert page.said("账户已销户")
    browser.open(f"/payments/statements/{owed.other_enterprise.id}", expect=404)


def test_what_has_to_come_back_is_told_by_person(browser: Browser, office: Office) -> None:
    stage.prepaid_claim(office, 2, uncertified={1, 2})
    stage.plan()
    enter(browser, "preparer")
    assert browser.open("/payments/").said("¥8,000.00")
    assert browser.open(f"/payments/dues/{stage.dues(DueKind.RECOVERY)[0].id}").said("应追回")


def test_an_advance_is_cancelled_with_a_reason(browser: Browser, office: Office) -> None:
    stage.approved_cohort(office, 1)
    stage.plan()
    enter(browser, "preparer")
    page = browser.submit(browser.open("/payments/dues/1/cancel"), "/cancel", expect=422)
    page = browser.submit(page, "/cancel", note="企业放弃预支")
    assert page.said("已取消")
    assert page.said("冲销")


def test_the_list_is_brought_up_to_date_by_hand(browser: Browser, office: Office) -> None:
    stage.approved_cohort(office, 2)
    enter(browser, "preparer")
    page = browser.open("/payments/payables")
    assert page.said("没有待拨付的款项")
    page = browser.submit(page, "/plan")
    assert page.said("新增2笔")


def test_lists_can_be_taken_away_without_full_numbers(browser: Browser, owed: Office) -> None:
    enter(browser, "preparer")
    payables = read_workbook(browser.download("/payments/payables.xlsx")).sheets[0]
    assert "雅安示例机械制造有限公司" in str([cell.text for cell in payables.rows[3].cells])
    stage.composed(owed)
    rows = read_workbook(browser.download("/payments/1/lines.xlsx?state=pending")).sheets[0].rows
    assert "preparer" in rows[1].cells[0].text
    assert "待支付" in rows[2].cells[0].text
    assert "6222020000000000017" not in str([cell.text for row in rows for cell in row.cells])


def test_failed_certificates_show_their_reason_and_a_retry(browser: Browser, owed: Office) -> None:
    batch = stage.settled(owed)
    with transaction.unit():
        held = certificates.lease(1)
        assert held is not None
        certificates.fail(held, "缺字：U+3404")
    enter(browser, "checker")
    page = browser.open(f"/payments/{batch.id}")
    assert page.said("缺字：U+3404")
    page = browser.submit(page, "/retry")
    assert page.said("已重新排队")
    assert not page.said("缺字")


def test_english_is_one_click_away(browser: Browser, owed: Office) -> None:
    stage.composed(owed)
    enter(browser, "preparer")
    browser.open("/language/en?next=/dev/inbox")
    refresh()  # the tests' outer context outlives the request
    g.pop("catalogue", None)
    page = browser.open("/payments/1")
    assert page.said("Waiting for check")
    assert page.said("Apprenticeship training subsidy")
    assert page.said("1 cohort · 1 payee")


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_lists_cost_the_same_at_3_and_30_rows(browser: Browser, office: Office) -> None:
    costs: dict[str, set[int]] = {}
    enter(browser, "supervisor")
    for people in (3, 27):
        stage.cleared_claim(office, stage.approved_cohort(office, people, advance=0))
        stage.plan()
        stage.settled(office)
        paths = {
            "list": "/payments/",
            "batch": f"/payments/{latest().id}",
            "payables": "/payments/payables",
            "ledger": "/ledger/",
            "statement": "/payments/statements/1",
        }
        for name, path in paths.items():
            with counted() as statements:
                browser.open(path)
            costs.setdefault(name, set()).add(len(statements))
    assert {name: len(seen) for name, seen in costs.items()} == dict.fromkeys(costs, 1), costs
    assert max(max(seen) for seen in costs.values()) <= 12, costs
