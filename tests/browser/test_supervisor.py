"""The supervisor of the whole city: sees everything, moves nothing."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.states import CohortState

EXPECTED = {"certificates.index", "claims.show", "cohorts.show", "notices.show", "ledger.index", "payments.show"}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    supervisor = window("ducha")
    assert walker(supervisor).walk("/desk", world.claim(ClaimState.SUBMITTED)) >= EXPECTED
    for path in (world.claim(ClaimState.SUBMITTED), world.cohort(CohortState.SUBMITTED)):
        supervisor.open(path)
        assert supervisor.page.locator("main button[name=move]").count() == 0, path
