"""The approver: decides claims, posts notices, sees what follows."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from trainingadmin.claims.states import ClaimState

EXPECTED = {
    "certificates.index",
    "claims.show",
    "notices.board",
    "notices.index",
    "notices.publish",
    "notices.show",
    "payments.index",
    "payments.show",
}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    walked = walker(window("shenpi")).walk("/desk", world.claim(ClaimState.REVIEWED), own={"certificates.show"})
    assert walked >= EXPECTED


def test_refusing_asks_for_the_reason_first(window: Opens, world: World) -> None:
    approver = window("shenpi")
    approver.open(world.claim(ClaimState.REVIEWED))
    approver.page.get_by_role("main").get_by_role("link", name="审批不同意").click()
    approver.expect_usable()
