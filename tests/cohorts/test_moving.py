"""Moving a filing along its lifecycle."""

from __future__ import annotations

from tests.cohorts import stage
from tests.factories import Office
from trainingadmin.cohorts import queries
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.money import Money


def test_the_sample_filing_is_approved_under_the_numbers_of_its_filing_date(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    assert cohort.state is CohortState.APPROVED
    assert (cohort.policy_code, cohort.planned, cohort.advance) == ("YA-2020", Money.yuan(240_000), Money.yuan(120_000))
    assert {one.advance for one in queries.people(cohort.id)} == {Money.yuan(4000)}


def test_a_finished_filing_is_completed(office: Office) -> None:
    cohort = stage.completed_cohort(office)
    assert cohort.state is CohortState.COMPLETED
