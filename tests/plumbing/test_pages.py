"""What every page shares: forms that explain refusals, paging, headers, and errors that say what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask, abort, render_template_string
from psycopg import errors
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from tests.client import Browser
from tests.client import Page as Answer
from tests.factories import Office
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people.models import Account
from trainingadmin.plumbing import clock, pages, paging, transaction
from trainingadmin.plumbing.database import db

READ, WRITE = "/healthz", "/m/sign-in/code"


def parse(text: str) -> None:
    if text == "malformed":
        raise Malformed("id-length", "身份证号应为 18 位。")


class NameForm(pages.Form):
    name = StringField("名称", validators=[InputRequired("请填写名称。"), pages.reads(parse)])


def sent(app: Flask, act: Callable[[], object] = lambda: None, method: str = "POST", **fields: str) -> NameForm:
    """Send a form and carry it out."""
    with app.test_request_context("/", method=method, data=MultiDict(fields) if method == "POST" else None):
        form = NameForm()
        form.done = form.carries_out(act)
        return form


@pytest.fixture
def serve(app: Flask) -> Callable[..., Answer]:
    """Let GET /healthz or POST /m/sign-in/code do `view`, and return the answer as a page."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def call(view: Callable[[], Any], path: str = WRITE) -> Answer:
        app.view_functions["health.alive" if path == READ else "people.enter_code"] = view
        client = app.test_client()
        return Answer(client.get(path) if path == READ else client.post(path))

    return call


# Forms -----------------------------------------------------------------------------------------------------------------


def test_a_form_is_carried_out_when_it_is_valid(app: Flask) -> None:
    acts: list[str] = []
    form = sent(app, lambda: acts.append("done"), name="某公司")
    assert (form.done, acts) == (True, ["done"])


def test_a_form_that_is_only_looked_at_does_nothing(app: Flask) -> None:
    form = sent(app, lambda: pytest.fail("acted"), method="GET")
    assert (form.done, form.status) == (False, 200)


def test_an_invalid_form_does_nothing_and_says_why_beside_the_field(app: Flask) -> None:
    form = sent(app, lambda: pytest.fail("acted"), name="")
    assert (form.done, form.status, form.name.errors) == (False, 422, ["请填写名称。"])


def test_a_field_that_cannot_be_read_says_why(app: Flask) -> None:
    assert sent(app, name="malformed").name.errors == ["身份证号应为 18 位。"]


def refuse(**kwargs: Any) -> Callable[[], object]:
    def act() -> None:
        raise Refusal("short", "还差 %(n)s 课时，因为%(why)s", n=3, why="请填写名称。", **kwargs)

    return act


def test_a_refusal_stands_beside_its_field(app: Flask) -> None:
    form = sent(app, refuse(field="name"), name="某公司")
    assert (form.done, form.status) == (False, 422)
    assert form.name.errors == ("还差 3 课时，因为请填写名称。",)


def test_a_refusal_without_a_field_of_ours_stands_above_the_form(app: Flask) -> None:
    for other in ({}, {"field": "elsewhere"}):
        form = sent(app, refuse(**other), name="某公司")
        assert form.form_errors == ["还差 3 课时，因为请填写名称。"]
        assert not form.name.errors


def test_a_refused_action_leaves_nothing(app: Flask, office: Office) -> None:
    account = office.accounts["acceptance"]

    def act() -> None:
        account.name = "改名"
        db.session.flush()
        raise Refusal("no", "不行。")

    with transaction.unit():
        assert not sent(app, act, name="某公司").done
    assert db.session.get_one(Account, account.id).name == "acceptance"


# Paging ----------------------------------------------------------------------------------------------------------------


def page(app: Flask, address: str, **kwargs: Any) -> paging.Page[Any]:
    with app.test_request_context(address):
        return paging.page_of(select(Account.login).order_by(Account.login), **kwargs)


