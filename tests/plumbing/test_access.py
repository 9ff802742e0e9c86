"""Every endpoint says whom it admits, and one guard holds them all to it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.client import Browser
from tests.factories import Office
from trainingadmin.kernel.roles import STAFF, Role
from trainingadmin.plumbing import access


def small_app() -> Flask:
    app = Flask("small")

    @app.get("/open")
    @access.public
    def opened() -> str:
        return "open"

    @app.get("/staff")
    @access.admits(*access.staff_and(Role.ENTERPRISE))
    def staff() -> str:
        return "staff"

    return app


def test_declarations_are_told_by_endpoint() -> None:
    told = access.declarations(small_app())
    assert told["opened"] == access.PUBLIC
    assert told["staff"] == frozenset({*STAFF, Role.ENTERPRISE})
    assert "static" not in told


def test_an_application_with_an_undeclared_view_does_not_start() -> None:
    app = small_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "?")
    with pytest.raises(RuntimeError, match=r"declare @admits\(\.\.\.\) or @public on: forgotten"):
        access.install(app)


def test_a_stranger_is_sent_to_sign_in_and_back_again(browser: Browser, office: Office) -> None:
    answer = browser.client.get("/organisations?q=示例")
    assert answer.status_code == 302
    assert str(answer.location).startswith("/sign-in?next=/organisations?q%3D")


def test_a_stranger_who_posts_is_not_brought_back_to_the_post(browser: Browser, office: Office) -> None:
    assert browser.client.post("/sign-out").location == "/sign-in"


def test_a_role_that_is_not_admitted_is_forbidden(browser: Browser, office: Office) -> None:
    browser.sign_in("enterprise")
    browser.open("/accounts", expect=403)


def test_one_of_several_roles_is_enough(browser: Browser, office: Office) -> None:
    browser.sign_in("admin")
    browser.open("/accounts")


def test_an_unknown_address_is_not_found_for_anyone(browser: Browser, office: Office) -> None:
    browser.open("/no-such-page", expect=404)
    browser.sign_in("admin")
    browser.open("/no-such-page", expect=404)
