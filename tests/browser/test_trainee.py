"""A trainee on a phone: a code by message, then hours, claim, money and certificates."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Opens, Walks
from tests.browser.walking import PHONE, Visitor, visiting
from tests.browser.world import TRAINEE, World

EXPECTED = {"certificates.download", "desk.me", "desk.mine", "desk.my_attendance", "desk.my_certificates"}


@pytest.fixture(scope="module")
def trainee(chromium: Browser, base: str, world: World) -> Iterator[Visitor]:
    """A trainee who signed in on a phone; once, for codes are not sent twice a minute."""
    with visiting(chromium, base, world) as visitor, visiting(chromium, base, world) as inbox:
        visitor.page.set_viewport_size(PHONE)
        visitor.open("/m/sign-in")
        visitor.page.get_by_label("身份证号").fill(world.trainee_id_number())
        visitor.press("获取验证码")
        visitor.page.get_by_label("短信验证码").wait_for()
        visitor.expect_usable()
        inbox.open("/dev/inbox")
        code = re.search(r"验证码是 (\d{6})", inbox.page.inner_text("main"))
        assert code is not None
        inbox.expect_usable()
        visitor.page.get_by_label("短信验证码").fill(code.group(1))
        visitor.press("登录")
        visitor.page.wait_for_url(f"{base}/m")
        yield visitor


def test_every_page_is_usable_on_a_phone(trainee: Visitor, walker: Walks) -> None:
    expect(trainee.page.get_by_text(f"{TRAINEE}，您好")).to_be_visible()
    assert walker(trainee).walk("/m") >= EXPECTED


def test_a_certificate_is_downloaded_and_what_it_says_is_verified(trainee: Visitor, window: Opens) -> None:
    trainee.open("/m/certificates")
    link = trainee.page.get_by_role("link", name="下载").first
    with trainee.page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-1.7")
    number = re.findall(r"/certificates/(\d+)", str(link.get_attribute("href")))[0]
    firm = window("qiye")
    firm.open(f"/certificates/{number}")
    address = str(firm.page.get_by_role("link", name="打开公众查验页").get_attribute("href"))
    stranger = window()
    stranger.open(address[address.index("/v/") :])
    expect(stranger.page.get_by_text("有效", exact=True).first).to_be_visible()
    stranger.expect_usable()
