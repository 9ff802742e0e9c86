"""Getting money back in the browser: 24 000 yuan of a cohort of thirty with twelve certified, repaid in two parts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.walking import DESK, PHONE, Visitor, in_english, visiting
from tests.browser.world import World
from tests.client import PASSWORD
from tests.conftest import DATABASE, _copy_database, _settings
from tests.factories import Office
from tests.payments import stage as payments
from tests.recoveries.stage import SLIP
from tests.servers import web_server
from trainingadmin.app import create_app
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def bureau(
    chromium: Browser, template: tuple[Path, str], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[World, Browser, str]]:
    """A bureau where 24 000 yuan have to come back, its server and a browser."""
    folder, source = template
    (tmp_path / "keys").symlink_to(folder / "keys")
    url = f"sqlite:///{tmp_path / 'recovery.db'}"
    if DATABASE == "sqlite":
        (tmp_path / "recovery.db").write_bytes((folder / "template.db").read_bytes())
    else:
        url = _copy_database(request.getfixturevalue("postgres_url"), "recovery", source)
    app = create_app(_settings(tmp_path, url))
    with app.app_context():
        with transaction.unit():
            office = Office.open()
        payments.prepaid_claim(office, 30, uncertified=range(13, 31))
        payments.plan()
        db.session.remove()
    env = {
        "TRAININGADMIN_VAR": str(tmp_path),
        "TRAININGADMIN_DEMO": "1",
        "DATABASE_URL": url,
        "REDIS_URL": "unix:///no",
    }
    with web_server(env) as web:
        yield World(app), chromium, web.url
    with app.app_context():
        db.engine.dispose()


def entered(visitor: Visitor, login: str, path: str) -> None:
    """Sign in at this window and open a page."""
    visitor.page.context.clear_cookies()
    visitor.open("/sign-in")
    visitor.page.fill("#login", login)
    visitor.page.fill("#password", PASSWORD)
    visitor.press("登录")
    visitor.page.wait_for_url(f"{visitor.base}/desk")
    visitor.open(path)


def repaid(visitor: Visitor, order: str, amount: str, reference: str) -> None:
    """Record money by its slip, and let the checker confirm it."""
    entered(visitor, "preparer", order)
    visitor.page.get_by_role("link", name="登记退款").click()
    visitor.expect_usable()
    visitor.page.get_by_label("到账金额").fill(amount)
    visitor.page.get_by_label("到账日期").fill("2022-07-12")
    visitor.page.get_by_label("银行流水号").fill(reference)
    visitor.page.locator("input[type=file]").set_input_files(
        {"name": "slip.pdf", "mimeType": "application/pdf", "buffer": SLIP}
    )
    visitor.press("登记退款")
    entered(visitor, "checker", order)
    visitor.expect_usable()
    visitor.press("核对无误，入账")
    visitor.page.get_by_text("已办理：核对无误，入账。").wait_for()


def shoot(visitor: Visitor, folder: str) -> None:
    """Keep pictures of the open page in both sizes, for people to look at."""
    for size in (PHONE, DESK):
        visitor.page.set_viewport_size(size)
        name = visitor.path.strip("/").replace("/", "-")
        visitor.page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)


def test_24_000_yuan_are_ordered_back_and_returned_in_two_parts(bureau: tuple[World, Browser, str]) -> None:
    world, chromium, base = bureau
    with visiting(chromium, base, world) as visitor:
        entered(visitor, "preparer", "/desk")
        visitor.page.get_by_role("link", name="追回", exact=True).click()
        visitor.expect_usable()
        visitor.page.get_by_role("link", name="起草通知").click()
        visitor.expect_usable()
        assert "¥24,000.00" in visitor.page.inner_text("main")
        visitor.press("起草通知")
        visitor.page.get_by_text("等待另一人复核下达").wait_for()
        order = visitor.path
        entered(visitor, "checker", order)
        visitor.press("下达追回通知")
        visitor.page.get_by_role("dialog").get_by_role("button", name="确定").click()
        visitor.page.get_by_text("已办理：下达追回通知。").wait_for()
        repaid(visitor, order, "10000", "20220712-0001")
        entered(visitor, "preparer", order)
        with in_english(visitor) as english:
            for path in ("/recoveries/", order, f"{order}/repay", f"{order}/waive", f"{order}/set-off"):
                visitor.open(path)
                visitor.expect_usable()
                english.expect_english(path)
                if shots := os.environ.get("SHOTS"):
                    shoot(visitor, shots)
        repaid(visitor, order, "14000", "20220712-0002")
        assert "已追回" in visitor.page.inner_text("main")
        entered(visitor, "supervisor", "/ledger/")
        assert "不平衡" not in visitor.page.inner_text("main")
