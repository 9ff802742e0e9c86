"""The acceptance officer: takes filings and claims in, returns them, compares with other departments' lists."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.states import CohortState

EXPECTED = {
    "claims.attest",
    "claims.attest_person",
    "claims.index",
    "claims.line",
    "claims.move",
    "claims.show",
    "cohorts.index",
    "cohorts.show",
    "notices.index",
    "people.organisations",
    "people.register",
}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    own = (world.cohort(CohortState.SUBMITTED), world.claim(ClaimState.SUBMITTED))
    assert walker(window("shouli")).walk("/desk", *own) >= EXPECTED


def test_returning_a_claim_asks_for_the_reason(window: Opens, world: World) -> None:
    officer = window("shouli")
    officer.open(world.claim(ClaimState.SUBMITTED))
    officer.page.get_by_role("main").get_by_role("link", name="退回补正").click()
    officer.page.get_by_label("意见或理由").fill("")
    officer.press("退回补正")
    officer.page.get_by_text("请写明理由，对方会看到。").first.wait_for()
    officer.troubles.clear()  # the browser notes the 422 that carries the answer
    officer.expect_usable()
