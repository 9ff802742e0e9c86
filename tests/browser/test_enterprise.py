"""An enterprise's operator: filings, rosters, attendance, claims, the money's way."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from tests.sample_files import FOLDER, ROSTER_WITH_MISTAKES
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.states import CohortState

EXPECTED = {
    "attendance.groups",
    "attendance.index",
    "attendance.plan",
    "attendance.register",
    "attendance.sessions",
    "attendance.show",
    "attendance.upload",
    "certificates.index",
    "certificates.show",
    "claims.index",
    "claims.letter",
    "claims.line",
    "claims.move",
    "claims.precheck",
    "claims.show",
    "cohorts.changes",
    "cohorts.documents",
    "cohorts.edit",
    "cohorts.index",
    "cohorts.new",
    "cohorts.person",
    "cohorts.results",
    "cohorts.roster",
    "cohorts.show",
    "cohorts.upload",
    "desk.home",
    "payments.statement",
    "people.organisation",
    "people.password",
    "people.payee",
}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    draft = world.cohort(CohortState.DRAFT)
    own = (world.cohort(CohortState.APPROVED), world.claim(ClaimState.RETURNED), draft, f"{draft}/roster")
    assert walker(window("qiye")).walk("/desk", *own) >= EXPECTED


def test_a_roster_with_mistakes_is_answered_on_the_page(window: Opens, world: World) -> None:
    enterprise = window("qiye")
    enterprise.open(f"{world.cohort(CohortState.DRAFT)}/roster")
    enterprise.page.set_input_files("main input[type=file]", FOLDER / ROSTER_WITH_MISTAKES)
    enterprise.press("上传并检查")
    enterprise.page.get_by_text("没有导入任何人").first.wait_for()
    enterprise.expect_usable()
