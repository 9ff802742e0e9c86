"""Filing people trained at work: a title and its months."""

from __future__ import annotations

from datetime import date

from tests.cohorts.refused import refused
from tests.factories import Office
from tests.wages import stage
from trainingadmin.cohorts.states import CohortState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.wages import actions, queries
from trainingadmin.wages.actions import Plan

PLAN = Plan("2020年第三季度以工代训", *(stage.MONTHS[0], stage.MONTHS[-1]))


def test_a_filing_covers_whole_months(office: Office) -> None:
    cohort = stage.draft(office)
    assert (cohort.number, cohort.state, cohort.institution_id) == ("YG-511824-2020-001", CohortState.DRAFT, None)
    assert (cohort.starts_on, cohort.ends_on) == (date(2020, 6, 1), date(2020, 8, 31))
    assert queries.months_of(cohort) == list(stage.MONTHS)
    assert stage.draft(office).number == "YG-511824-2020-002"


def test_only_an_enterprise_files(office: Office) -> None:
    for login in ("institution", "acceptance"):
        with refused("not-an-enterprise", on=stage.FILED_ON):
            actions.file(PLAN, by=office.actor(login))


def test_it_needs_a_title(office: Office) -> None:
    with refused("title-missing", on=stage.FILED_ON, field="title"):
        actions.file(Plan(" ", *stage.MONTHS[:2]), by=office.actor("enterprise"))


def test_the_last_month_does_not_come_before_the_first(office: Office) -> None:
    with refused("period-reversed", on=stage.FILED_ON, field="last_month"):
        actions.file(Plan("以工代训", stage.MONTHS[1], stage.MONTHS[0]), by=office.actor("enterprise"))


def test_six_months_are_the_most(office: Office) -> None:
    first = date(2020, 7, 1)
    assert stage.draft(office, first_month=first, last_month=date(2020, 12, 1)).ends_on == date(2020, 12, 31)
    with refused("period-long", on=stage.FILED_ON, field="last_month"):
        actions.file(Plan("以工代训", first, date(2021, 1, 1)), by=office.actor("enterprise"))


def test_months_before_the_first_version_cannot_be_filed(office: Office) -> None:
    with refused("no-policy", on=stage.FILED_ON, field="first_month"):
        actions.file(Plan("以工代训", date(2019, 12, 1), date(2020, 1, 1)), by=office.actor("enterprise"))


def test_a_draft_may_be_changed_and_a_submitted_filing_not(office: Office) -> None:
    cohort, by = stage.enrolled(office), office.actor("enterprise")
    with clock.at(stage.FILED_ON), transaction.unit():
        actions.amend(cohort, Plan("改名", *stage.MONTHS[:2]), by=by)
    assert (cohort.title, cohort.ends_on) == ("改名", date(2020, 7, 31))
    with clock.at(stage.FILED_ON), transaction.unit():
        actions.move(cohort, "submit", by=by)
    with refused("not-editable", on=stage.FILED_ON):
        actions.amend(cohort, PLAN, by=by)


def test_only_its_own_enterprise_changes_it(office: Office) -> None:
    cohort = stage.draft(office)
    with refused("not-the-enterprise", on=stage.FILED_ON):
        actions.amend(cohort, PLAN, by=office.actor("other_enterprise"))
