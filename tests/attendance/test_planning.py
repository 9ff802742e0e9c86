"""Putting a session on the plan, and taking it off again."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.attendance import stage
from tests.classes import stage as classes
from tests.client import Browser
from tests.cohorts.stage import approved_cohort, completed_cohort
from tests.factories import Office
from trainingadmin.attendance import actions, queries
from trainingadmin.attendance.actions import SessionPlan
from trainingadmin.attendance.models import Session, SessionKind
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

MORE = SessionPlan(date(2020, 5, 16), time(9), time(12), "揉捻", "高兴云")


def refused(office: Office, cohort: Cohort, **changes: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        stage.planned_session(office, cohort, **changes)
    return refusal.value.code


def test_a_session_plans_the_minutes_of_the_clock(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort, starts_at=time(8, 30), kind=SessionKind.PRACTICE, course=" 焊接 ")
    assert (session.planned_minutes, session.course, session.kind) == (210, "焊接", SessionKind.PRACTICE)
    assert {one.planned_minutes for one in queries.totals(cohort.id).values()} == {210}


def test_the_form_plans_and_shows_the_month(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    browser.sign_in("enterprise")
    page = browser.open(f"/attendance/{cohort.id}/sessions")
    assert page.said("还没有排课")
    form = browser.open(f"/attendance/{cohort.id}/plan")
    done = browser.submit(
        form, "", held_on="2020-08-10", starts_at="09:00", ends_at="12:00", course="安全生产", teacher="赵月国"
    )
    assert done.said("已排课")
    assert done.said("2020 年 8 月")
    assert db.session.scalar(select(func.count()).select_from(Session)) == 1


def test_a_form_without_a_time_is_refused_beside_the_field(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    browser.sign_in("enterprise")
    form = browser.open(f"/attendance/{cohort.id}/plan")
    page = browser.submit(
        form, "", held_on="2020-08-10", starts_at="25:00", ends_at="", course="a", teacher="b", expect=422
    )
    assert page.said("请填写时间")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"course": " "}, "course-missing"),
        ({"teacher": ""}, "teacher-missing"),
        ({"group": "丁"}, "group-unknown"),
        ({"ends_at": time(9)}, "session-times"),
        ({"held_on": date(2020, 4, 30)}, "session-outside-training"),
        ({"held_on": date(2022, 5, 1)}, "session-outside-training"),
        ({"ends_at": time(15, 1)}, "day-cap"),
        ({"login": "acceptance"}, "not-the-recorder"),
    ],
)
def test_what_cannot_be_planned(office: Office, changes: dict[str, Any], code: str) -> None:
    assert refused(office, approved_cohort(office), **changes) == code


def test_eight_class_hours_a_day_are_the_limit(office: Office) -> None:
    cohort = approved_cohort(office)
    stage.planned_session(office, cohort)
    stage.planned_session(office, cohort, starts_at=time(14), ends_at=time(17))
    assert refused(office, cohort, starts_at=time(19), ends_at=time(19, 1)) == "day-cap"


def test_sessions_of_one_day_do_not_overlap(office: Office) -> None:
    cohort = approved_cohort(office)
    stage.planned_session(office, cohort)
    assert refused(office, cohort) == "session-taken"
    assert refused(office, cohort, starts_at=time(11, 59), ends_at=time(13)) == "session-overlaps"
    stage.planned_session(office, cohort, starts_at=time(12), ends_at=time(13))


def test_groups_have_class_at_the_same_time(office: Office) -> None:
    cohort = stage.attended_cohort(office)
    stage.planned_session(office, cohort, group="甲")
    stage.planned_session(office, cohort, group="乙")
    assert refused(office, cohort) == "session-overlaps"


def test_an_extension_lengthens_the_time_for_sessions(office: Office) -> None:
    cohort = approved_cohort(office)
    with transaction.unit():
        people(cohort.id)[0].extended_months = 1
    stage.planned_session(office, cohort, held_on=date(2022, 5, 31))
    assert refused(office, cohort, held_on=date(2022, 6, 1)) == "session-outside-training"


def test_a_completed_filing_is_locked(office: Office) -> None:
    assert refused(office, completed_cohort(office)) == "attendance-locked"


def test_a_session_nobody_is_marked_in_can_be_removed(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    browser.sign_in("institution")
    page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}/remove")
    assert browser.submit(page, "").said("已从计划中删去")
    assert db.session.scalar(select(func.count()).select_from(Session)) == 0


def test_a_session_with_marks_stays(office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.marked_session(office, cohort)
    with pytest.raises(Refusal) as refusal, clock.at(stage.DURING), transaction.unit():
        actions.remove_session(session, by=office.actor("institution"))
    assert refusal.value.code == "session-has-marks"


def test_the_plan_of_a_class_is_altered_by_changes_alone(office: Office) -> None:
    found = classes.approved(office)
    session, by = classes.held(found)[0], office.actor("institution")
    with clock.at(classes.APPROVED_ON):
        with pytest.raises(Refusal) as added, transaction.unit():
            actions.plan_session(found.cohort, MORE, by=by)
        with pytest.raises(Refusal) as removed, transaction.unit():
            actions.remove_session(session, by=by)
    assert (added.value.code, removed.value.code) == ("plan-by-change", "plan-by-change")
    assert len(classes.held(found)) == 20


def test_the_pages_of_a_class_lead_to_its_changes(browser: Browser, office: Office) -> None:
    found = classes.approved(office)
    base, asked = f"/attendance/{found.cohort_id}", f"/classes/{found.cohort_id}/changes"
    browser.sign_in("institution")
    assert browser.open(f"{base}/sessions").links(f"{asked}/new/session")
    assert not browser.open(f"{base}/sessions").links("/plan")
    session = classes.held(found)[0]
    assert not browser.open(f"{base}/sessions/{session.id}").links("/remove")
    page = browser.submit(browser.open(f"{base}/sessions/{session.id}/remove"), "", expect=422)
    assert page.said("请到班级的“变更”页申请")
    assert page.links(asked)
