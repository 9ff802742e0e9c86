"""A number is changed: drafted, simulated, put into force by a second person; an open claim changes and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from tests.browser import axe
from tests.browser.walking import DESK
from tests.claims import small
from tests.client import PASSWORD
from tests.factories import Office
from tests.reforms import stage
from tests.servers import web_server
from trainingadmin.claims import replay
from trainingadmin.claims.models import Claim
from trainingadmin.claims.queries import assessments, intact
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import PolicyVersion
from trainingadmin.reforms import jobs
from trainingadmin.reforms.models import Simulation

SignsIn = Callable[[str], Page]


@pytest.fixture
def signs_in(chromium: Browser, app: Flask) -> Iterator[SignsIn]:
    """Open a window of this test's own bureau in which somebody signed in."""
    settings = app.config["SETTINGS"]
    env = {
        "TRAININGADMIN_VAR": str(settings.var), "TRAININGADMIN_DEMO": "1", "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }  # fmt: skip
    with web_server(env) as web, ExitStack() as stack:

        def opened(login: str) -> Page:
            context = chromium.new_context(viewport=DESK, locale="zh-CN", base_url=web.url)
            stack.callback(context.close)
            page = context.new_page()
            page.goto("/sign-in")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url("**/desk")
            return page

        yield opened


def draft(page: Page) -> None:
    """Write the draft, first with mistakes that come back beside their fields."""
    page.get_by_role("link", name="政策版本").first.click()
    page.get_by_role("link", name="起草新版本").first.click()
    page.fill("#code", "YA-2022")
    page.fill("#valid_from", "2021-06-08")
    page.fill("#document", stage.DOCUMENT)
    page.fill("#attendance_percent", "180")
    page.get_by_role("button", name="保存草案").click()
    assert "不可能的数值：应为 0 至 100 的整数。" in page.inner_text("#attendance_percent-error")
    page.fill("#attendance_percent", "80")
    page.get_by_role("button", name="保存草案").click()
    assert "与版本 NAT-2021（自 2021-06-08 起施行）重叠" in page.inner_text("#valid_from-error")
    page.fill("#valid_from", "2022-01-01")
    page.fill("#annual_rate_3", "5000")
    page.get_by_role("button", name="保存草案").click()
    assert "请写明新的依据" in page.inner_text("#annual_rate_citation-error")
    page.fill("#annual_rate_citation", stage.DOCUMENT)
    page.set_input_files("#scan", {"name": "雅人社发.pdf", "mimeType": "application/pdf", "buffer": stage.PDF.data})
    page.get_by_role("button", name="保存草案").click()
    page.wait_for_url("**/reforms/drafts/*")
    assert "（三级） 6 000 → 5 000 元/人·年，自 2022-01-01 起，按备案日期" in page.inner_text("main").replace(
        "\u00a0", " "
    )
    assert not axe.violations(page)


def simulate(page: Page) -> None:
    """Begin the simulation, see it wait, let the workers work, and read what it found."""
    page.get_by_role("button", name="试算", exact=True).click()
    page.wait_for_url("**/reforms/simulations/*")
    assert "可以离开这一页" in page.inner_text("main")
    with transaction.unit(reads=True):
        (simulation_id,) = db.session.scalars(select(Simulation.id)).all()
    jobs.simulate(simulation_id)
    page.reload()
    text = page.inner_text("main")
    assert "试算完成" in text
    assert "3 人减少" in text
    assert "-6,000.00" in text
    assert not axe.violations(page)
    page.get_by_role("link", name="逐人前后对照").click()
    assert "共 6 人有变化" in page.inner_text("main")
    assert not axe.violations(page)


def test_a_number_is_changed_simulated_and_in_force_and_an_open_claim_says_why(
    office: Office, signs_in: SignsIn
) -> None:
    stage.maintainers(office)
    paid = small.walked(office, stage.cohort_after(office, first=50), until="approve").id
    claim_id = stage.open_claim(office).id
    db.session.rollback()  # what was read here must not keep the server from writing
    drafter, second = signs_in("policy"), signs_in("policy2")
    draft(drafter)
    address = drafter.url
    second.goto(address)
    assert "还没有对这一稿做过完整的试算" in second.inner_text("main")
    drafter.get_by_role("button", name="提请施行").click()
    drafter.wait_for_selector("text=待批准施行")
    assert "您已办理过本件的其他环节，须由另一人办理。" in drafter.inner_text("main")
    simulate(drafter)

    second.goto(address)
    second.get_by_role("link", name="批准施行").click()
    second.get_by_role("button", name="批准施行").click()
    second.wait_for_selector("text=已施行的版本")
    with transaction.unit(reads=True):
        version_id = db.session.scalars(select(PolicyVersion.id).where(PolicyVersion.code == "YA-2022")).one()
    with clock.at(stage.DRAFTED_ON):
        jobs.reassess(version_id)

    officer = signs_in("first_review")
    officer.goto(f"/claims/{claim_id}")
    text = officer.inner_text("main")
    assert "政策调整，重新核验" in text
    assert f"新版本 YA-2022（{stage.DOCUMENT}）替代 NAT-2021：3 人重新核验，3 人的结论或金额有变化。" in text
    assert "30,000.00" in text
    second.goto(second.get_by_role("link", name="已施行的版本").get_attribute("href") or "")
    assert "全部完成" in second.inner_text("main")
    stays(paid)


def stays(claim_id: int) -> None:
    """What was approved before stays under its version, and every judgement, old and new, comes out the same again."""
    with transaction.unit(reads=True):
        claim = db.session.get_one(Claim, claim_id, populate_existing=True)
        assert (claim.policy_code, claim.entitlement) == ("NAT-2021", Money.yuan(36000))
        for line in claim.lines:
            latest = assessments(line.id)[0].assessment
            assert latest.policy_code == "NAT-2021"
            assert intact(latest)
        replayed = list(replay.every())
    assert {one.policy for one in replayed} == {"NAT-2021", "YA-2022"}
    assert [one for one in replayed if not one.matches] == []
