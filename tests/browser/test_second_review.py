"""The second reviewer: a clean claim takes two clicks, and always shows why."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from trainingadmin.claims.states import ClaimState

EXPECTED = {"claims.index", "claims.line", "claims.show", "cohorts.show", "notices.index"}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    assert walker(window("fushen")).walk("/desk", world.claim(ClaimState.CHECKED)) >= EXPECTED


def test_a_clean_claim_is_passed_on_with_two_clicks(window: Opens, world: World) -> None:
    reviewer = window("fushen")
    reviewer.page.get_by_role("main").get_by_role("link", name="SL-").first.click()
    reviewer.press("复审通过")
    reviewer.page.get_by_text("已办理：复审通过。").wait_for()
    assert reviewer.path in {world.claim(ClaimState.REVIEWED), *map("/claims/{}".format, range(100))}
    assert reviewer.troubles == []
