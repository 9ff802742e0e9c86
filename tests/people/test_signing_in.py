"""Signing in by password."""

from __future__ import annotations

from tests.client import PASSWORD, Browser
from tests.factories import Office
from trainingadmin.people import passwords


def test_a_reviewer_signs_in_and_lands_on_the_desk(browser: Browser, office: Office) -> None:
    page = browser.sign_in("acceptance")
    assert page.said("工作台")


def test_a_wrong_password_is_refused_beside_the_field(browser: Browser, office: Office) -> None:
    page = browser.submit(browser.open("/sign-in"), "/sign-in", login="acceptance", password="wrong", expect=422)
    assert page.said("账号或密码不正确")


def test_an_unknown_account_hears_the_same_words(browser: Browser, office: Office) -> None:
    page = browser.submit(browser.open("/sign-in"), "/sign-in", login="nobody", password="wrong", expect=422)
    assert page.said("账号或密码不正确")


def test_the_eleventh_wrong_try_is_refused_even_with_the_right_password(browser: Browser, office: Office) -> None:
    for _ in range(passwords.PER_ACCOUNT):
        browser.submit(browser.open("/sign-in"), "/sign-in", login="acceptance", password="wrong", expect=422)
    page = browser.submit(browser.open("/sign-in"), "/sign-in", login="acceptance", password=PASSWORD, expect=422)
    assert page.said("尝试次数过多")


def test_a_session_is_dead_after_signing_out_even_if_its_cookie_is_kept(browser: Browser, office: Office) -> None:
    page = browser.sign_in("acceptance")
    cookie = browser.client.get_cookie("signin")
    assert cookie is not None
    browser.submit(page, "/sign-out")
    browser.client.set_cookie("signin", cookie.value)
    assert browser.open("/").said("企业、培训机构和人社工作人员用账号登录")


def test_a_foreign_next_address_is_not_followed(browser: Browser, office: Office) -> None:
    page = browser.submit(
        browser.open("/sign-in?next=//evil.example/"), "/sign-in", login="acceptance", password=PASSWORD
    )
    assert page.response.request.path in {"/desk", "/organisations"}
