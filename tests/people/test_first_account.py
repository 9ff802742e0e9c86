"""A new bureau from the command line: offices, and the administrator who opens all other accounts."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask

from tests.client import PASSWORD, Browser
from tests.factories import id_number
from trainingadmin import cli
from trainingadmin.people import queries
from trainingadmin.plumbing import transaction
from trainingadmin.policies.queries import calendar


def told(app: Flask, *arguments: str, answers: str = "") -> Result:
    return app.test_cli_runner().invoke(args=arguments, input=answers)


@pytest.fixture
def bureau(app: Flask) -> Flask:
    cli.install(app)
    assert told(app, "offices", "set", "511800", "雅安市人社局", "0835-1").exit_code == 0
    return app


def create(app: Flask, *more: str, number: str = id_number(5), password: str = PASSWORD) -> Result:
    answers = f"{number}\n{password}\n{password}\n"
    return told(app, "accounts", "create-admin", "hepng", "何平", *more, answers=answers)


def test_the_first_administrator_signs_in_and_opens_accounts(bureau: Flask) -> None:
    assert create(bureau).exit_code == 0
    browser = Browser(bureau)
    browser.sign_in("hepng")
    assert browser.open("/accounts").said("何平")


def test_an_office_is_set_again_with_another_phone_and_the_calendar_is_there(bureau: Flask) -> None:
    told(bureau, "offices", "set", "511800", "雅安市人社局", "0835-2")
    with transaction.unit(reads=True):
        assert [(one.code, one.phone) for one in queries.offices()] == [("511800", "0835-2")]
        assert 2026 in calendar().years


@pytest.mark.parametrize(
    ("more", "wrong", "said"),
    [
        (("--office", "511824"), {}, "no office 511824"),
        ((), {"number": "123"}, "身份证"),
        ((), {"password": "short"}, "fewer than 12"),
    ],
)
def test_a_mistake_is_told_and_opens_nothing(
    bureau: Flask, more: tuple[str, ...], wrong: dict[str, str], said: str
) -> None:
    answer = create(bureau, *more, **wrong)
    assert answer.exit_code == 1
    assert said in answer.output
    with transaction.unit(reads=True):
        assert queries.account_by_login("hepng") is None


def test_a_taken_name_is_told(bureau: Flask) -> None:
    create(bureau)
    answer = create(bureau)
    assert (answer.exit_code, "已有人使用" in answer.output) == (1, True)


def test_nobody_to_reset_is_told(bureau: Flask) -> None:
    answer = told(bureau, "accounts", "reset-factor", "nobody")
    assert answer.exit_code == 1
    assert "no active account" in answer.output
