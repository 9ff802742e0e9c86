"""The life of a filing of people trained at work: submitted, accepted, approved, its months over."""

from __future__ import annotations

from datetime import date

from tests.cohorts.refused import refused
from tests.factories import Office, person
from tests.wages import stage
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import clock, transaction
from trainingadmin.wages import actions

OVER = date(2020, 9, 20)


def test_approval_freezes_the_version_of_the_first_month(office: Office) -> None:
    cohort = stage.approved(office)
    assert (cohort.state, cohort.policy_code, cohort.filed_on) == (CohortState.APPROVED, "YA-2020", stage.FILED_ON)
    assert cohort.policy is not None
    assert cohort.policy["code"] == "YA-2020"


def test_nothing_is_submitted_without_people(office: Office) -> None:
    cohort = stage.draft(office)
    with refused("roster-missing", on=stage.FILED_ON):
        actions.move(cohort, "submit", by=office.actor("enterprise"))


def test_whoever_accepted_does_not_approve(office: Office) -> None:
    with transaction.unit():
        office.add("both", [Role.ACCEPTANCE, Role.FIRST_REVIEW], office_code="511824", person_id=person(950).id)
    cohort = stage.enrolled(office)
    for login, move in (("enterprise", "submit"), ("both", "accept")):
        with clock.at(stage.ACCEPTED_ON), transaction.unit():
            actions.move(cohort, move, by=office.actor(login))
    with refused("move-same-person", on=stage.APPROVED_ON):
        actions.move(cohort, "approve", by=office.actor("both"))


def test_the_end_is_confirmed_once_the_months_are_over_and_every_wage_has_its_scan(office: Office) -> None:
    cohort, by = stage.proved(office), office.actor("acceptance")
    with refused("months-running", on=date(2020, 8, 31)):
        actions.move(cohort, "complete", by=by)
    with clock.at(OVER), transaction.unit():
        actions.move(cohort, "complete", by=by)
    assert cohort.state is CohortState.COMPLETED
    with refused("not-in-training", on=OVER):
        actions.upload_wages(cohort, "工资.xlsx", stage.wages(), by=office.actor("enterprise"))


def test_a_month_without_scan_keeps_the_end_from_being_confirmed(office: Office) -> None:
    cohort = stage.proved(office, months=stage.MONTHS[:2])
    with refused("scans-missing", on=OVER):
        actions.move(cohort, "complete", by=office.actor("acceptance"))
