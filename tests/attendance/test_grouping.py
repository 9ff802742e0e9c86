"""Setting which shift group apprentices belong to."""

from __future__ import annotations

import pytest

from tests.attendance import classes, stage
from tests.client import Browser
from tests.cohorts.stage import approved_cohort, completed_cohort
from tests.factories import Office
from trainingadmin.attendance import actions, queries
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


def refused(office: Office, cohort: Cohort, groups: dict[int, str], login: str = "enterprise") -> str:
    with pytest.raises(Refusal) as refusal, clock.at(stage.IMPORTED_ON), transaction.unit():
        actions.assign_groups(cohort, groups, by=office.actor(login))
    return refusal.value.code


def test_the_form_sets_groups_and_sessions_count_for_their_own(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    ids = [one.id for one in people(cohort.id)]
    browser.sign_in("enterprise")
    page = browser.open(f"/attendance/{cohort.id}/groups")
    done = browser.submit(
        page, "", **stage.filled_in(f"group-{ids[0]}", "甲"), **stage.filled_in(f"group-{ids[1]}", " 乙 ")
    )
    assert done.said("改动 2 人")
    assert queries.groups(cohort.id) == {"": 28, "甲": 1, "乙": 1}
    stage.planned_session(office, cohort, group="甲")
    assert [queries.totals(cohort.id)[one].planned_minutes for one in ids[:3]] == [180, 0, 0]


def test_whoever_attended_with_a_group_stays_in_it(office: Office) -> None:
    cohort = stage.attended_cohort(office)
    assert refused(office, cohort, {people(cohort.id)[0].id: "乙"}) == "group-has-marks"


def test_the_same_group_again_changes_nothing(office: Office) -> None:
    cohort = stage.attended_cohort(office)
    with clock.at(stage.IMPORTED_ON), transaction.unit():
        assert actions.assign_groups(cohort, {people(cohort.id)[0].id: "甲"}, by=office.actor("institution")) == 0


def test_a_long_name_is_refused(office: Office) -> None:
    cohort = approved_cohort(office)
    assert refused(office, cohort, {people(cohort.id)[0].id: "一二三四五六七八九十一"}) == "group-name"


def test_only_people_of_the_roster_have_groups(office: Office) -> None:
    assert refused(office, approved_cohort(office), {10**6: "甲"}) == "person-missing"


def test_only_operators_of_the_filing_assign(office: Office) -> None:
    assert refused(office, approved_cohort(office), {}, login="acceptance") == "not-the-recorder"


def test_a_completed_filing_is_locked(office: Office) -> None:
    assert refused(office, completed_cohort(office), {}) == "attendance-locked"


def test_a_class_has_the_groups_of_its_plan_and_no_other(office: Office) -> None:
    """A group without sessions would leave nothing to miss: 80 % of no hours."""
    cohort = classes.class_in_training(office, planned=True)
    one = people(cohort.id)[0].id
    assert refused(office, cohort, {one: "甲"}, login="institution") == "group-unplanned"
    with transaction.unit():
        for session in queries.sessions(cohort.id):
            session.shift_group = "甲"
    for group in ("乙", ""):
        with transaction.unit():
            db.session.get_one(Enrolment, one).shift_group = "丙"
        assert refused(office, cohort, {one: group}, login="institution") == "group-unplanned"
    with clock.at(stage.IMPORTED_ON), transaction.unit():
        assert actions.assign_groups(cohort, {one: "甲"}, by=office.actor("institution")) == 1
