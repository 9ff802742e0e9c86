"""A form sent after the session ended waits on a page until its sender has signed in again."""

from __future__ import annotations

import pytest

from tests.client import PASSWORD, Browser, Page, values_of
from tests.cohorts import stage
from tests.factories import Office
from trainingadmin.plumbing.idempotency import CARRIED

REASON = "名册第 3 行姓名与身份证不符，请更正"


def signed_out(browser: Browser) -> None:
    """Let the session end while the browser keeps its page."""
    browser.client.delete_cookie("signin")


@pytest.fixture
def kept(browser: Browser, office: Office) -> Page:
    """The page on which waits why an officer returns a filing: their session ended while they typed."""
    cohort = stage.submitted_cohort(office)
    browser.sign_in("acceptance")
    page = browser.open(f"/cohorts/{cohort.id}")
    signed_out(browser)
    kept = browser.submit(page, f"/cohorts/{cohort.id}/move", note=REASON, move="return", expect=401)
    assert kept.said("登录已经结束")
    assert kept.said("没有办理")
    return kept


def test_what_was_typed_is_sent_again_after_signing_in(browser: Browser, kept: Page) -> None:
    browser.sign_in("acceptance")
    done = browser.submit(kept, "/move")
    assert done.said(REASON)
    assert done.said("待补正")


def test_sent_again_and_again_it_is_carried_out_once(browser: Browser, kept: Page) -> None:
    browser.sign_in("acceptance")
    first = browser.submit(kept, "/move")
    assert browser.submit(kept, "/move").text.count(REASON) == first.text.count(REASON), "not refused, not done again"


def test_no_link_on_the_page_throws_away_what_waits_there(kept: Page) -> None:
    assert "/language/" not in kept.text


@pytest.mark.parametrize(
    ("origin", "status"), [("http://localhost", 401), ("https://evil.example", 400), ("null", 400), (None, 400)]
)
def test_a_browser_that_lost_its_cookies_keeps_what_was_typed_on_pages_of_ours(
    browser: Browser, office: Office, origin: str | None, status: int
) -> None:
    cohort = stage.submitted_cohort(office)
    browser.app.config["WTF_CSRF_ENABLED"] = True
    headers = {"Origin": origin} if origin else {}
    answer = browser.client.post(f"/cohorts/{cohort.id}/move", data={"note": REASON, "move": "return"}, headers=headers)
    assert (answer.status_code, REASON in answer.text) == (status, status == 401)


def test_who_is_signed_in_is_not_asked_to_sign_in_for_a_form_that_lacks_its_token(
    browser: Browser, office: Office
) -> None:
    browser.sign_in("acceptance")
    browser.app.config["WTF_CSRF_ENABLED"] = True
    headers = {"Origin": "http://localhost"}
    assert browser.client.post("/cohorts/1/move", data={"note": REASON}, headers=headers).status_code == 400


def test_a_trainee_signs_in_where_trainees_do(browser: Browser, office: Office) -> None:
    assert browser.client.get("/m/claims/1").location == "/m/sign-in?next=/m/claims/1"
    page = browser.post("/m/applications/account", {"payee_bank": "示例银行"}, expect=401)
    assert 'href="/m/sign-in"' in page.text


def test_whoever_may_not_do_it_cannot_by_signing_in_instead(browser: Browser, kept: Page) -> None:
    browser.sign_in("other_enterprise")
    browser.submit(kept, "/move", expect=404)


def test_a_long_form_waits_whole(browser: Browser, office: Office) -> None:
    fields = {f"seen-{number}": "on" for number in range(600)}
    page = browser.post("/attendance/1/sessions/1", fields, expect=401)
    assert set(fields) <= values_of(page.form("/sessions/1")).keys()


def test_of_a_form_without_end_nothing_waits(browser: Browser, office: Office) -> None:
    fields = {f"n{number}": "" for number in range(CARRIED + 1)}
    assert browser.post("/attendance/1/sessions/1", fields, expect=413).said("没有任何内容被保存")


def test_a_file_is_not_kept_and_it_is_said(browser: Browser, office: Office) -> None:
    cohort = stage.draft_cohort(office)
    browser.sign_in("enterprise")
    form = browser.open(f"/cohorts/{cohort.id}/roster")
    signed_out(browser)
    page = browser.submit(form, "/roster", sheet=(b"PK", "花名册.xlsx"), expect=401)
    assert page.said("文件没有保留")
    assert not page.said("重新提交")


def test_a_password_waits_nowhere(browser: Browser, office: Office) -> None:
    browser.sign_in("acceptance")
    form = browser.open("/password")
    signed_out(browser)
    page = browser.submit(form, "", current=PASSWORD, new="another-long-secret")
    assert page.response.request.path == "/sign-in"
    assert "another-long-secret" not in page.text


def test_a_button_with_nothing_typed_leads_to_sign_in(browser: Browser, office: Office) -> None:
    assert browser.client.post("/sign-out").location == "/sign-in"
