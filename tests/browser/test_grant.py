"""A founder on a phone: may I claim the grant, from when on, and remind me then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.walking import PHONE, Visitor, visiting
from tests.browser.world import World
from trainingadmin.plumbing import clock


@pytest.fixture(scope="module")
def founder(chromium: Browser, base: str, world: World) -> Iterator[Visitor]:
    """A person who signed in on a phone of 390 pixels."""
    with visiting(chromium, base, world) as visitor, visiting(chromium, base, world) as inbox:
        visitor.page.set_viewport_size(PHONE)
        visitor.open("/m/sign-in")
        visitor.sign_in_by_code(world.trainee_id_number(), inbox)
        visitor.page.wait_for_url(f"{base}/m")
        yield visitor


def test_a_founder_reads_the_first_possible_day_and_takes_the_letter_away(founder: Visitor) -> None:
    page = founder.page
    page.get_by_role("link", name="一次性创业补贴").click()
    page.get_by_label("登记日期").fill(clock.today().isoformat())
    page.get_by_label("经营主体类型").select_option("个体工商户")
    page.get_by_label("返乡入乡").check()
    founder.expect_usable()
    founder.press("查看条件")
    expect(page.get_by_text("可以申请").first).to_be_visible()
    founder.expect_usable()
    founder.press("到时提醒我")
    expect(page.get_by_text("到时会发短信提醒您。")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载一次性告知书").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
