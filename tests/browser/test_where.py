"""Where the money is, told alike to the firm at its desk, to the officer and, for their own part, to the trainee on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Opens
from tests.browser.walking import PHONE, Visitor, visiting
from tests.browser.world import World
from trainingadmin.claims.states import ClaimState


def told(visitor: Visitor) -> list[str]:
    """What the card says of each stage, names of officers left out."""
    stages = visitor.page.locator("ol.where > li").all_inner_texts()
    return [re.sub(r"（[^）]*）|\s+", "", stage) for stage in stages]


def test_the_firm_and_the_officer_read_the_same_stages(window: Opens, world: World) -> None:
    claim = world.claim(ClaimState.CHECKED)
    firm, officer = window("qiye"), window("fushen")
    for visitor in (firm, officer):
        visitor.open(claim)
        expect(visitor.page.locator("ol.where > li")).to_have_count(8)
        expect(visitor.page.locator("ol.where > li[aria-current=step]")).to_contain_text("复审")
        visitor.expect_usable()
    assert told(firm) == told(officer)
    assert "李晓梅" in officer.page.locator("ol.where").inner_text()
    assert "李晓梅" not in firm.page.locator("ol.where").inner_text()


def test_the_desk_of_a_firm_leads_to_each_claim_under_way_on_a_phone_too(window: Opens, world: World) -> None:
    firm = window("qiye")
    firm.page.set_viewport_size(PHONE)
    firm.open("/desk")
    expect(firm.page.locator(".where-brief").first).to_be_visible()
    firm.expect_usable()
    firm.page.get_by_role("heading", name="钱到哪一步了").locator("xpath=ancestor::section").get_by_role(
        "link"
    ).first.click()
    expect(firm.page.locator("ol.where")).to_be_visible()


def test_a_trainee_reads_where_their_own_part_is(chromium: Browser, base: str, world: World) -> None:
    with visiting(chromium, base, world) as visitor, visiting(chromium, base, world) as inbox:
        visitor.page.set_viewport_size(PHONE)
        visitor.open("/m/sign-in")
        visitor.sign_in_by_code(world.trainee_id_number(), inbox)
        visitor.page.wait_for_url(f"{base}/m")
        expect(visitor.page.locator(".where-brief").first).to_be_visible()
        visitor.page.get_by_role("link", name="我的这一份").first.click()
        expect(visitor.page.locator("ol.where > li")).to_have_count(8)
        visitor.expect_usable()


def test_the_supervisor_goes_from_the_count_to_what_is_late(window: Opens) -> None:
    supervisor = window("ducha")
    supervisor.open("/desk")
    supervisor.page.locator("a[href*='/desk/overdue/']").first.click()
    expect(supervisor.page.get_by_role("heading", level=1)).to_contain_text("超期")
    supervisor.expect_usable()