def test_a_list_is_cut_into_pages_that_keep_the_filters(app: Flask, office: Office) -> None:
    found = page(app, "/accounts?q=示&page=2&state=a", size=4)
    assert (len(found.rows), found.number, found.size, found.total) == (4, 2, 4, len(office.accounts))
    assert found.last == -(-len(office.accounts) // 4)
    with app.test_request_context("/accounts?q=示&page=2&state=a"):
        assert found.href(3) == "/accounts?q=%E7%A4%BA&state=a&page=3"


@pytest.mark.parametrize(
    ("asked", "shown"), [("0", 1), ("-3", 1), ("x", 1), ("", 1), ("99", 4), ("9" * 30, 4), ("9" * 5000, 1)]
)
def test_a_page_that_is_not_there_is_the_nearest_one(app: Flask, office: Office, asked: str, shown: int) -> None:
    assert page(app, f"/accounts?page={asked}", size=4).number == shown


def test_an_empty_list_has_one_page(app: Flask) -> None:
    found = page(app, "/accounts?page=7")
    assert (found.number, found.last, found.total, list(found.rows)) == (1, 1, 0, [])


# Errors ----------------------------------------------------------------------------------------------------------------

HEADINGS = {
    400: "请求有误", 403: "没有权限", 404: "找不到", 405: "", 409: "内容已经变了", 413: "", 422: "", 429: "", 500: "系统出了问题",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(HEADINGS))
def test_an_error_says_what_happened_and_what_to_do_next(serve: Callable[..., Answer], code: int) -> None:
    answer = serve(lambda: abort(code))
    assert answer.status == code
    assert answer.said("接下来可以")
    assert answer.tree is not None
    assert len(list(answer.tree.iter("li"))) >= 1


def test_an_error_without_a_page_of_its_own_keeps_its_status(serve: Callable[..., Answer]) -> None:
    assert serve(lambda: abort(418)).status == 418


def test_a_refusal_outside_a_form_is_explained(serve: Callable[..., Answer]) -> None:
    answer = serve(refuse())
    assert (answer.status, answer.said("还差 3 课时")) == (422, True)


def raising(error: Exception) -> Callable[[], Any]:
    def view() -> Any:
        raise error

    return view


@pytest.mark.parametrize(
    "error", [StaleDataError("x"), OperationalError("SELECT", {}, errors.LockNotAvailable("canceling statement"))]
)
def test_whoever_was_slower_is_told_to_look_again(serve: Callable[..., Answer], error: Exception) -> None:
    answer = serve(raising(error))
    assert (answer.status, answer.said("内容已经变了")) == (409, True)


def test_who_was_slower_is_told_so_also_at_the_commit(serve: Callable[..., Answer]) -> None:
    def view() -> str:
        transaction.before_commit(raising(StaleDataError("x")))
        return "done"

    assert serve(view).status == 409


@pytest.mark.parametrize(
    "error", [RuntimeError("secret detail"), OperationalError("SELECT 1", {}, Exception("secret detail"))]
)
def test_what_is_broken_is_logged_and_not_shown(
    serve: Callable[..., Answer], caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    answer = serve(raising(error))
    assert answer.status == 500
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


# What people and robots send -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/public/notices/%00", "/v/%00/x"])
def test_a_nul_character_in_an_address_is_refused(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 400


def test_a_nul_character_in_a_form_is_refused(app: Flask, office: Office) -> None:
    assert app.test_client().post("/sign-in", data={"login": "a\0b", "password": "x"}).status_code == 400


def test_a_number_that_no_database_could_hold_is_no_row(browser: Browser, office: Office) -> None:
    browser.sign_in("acceptance")
    for number in (2**31, 2**63, 10**40):
        browser.open(f"/organisations/{number}", expect=404)
    browser.open(f"/organisations/{2**31 - 1}", expect=404)


# Headers, language, filters --------------------------------------------------------------------------------------------


def test_every_answer_forbids_foreign_scripts_and_frames_and_caching(app: Flask) -> None:
    headers = app.test_client().get("/sign-in").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert headers["Cache-Control"] == "no-store"


def test_a_file_of_ours_is_asked_for_once_a_version(app: Flask) -> None:
    version = app.config["STATIC_VERSION"]
    assert f"/static/css/phone.css?v={version}" in app.test_client().get("/sign-in").text
    kept = {asked: _cached(app, f"/static/css/phone.css{asked}") for asked in (f"?v={version}", "", "?v=", "?v=old")}
    assert kept.pop(f"?v={version}") == "public, max-age=31536000, immutable"
    assert set(kept.values()) == {"no-cache"}


def _cached(app: Flask, address: str) -> str:
    with app.test_client().get(address, buffered=True) as answer:
        return answer.headers["Cache-Control"]


def test_files_are_saved_and_never_shown_or_kept(app: Flask) -> None:
    with app.test_request_context():
        headers = pages.download(b"x", "花名册.xlsx", pages.XLSX).headers
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E8%8A%B1" in headers["Content-Disposition"]
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["花名册.xlsx", 'a"b\\c.pdf', "a\r\nSet-Cookie: x.pdf", "x.pdf"])
def test_any_name_of_a_file_goes_through_a_real_server(app: Flask, name: str) -> None:
    with app.test_request_context():
        sent = pages.download(b"x", name, pages.XLSX).headers["Content-Disposition"]
    assert sent.encode("latin-1").isascii()
    assert "\n" not in sent


def fresh(browser: Browser, path: str, expect: int = 200) -> Answer:
    """Open a page in a context of its own, as a server does: the language is remembered by context."""
    with browser.app.app_context():
        return browser.open(path, expect=expect)


def test_chinese_is_the_language_until_another_is_chosen(browser: Browser) -> None:
    assert fresh(browser, "/sign-in").said("登录")
    assert fresh(browser, "/language/en?next=/sign-in").said("Sign in")
    tree = fresh(browser, "/sign-in").tree
    assert tree is not None
    assert tree.get("lang") == "en"
    assert fresh(browser, "/language/zh_CN?next=/sign-in").said("登录")
    fresh(browser, "/language/xx", expect=404)


def test_the_language_does_not_lead_elsewhere(browser: Browser) -> None:
    for outside in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        assert browser.client.get("/language/en", query_string={"next": outside}).location == "/"


SHOWN = [
    ("{{ x|money }}", Money(123456789), "1,234,567.89"),
    ("{{ x|money }}", None, "—"),
    ("{{ x|yuan }}", Money.yuan(8000), "¥8,000.00"),
    ("{{ x|grouped }}", "8000.00", "8,000.00"),
    ("{{ x|masked_id }}", "511824198506010012", "511824********0012"),
    ("{{ x|masked_id }}", "", ""),
    ("{{ x|when }}", datetime(2022, 6, 27, 9, 5, tzinfo=clock.LOCAL), "2022-06-27 09:05"),
    ("{{ x|when }}", None, ""),
    ("{{ x|day }}", datetime(2022, 6, 27, 23, 59, tzinfo=clock.LOCAL), "2022-06-27"),
    ("{{ x|day }}", date(2022, 6, 27), "2022-06-27"),
    ("{{ x|day }}", None, ""),
    ("{{ x|percent(3) }}", 2, "66.6%"),
    ("{{ x|percent(0) }}", 2, "—"),
    ("{{ x|t }}", "", ""),
]


def test_values_are_shown_as_people_read_them(app: Flask) -> None:
    with app.test_request_context():
        for written, value, shown in SHOWN:
            assert render_template_string(written, x=value) == shown


class ChoiceForm(pages.Form):
    always = SelectField("必选其一", choices=[SelectChoice("a", "甲"), SelectChoice("b", "乙")])
    perhaps = SelectField("可以不选", choices=[SelectChoice("", "不选"), SelectChoice("a", "甲")])


@pytest.mark.parametrize(("name", "optional"), [("always", False), ("perhaps", True)])
def test_a_list_is_marked_optional_only_where_nothing_can_be_chosen(app: Flask, name: str, optional: bool) -> None:
    page = """{% from "components/field.html" import field %}{{ field(form[name]) }}"""
    with app.test_request_context("/"):
        assert ("选填" in render_template_string(page, form=ChoiceForm(), name=name)) is optional
