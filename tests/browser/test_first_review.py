"""The first reviewer: filings, claims, changes, objections."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.states import CohortState

EXPECTED = {"claims.line", "claims.line_move", "claims.show", "cohorts.show", "notices.decide", "notices.show"}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    own = (world.cohort(CohortState.ACCEPTED), world.claim(ClaimState.ACCEPTED))
    assert walker(window("chushen")).walk("/desk", *own, own={"notices.show"}) >= EXPECTED


def test_a_button_one_may_not_press_says_why_and_who_can(window: Opens, world: World) -> None:
    reviewer = window("chushen")
    reviewer.open(world.claim(ClaimState.SUBMITTED))
    button = reviewer.page.get_by_role("button", name="受理", exact=True)
    assert button.is_disabled()
    assert "可由受理岗办理" in reviewer.page.inner_text(f"#{button.get_attribute('aria-describedby')}")
