"""Anybody with a phone: notices, objections, certificates, the way in."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Opens, Walks
from tests.browser.walking import PHONE

EXPECTED = {"notices.board", "notices.object_to", "notices.read", "people.ask_code"}


def test_every_page_is_usable(window: Opens, walker: Walks) -> None:
    own = {"notices.board", "notices.read", "people.ask_code"}
    walked = walker(window()).walk("/public/notices", "/v", "/sign-in", "/m/sign-in", own=own)
    assert walked >= EXPECTED


@pytest.mark.parametrize("path", ["/nowhere", "/claims/999999", "/v/BF-1/forged"])
def test_a_page_that_is_not_there_says_what_to_do_next(window: Opens, path: str) -> None:
    stranger = window()
    stranger.page.goto(stranger.base + path)
    stranger.troubles.clear()  # the browser notes the 404 itself
    stranger.expect_usable()


def test_an_objection_is_taken_and_acknowledged_on_a_phone(window: Opens) -> None:
    citizen = window()
    citizen.page.set_viewport_size(PHONE)
    citizen.open("/public/notices")
    citizen.page.get_by_role("main").get_by_role("link").first.click()
    citizen.page.get_by_role("link", name="我有异议").click()
    citizen.page.get_by_label("名单序号").fill("1")
    citizen.page.get_by_label("反映的情况").fill("此人开课时在外地工作，没有参加培训。")
    citizen.page.get_by_label("您的姓名").fill("示例群众")
    citizen.page.get_by_label("联系方式").fill("0835-0000001")
    citizen.press("提交")
    citizen.page.get_by_text("已收到，受理编号").wait_for()
    citizen.expect_usable()
