"""Opening and closing accounts, changing passwords."""

from __future__ import annotations

from typing import Any

from tests.client import PASSWORD, Browser
from tests.factories import Office, id_number

NEW = "a-new-password-2"


def opening(**changes: Any) -> dict[str, Any]:
    return {
        "name": "赵新",
        "login": "zhaoxin",
        "password": NEW,
        "roles": ["acceptance"],
        "office_code": "511824",
        "id_number": id_number(77),
        **changes,
    }


def test_an_administrator_opens_an_account_that_can_sign_in(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    browser.submit(browser.open("/accounts/new"), "", **opening())
    assert browser.sign_in("zhaoxin", NEW).said("赵新")


def test_a_taken_login_is_refused(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    assert browser.submit(browser.open("/accounts/new"), "", **opening(login="acceptance"), expect=422).said(
        "已有人使用"
    )


def test_staff_without_an_id_number_are_refused(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    assert browser.submit(browser.open("/accounts/new"), "", **opening(id_number=""), expect=422).said("防止一人多账号")


def test_an_operator_needs_an_organisation_and_no_office(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    assert browser.submit(browser.open("/accounts/new"), "", **opening(roles=["enterprise"]), expect=422).said(
        "只选一个"
    )


def test_a_closed_account_is_out_at_once(browser: Browser, office: Office) -> None:
    other = Browser(browser.app)
    other.sign_in("acceptance")
    browser.sign_in("admin")
    browser.submit(browser.open(f"/accounts/{office.accounts['acceptance'].id}/close"), "")
    assert other.open("/organisations").response.request.path == "/sign-in"


def test_nobody_closes_their_own_account(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    path = f"/accounts/{office.accounts['admin'].id}/close"
    assert browser.submit(browser.open(path), "", expect=422).said("不能停用自己")


def test_a_new_password_ends_every_session(browser: Browser, office: Office) -> None:
    other = Browser(browser.app)
    other.sign_in("acceptance")
    browser.sign_in("acceptance")
    browser.submit(browser.open("/password"), "", current=PASSWORD, new=NEW)
    assert other.open("/organisations").response.request.path == "/sign-in"
    assert browser.sign_in("acceptance", NEW).said("工作台")


def test_the_current_password_must_be_right(browser: Browser, office: Office) -> None:
    browser.sign_in("acceptance")
    assert browser.submit(browser.open("/password"), "", current="wrong-password", new=NEW, expect=422).said(
        "当前密码不正确"
    )
