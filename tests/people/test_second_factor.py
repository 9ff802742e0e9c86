"""Setting up, using and losing the second factor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.client import PASSWORD, Browser, Page
from tests.factories import Office
from trainingadmin import cli
from trainingadmin.kernel import totp
from trainingadmin.kernel.roles import Role
from trainingadmin.people import factors, passwords, queries
from trainingadmin.people.models import RecoveryCode, SecondFactor
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.journal import JournalEntry
from trainingadmin.settings import Settings

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=2)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.at(NOON):
        yield


def required(app: Flask) -> None:
    """Let this application insist on a second factor of staff."""
    kept: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(kept, second_factor=True)


def secret_of(login: str) -> bytes:
    """Return the secret as the phone knows it."""
    with transaction.unit(reads=True):
        account = queries.account_by_login(login)
        assert account is not None
        factor = queries.factor(account.id)
        assert factor is not None
        return factors._secret(factor)


def code(login: str, moment: datetime | None = None) -> str:
    """Return what the app shows."""
    return totp.code_of(secret_of(login), totp.counter_at(moment or clock.now()))


def enrolled(browser: Browser, login: str = "approval") -> Page:
    """Sign in and set the second factor up, as a person does."""
    browser.sign_in(login)
    page = browser.submit(browser.open("/security"), "/security/begin")
    return browser.submit(page, "", code=code(login))


def recovery_codes(browser: Browser) -> list[str]:
    page = browser.submit(browser.open("/security/recovery-codes"), "")
    return re.findall(r"<li>([A-Z0-9]{5}-[A-Z0-9]{5})</li>", page.text)


def second_step(browser: Browser, login: str = "approval") -> Page:
    """Give the password; the next page asks for the code."""
    page = browser.sign_in(login)
    assert page.said("打开手机上的身份验证器应用")
    return page


# Setting up ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_secret_as_a_code_and_as_letters_and_takes_the_first_code(
    browser: Browser, office: Office
) -> None:
    browser.sign_in("approval")
    page = browser.submit(browser.open("/security"), "/security/begin")
    assert totp.in_letters(secret_of("approval")) in page.text
    assert 'src="data:image/svg+xml;base64,' in page.text
    assert browser.submit(page, "", code=code("approval")).said("二次验证已启用")


def test_a_wrong_first_code_is_refused_beside_the_field(browser: Browser, office: Office) -> None:
    browser.sign_in("approval")
    page = browser.submit(browser.open("/security"), "/security/begin")
    assert browser.submit(page, "", code="000000", expect=422).said("核对手机时间")
    assert browser.open("/security").said("未启用")


def test_setting_up_ends_the_sessions_that_were_opened_without_it(browser: Browser, office: Office) -> None:
    other = Browser(browser.app)
    other.sign_in("approval")
    enrolled(browser)
    assert other.open("/organisations").response.request.path == "/sign-in"
    assert browser.open("/organisations").response.request.path == "/organisations"


def test_one_that_is_in_use_is_not_replaced_by_beginning_again(browser: Browser, office: Office) -> None:
    enrolled(browser)
    assert browser.post("/security/begin", expect=422).said("二次验证已启用")


def test_the_secret_is_not_readable_in_the_database(browser: Browser, office: Office) -> None:
    enrolled(browser)
    with transaction.unit(reads=True):
        (stored,) = db.session.scalars(text("SELECT secret FROM second_factors"))
    assert stored.startswith("k1:")


# Signing in ---------------------------------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(browser: Browser, office: Office) -> None:
    enrolled(browser)
    second_step(browser)
    assert browser.open("/organisations").response.request.path == "/sign-in"


def test_password_and_code_sign_in_and_go_where_one_was_going(browser: Browser, office: Office) -> None:
    enrolled(browser)
    browser.client.delete_cookie("signin")
    with clock.at(LATER):
        page = browser.submit(
            browser.open("/sign-in?next=/organisations"), "/sign-in", login="approval", password=PASSWORD
        )
        assert browser.submit(page, "/sign-in/code", code=code("approval")).said("企业与机构")


def test_a_code_is_good_once(browser: Browser, office: Office) -> None:
    enrolled(browser)
    with clock.at(LATER):
        browser.submit(second_step(browser), "/sign-in/code", code=code("approval"))
        page = browser.submit(second_step(browser), "/sign-in/code", code=code("approval"), expect=422)
        assert page.said("已用过")


def test_the_eleventh_wrong_code_is_refused_even_if_the_next_is_right(browser: Browser, office: Office) -> None:
    enrolled(browser)
    with clock.at(LATER):
        page = second_step(browser)
        for _ in range(passwords.PER_ACCOUNT):
            browser.submit(page, "/sign-in/code", code="000000", expect=422)
        assert browser.submit(page, "/sign-in/code", code=code("approval"), expect=422).said("尝试次数过多")


def test_a_new_password_try_does_not_forget_wrong_codes(browser: Browser, office: Office) -> None:
    enrolled(browser)
    with clock.at(LATER):
        for _ in range(passwords.PER_ACCOUNT):
            browser.submit(second_step(browser), "/sign-in/code", code="000000", expect=422)
        page = browser.submit(second_step(browser), "/sign-in/code", code=code("approval"), expect=422)
        assert page.said("尝试次数过多")


def test_whoever_takes_too_long_gives_the_password_again(browser: Browser, office: Office) -> None:
    enrolled(browser)
    with clock.at(LATER):
        page = second_step(browser)
    with clock.at(LATER + timedelta(minutes=6)):
        assert browser.submit(page, "/sign-in/code", code=code("approval"), expect=422).said("验证已超时")


def test_nobody_shows_a_code_without_a_password(browser: Browser, office: Office) -> None:
    assert browser.submit(browser.open("/sign-in/code"), "/sign-in/code", code="123456", expect=422).said("验证已超时")


def test_a_recovery_code_signs_in_once(browser: Browser, office: Office) -> None:
    enrolled(browser)
    codes = recovery_codes(browser)
    assert len(codes) == factors.RECOVERY_CODES
    assert browser.submit(second_step(browser), "/sign-in/code", code=codes[0].lower()).said("您好")
    assert browser.open("/security").said("9个")
    assert browser.submit(second_step(browser), "/sign-in/code", code=codes[0], expect=422).said("动态码不正确")


def test_new_recovery_codes_make_the_old_ones_void(browser: Browser, office: Office) -> None:
    enrolled(browser)
    old = recovery_codes(browser)
    recovery_codes(browser)
    assert browser.submit(second_step(browser), "/sign-in/code", code=old[0], expect=422).said("动态码不正确")


def test_recovery_codes_need_a_second_factor(browser: Browser, office: Office) -> None:
    browser.sign_in("approval")
    assert browser.submit(browser.open("/security/recovery-codes"), "", expect=422).said("请先启用二次验证")


# Doing without, losing, insisting -----------------------------------------------------------------------------------


def test_where_it_is_optional_one_may_do_without_it_again(browser: Browser, office: Office) -> None:
    enrolled(browser)
    browser.submit(browser.open("/security/drop"), "")
    assert browser.sign_in("approval").said("您好")


def test_an_administrator_resets_it_and_the_journal_knows(browser: Browser, office: Office) -> None:
    enrolled(browser)
    account = office.accounts["approval"].id
    admin = Browser(browser.app)
    admin.sign_in("admin")
    assert admin.submit(admin.open(f"/accounts/{account}/second-factor"), "").said("已重置")
    assert browser.open("/organisations").response.request.path == "/sign-in"
    assert browser.sign_in("approval").said("您好")
    with transaction.unit(reads=True):
        assert not db.session.scalars(select(SecondFactor)).all()
        assert not db.session.scalars(select(RecoveryCode)).all()
        verbs = db.session.scalars(select(JournalEntry.verb).where(JournalEntry.subject == f"accounts:{account}")).all()
    assert {"begin-factor", "confirm-factor", "reset-factor"} <= set(verbs)


def test_nobody_resets_their_own(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    path = f"/accounts/{office.accounts['admin'].id}/second-factor"
    assert browser.submit(browser.open(path), "", expect=422).said("另一位管理员")


def test_the_last_administrator_is_helped_from_the_command_line(app: Flask, browser: Browser, office: Office) -> None:
    cli.install(app)
    enrolled(browser, "admin")
    assert app.test_cli_runner().invoke(args=["accounts", "reset-factor", "admin"]).exit_code == 0
    assert browser.sign_in("admin").said("您好")


def test_where_it_is_required_staff_set_it_up_before_anything_else(
    app: Flask, browser: Browser, office: Office
) -> None:
    required(app)
    assert browser.sign_in("approval").said("请先设置二次验证")
    assert browser.open("/claims/").response.request.path == "/security"
    enrolled(browser)
    assert browser.open("/claims/").response.request.path == "/claims/"
    assert browser.submit(browser.open("/security/drop"), "", expect=422).said("不能停用")


def test_operators_of_enterprises_are_not_made_to(app: Flask, browser: Browser, office: Office) -> None:
    required(app)
    assert browser.sign_in("enterprise").said("您好")


def test_a_long_chinese_sign_in_name_fits_the_code_too(browser: Browser, office: Office) -> None:
    with transaction.unit():
        office.add("雅安市石棉县人力资源和社会保障局就业服务管理中心王小明（经办）", [Role.ENTERPRISE])
    browser.sign_in("雅安市石棉县人力资源和社会保障局就业服务管理中心王小明（经办）")
    assert browser.submit(browser.open("/security"), "/security/begin").said("扫描二维码")


def test_beginning_again_before_the_first_code_gives_another_secret(browser: Browser, office: Office) -> None:
    browser.sign_in("approval")
    browser.submit(browser.open("/security"), "/security/begin")
    first = secret_of("approval")
    browser.submit(browser.open("/security"), "/security/begin")
    assert secret_of("approval") != first
