"""Signing in safely: the pages of the second factor, and the question before weighty acts."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from trainingadmin.demo.bureau import PASSWORD

OWN = {"people.security", "people.prove", "people.enrol", "people.recovery_codes", "people.show_factor"}


def test_every_page_is_usable(window: Opens, walker: Walks) -> None:
    auditor = window("ducha")
    auditor.open("/security")
    auditor.press("开始设置")
    auditor.page.get_by_text("第二步：输入应用显示的动态码").wait_for()
    walked = walker(auditor).walk(
        "/security", "/security/app", "/security/recovery-codes", "/prove", "/sign-in/code", own=OWN
    )
    assert "people.password" in walked


def test_a_wrong_code_is_told_beside_the_field_and_the_right_password_goes_on(window: Opens) -> None:
    auditor = window("ducha")
    auditor.open("/prove?next=/claims/")
    auditor.page.get_by_label("密码").fill("wrong")
    auditor.press("验证并继续")
    auditor.page.locator(".field-error").get_by_text("密码不正确").wait_for()
    auditor.troubles.clear()  # the browser notes the 422 itself
    auditor.page.get_by_label("密码").fill(PASSWORD)
    auditor.press("验证并继续")
    auditor.page.wait_for_url(f"{auditor.base}/claims/")
    assert auditor.troubles == []
