"""A training institution's operator: plans and marks sessions, enters results."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from trainingadmin.cohorts.states import CohortState

EXPECTED = {
    "attendance.index",
    "attendance.register",
    "attendance.sessions",
    "attendance.show",
    "cohorts.index",
    "cohorts.results",
    "cohorts.show",
    "people.organisation",
}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    running = world.cohort(CohortState.APPROVED)
    assert walker(window("jigou")).walk("/desk", running, f"{running}/results", own={"attendance.register"}) >= EXPECTED
