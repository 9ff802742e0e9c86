"""Filing a plan of training, and changing it while that is allowed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.cohorts import stage
from tests.cohorts.refused import refused
from tests.factories import Office
from trainingadmin.cohorts import actions
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db


def test_an_enterprise_files_a_draft_under_the_next_number_of_its_office(office: Office) -> None:
    first, second = stage.draft_cohort(office), stage.draft_cohort(office, title="二班")
    assert (first.number, second.number) == ("XT-511824-2020-001", "XT-511824-2020-002")
    assert (first.state, first.filed_on) == (CohortState.DRAFT, None)
    assert [entry.verb for entry in journal.of(f"cohorts:{first.id}")] == ["file-cohort"]


def test_another_office_counts_its_own_numbers(office: Office) -> None:
    stage.draft_cohort(office)
    other = stage.draft_cohort(office, login="other_enterprise")
    assert other.number == "XT-511822-2020-001"


def test_mentors_are_folded_and_named_once(office: Office) -> None:
    cohort = stage.draft_cohort(office, mentors=(" 易娟梅 ", "易娟梅", "", "阿西•木呷"))
    assert cohort.mentors == ["易娟梅", "阿西·木呷"]


@pytest.mark.parametrize(
    ("code", "field", "changes"),
    [
        ("title-missing", "title", {"title": "  "}),
        ("title-missing", "title", {"title": "长" * 81}),
        ("occupation-unknown", "occupation_codes", {"occupation_codes": ()}),
        ("occupation-unknown", "occupation_codes", {"occupation_codes": ("9-99-99-99",)}),
        ("level-unknown", "target_level", {"target_level": 6}),
        ("institution-unknown", "institution_id", {"institution_id": 999}),
        ("period-reversed", "ends_on", {"ends_on": date(2020, 4, 30)}),
        ("hours-none", "plan_hours_per_year", {"plan_hours_per_year": 0}),
        ("mentors-missing", "mentors", {"mentors": (" ",)}),
        ("mentor-name", "mentors", {"mentors": ("张3",)}),
        ("advance-percent", "advance_percent", {"advance_percent": 101}),
    ],
)
def test_a_plan_is_refused_beside_the_field_at_fault(
    office: Office, code: str, field: str, changes: dict[str, Any]
) -> None:
    with refused(code, on=stage.FILED_ON, field=field):
        actions.file(stage.plan(office, **changes), by=office.actor("enterprise"))
    assert db.session.query(Cohort).count() == 0


def test_an_enterprise_is_no_training_institution(office: Office) -> None:
    with refused("institution-unknown", on=stage.FILED_ON):
        actions.file(stage.plan(office, institution_id=office.other_enterprise.id), by=office.actor("enterprise"))


@pytest.mark.parametrize("login", ["institution", "acceptance"])
def test_only_enterprises_file(office: Office, login: str) -> None:
    with refused("not-an-enterprise", on=stage.FILED_ON):
        actions.file(stage.plan(office), by=office.actor(login))


def test_a_draft_is_changed_by_its_enterprise(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    with clock.at(stage.FILED_ON), transaction.unit():
        actions.amend(cohort, stage.plan(office, title="焊工班", advance_percent=0), by=office.actor("enterprise"))
    assert (cohort.title, cohort.advance_percent) == ("焊工班", 0)


def test_another_enterprise_cannot_change_it(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    with refused("not-the-enterprise", on=stage.FILED_ON):
        actions.amend(cohort, stage.plan(office), by=office.actor("other_enterprise"))


def test_a_submitted_filing_cannot_be_changed(office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    with refused("not-editable", on=stage.FILED_ON):
        actions.amend(cohort, stage.plan(office), by=office.actor("enterprise"))
