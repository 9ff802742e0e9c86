"""A trainee signs in with the ID number and a one-time code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.client import Browser, Page
from tests.factories import Office, id_number, person
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people.actions import accounts
from trainingadmin.plumbing import clock, transaction


def ask(browser: Browser, number: str) -> Page:
    return browser.submit(browser.open("/m/sign-in"), "/m/sign-in", id_number=number)


def code(browser: Browser) -> str:
    found = re.search(r"验证码是 (\d{6})", browser.open("/dev/inbox").text)
    assert found
    return found.group(1)


def trainee() -> str:
    with transaction.unit():
        person(42, "谭佳", phone="14000007056")
    return id_number(42)


def test_the_code_from_the_text_message_signs_in(browser: Browser, office: Office) -> None:
    page = ask(browser, trainee())
    page = browser.submit(page, "/m/sign-in/code", code=code(browser))
    assert page.said("谭佳")


def test_a_small_x_and_blanks_are_forgiven(browser: Browser, office: Office) -> None:
    number = trainee()
    page = ask(browser, f" {number[:6]} {number[6:].lower()} ")
    assert browser.submit(page, "/m/sign-in/code", code=code(browser)).said("谭佳")


def test_a_wrong_code_is_refused(browser: Browser, office: Office) -> None:
    page = ask(browser, trainee())
    wrong = f"{(int(code(browser)) + 1) % 1_000_000:06d}"
    assert browser.submit(page, "/m/sign-in/code", code=wrong, expect=422).said("验证码不正确或已过期")


def test_a_code_works_once(browser: Browser, office: Office) -> None:
    page = ask(browser, trainee())
    used = code(browser)
    browser.submit(page, "/m/sign-in/code", code=used)
    second = Browser(browser.app)
    assert second.submit(page, "/m/sign-in/code", code=used, expect=422).said("验证码不正确或已过期")


def test_a_code_dies_after_five_minutes(browser: Browser, office: Office) -> None:
    page = ask(browser, trainee())
    with clock.at(clock.now() + accounts.CODE_LIFE + timedelta(seconds=1)):
        assert browser.submit(page, "/m/sign-in/code", code=code(browser), expect=422).said("验证码不正确或已过期")


def test_an_unknown_number_hears_the_same_and_no_message_is_sent(browser: Browser, office: Office) -> None:
    page = ask(browser, id_number(43))
    assert page.said("如果号码已登记")
    assert browser.open("/dev/inbox").said("还没有短信")


@pytest.mark.parametrize("known", [True, False])
def test_codes_are_asked_for_so_often_whether_or_not_the_person_is_known(office: Office, known: bool) -> None:
    number = trainee() if known else id_number(43)
    for at in range(accounts.CODES_ASKED):
        with transaction.unit():
            accounts.send_code(number, address=f"10.0.0.{at}")
    with pytest.raises(Refusal, match="too-many-attempts"), transaction.unit():
        accounts.send_code(number, address="10.0.0.99")


@pytest.mark.parametrize("known", [True, False])
def test_one_address_asks_for_so_many_whether_or_not_they_are_known(
    office: Office, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "CODES_ASKED_FROM", 1)
    number = trainee() if known else id_number(43)
    with transaction.unit():
        accounts.send_code(number, address="10.0.0.1")
    with pytest.raises(Refusal, match="too-many-attempts"), transaction.unit():
        accounts.send_code(number, address="10.0.0.1")


def test_the_id_number_is_never_in_an_address(browser: Browser, office: Office) -> None:
    number = trainee()
    page = ask(browser, number)
    assert number not in page.response.request.url
