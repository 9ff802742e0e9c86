"""Proving once more who one is before acts that weigh."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask

from tests.claims import small
from tests.client import PASSWORD, Browser, Page, values_of
from tests.factories import Office
from tests.people.test_accounts import NEW, opening
from tests.people.test_second_factor import code, enrolled
from trainingadmin.people import passwords
from trainingadmin.plumbing import clock

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=20)
WEIGHTY = {
    "certificates.replace", "certificates.revoke", "claims.export_lines", "claims.move", "claims.supplement",
    "cohorts.export_roster", "cohorts.move", "recoveries.decide", "reforms.move",
    "payments.answer", "payments.bank_file", "payments.move", "payments.move_stray", "people.begin_factor", "people.change_roles",
    "people.close_account", "people.drop_factor", "people.open_account", "people.payee", "people.recovery_codes",
    "people.reset_factor",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.at(NOON):
        yield


def stale(browser: Browser, login: str = "admin") -> None:
    """Sign in, and go on working for longer than a proof counts."""
    browser.sign_in(login)
    with clock.at(NOON + timedelta(minutes=10)):
        browser.open("/organisations")


def closing(browser: Browser, office: Office, *, expect: int = 200) -> Page:
    """Press the button that shuts the account of 受理."""
    path = f"/accounts/{office.accounts['acceptance'].id}/close"
    return browser.submit(browser.open(path), "", expect=expect)


def test_what_weighs_is_the_reviewed_list(app: Flask) -> None:
    assert {name for name, view in app.view_functions.items() if hasattr(view, "weighty")} >= WEIGHTY


def test_signing_in_is_a_proof_for_a_while(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    assert closing(browser, office).said("账号已停用")


def test_later_the_password_is_asked_for_and_what_was_sent_goes_on(browser: Browser, office: Office) -> None:
    stale(browser)
    with clock.at(LATER):
        page = closing(browser, office, expect=403)
        assert page.said("请再次验证身份")
        assert browser.submit(page, "/prove", _proof=PASSWORD).said("账号已停用")


def test_a_new_account_keeps_the_password_that_was_typed_for_it(browser: Browser, office: Office) -> None:
    stale(browser)
    with clock.at(LATER):
        page = browser.submit(browser.open("/accounts/new"), "", **opening(), expect=403)
        assert values_of(page.form("/prove"))["password"] == NEW


def test_afterwards_nothing_is_asked_for_a_while(browser: Browser, office: Office) -> None:
    stale(browser)
    with clock.at(LATER):
        browser.submit(browser.open("/prove?next=/accounts"), "/prove", _proof=PASSWORD)
        assert closing(browser, office).said("账号已停用")


def test_the_session_goes_on_under_another_cookie(browser: Browser, office: Office) -> None:
    stale(browser)
    before = browser.client.get_cookie("signin")
    with clock.at(LATER):
        browser.submit(browser.open("/prove"), "/prove", _proof=PASSWORD)
        after = browser.client.get_cookie("signin")
        assert before is not None
        assert after is not None
        assert before.value != after.value
        browser.client.set_cookie("signin", before.value)
        assert browser.open("/accounts").response.request.path == "/sign-in"


def test_a_wrong_password_is_refused_beside_the_field_and_keeps_what_was_sent(browser: Browser, office: Office) -> None:
    stale(browser)
    with clock.at(LATER):
        page = browser.submit(closing(browser, office, expect=403), "/prove", _proof="wrong", expect=422)
        assert page.said("密码不正确")
        assert browser.submit(page, "/prove", _proof=PASSWORD).said("账号已停用")


def test_the_eleventh_wrong_try_is_refused_even_with_the_right_password(browser: Browser, office: Office) -> None:
    stale(browser)
    with clock.at(LATER):
        page = browser.open("/prove")
        for _ in range(passwords.PER_ACCOUNT):
            browser.submit(page, "/prove", _proof="wrong", expect=422)
        assert browser.submit(page, "/prove", _proof=PASSWORD, expect=422).said("尝试次数过多")


def test_with_a_second_factor_its_code_is_asked_for_not_the_password(browser: Browser, office: Office) -> None:
    enrolled(browser, "admin")
    with clock.at(NOON + timedelta(minutes=10)):
        browser.open("/organisations")
    with clock.at(LATER):
        page = closing(browser, office, expect=403)
        page = browser.submit(page, "/prove", _proof=PASSWORD, expect=422)
        assert page.said("动态码不正确")
        assert browser.submit(page, "/prove", _proof=code("admin")).said("账号已停用")


def test_a_move_that_does_not_weigh_is_not_asked_about(browser: Browser, office: Office) -> None:
    stale(browser, "acceptance")
    with clock.at(LATER):
        assert browser.post("/claims/1/move?move=accept", expect=404).said("没有找到")


def test_a_weighty_move_in_the_address_does_not_hide_behind_a_light_one_in_the_form(
    browser: Browser, office: Office
) -> None:
    claim = small.walked(office, small.cohort_of(office, 1), until="review")
    stale(browser, "approval")
    with clock.at(LATER):
        path = f"/claims/{claim.id}/move?move=approve"
        assert browser.client.post(path, data={"move": "check"}).status_code == 422, "what acts reads the form, too"
        assert browser.client.post(path).status_code == 403
        assert not browser.open(f"/claims/{claim.id}").said("已审批")


def test_a_file_is_not_kept_and_the_page_says_so(browser: Browser, office: Office) -> None:
    stale(browser, "checker")
    with clock.at(LATER):
        page = browser.post("/payments/1/answer", {"answer": (BytesIO(b"x"), "a.csv")}, expect=403)
        assert page.said("请重新选择文件")


def test_a_file_with_whole_numbers_asks_first(browser: Browser, office: Office) -> None:
    stale(browser, "checker")
    with clock.at(LATER):
        assert browser.open("/payments/1/file/csv").response.request.path == "/prove"


def test_a_foreign_target_is_not_followed(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    page = browser.post("/prove", {"_proof": PASSWORD, "target": "//evil.example/", "next": "https://evil.example/"})
    assert page.response.request.path == "/desk"
