"""A session falls due when it is over: while it is on nobody has missed anything of it, and what is earned counts."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from tests.attendance import stage
from tests.checkins.stage import at
from tests.client import Browser
from tests.cohorts.rosters import made_up
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from trainingadmin.attendance import actions, evidence, queries
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.attendance.queries import Overview, Phase, Totals
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import clock, driver, transaction


@pytest.fixture
def cohort(office: Office) -> Cohort:
    """Four people with a session from nine to twelve and one from two to five on one day."""
    cohort = approved_cohort(office, roster=made_up(4, first=5000))
    stage.planned_session(office, cohort)
    stage.planned_session(office, cohort, starts_at=time(14), ends_at=time(17))
    return cohort


def noted(office: Office, session: Session, when: datetime, *, who: int = 0, **times: time) -> None:
    one = people(session.cohort_id)[who]
    with clock.at(when), transaction.unit():
        actions.record(session, [Entry(one.id, MarkStatus.PRESENT, **times)], by=office.actor("institution"))


def seen(office: Office, when: datetime) -> Overview:
    with clock.at(when), transaction.unit(reads=True):
        (found,) = evidence.overviews(driver.rows(queries.running(office.actor("enterprise")))).values()
    return found


def of_first(cohort: Cohort, when: datetime) -> Totals:
    with clock.at(when):
        return queries.totals(cohort.id)[people(cohort.id)[0].id]


def test_while_it_is_on_nobody_has_missed_it(office: Office, cohort: Cohort) -> None:
    first = queries.sessions(cohort.id)[0]
    noted(office, first, at(9, 30), in_at=time(9))
    with clock.at(at(10)):
        found = queries.totals(cohort.id).values()
    assert {(one.due_minutes, one.missed_minutes, one.ahead_minutes) for one in found} == {(0, 0, 360)}


def test_when_it_is_over_whoever_was_not_noted_missed_it(office: Office, cohort: Cohort) -> None:
    first = queries.sessions(cohort.id)[0]
    noted(office, first, at(9, 30))
    with clock.at(at(12)):
        found = [one for _, one in sorted(queries.totals(cohort.id).items())]
    assert [one.missed_minutes for one in found] == [0, 180, 180, 180]
    assert [one.unrecorded_minutes for one in found] == [0, 180, 180, 180]


def test_what_is_earned_while_it_is_on_makes_no_share_above_the_whole(office: Office, cohort: Cohort) -> None:
    first = queries.sessions(cohort.id)[0]
    noted(office, first, at(10, 30), in_at=time(9), out_at=time(10))
    there = of_first(cohort, at(10, 30))
    assert (there.credited_minutes, there.due_minutes, there.ahead_minutes) == (60, 60, 300)
    assert there.unrecorded_minutes == 0
    over = of_first(cohort, at(12))
    assert (over.credited_minutes, over.due_minutes, over.missed_minutes) == (60, 180, 120)


@pytest.mark.parametrize("when", [at(8), at(10, 30), at(12), at(15), at(17)])
def test_the_meter_says_what_the_sums_say(office: Office, cohort: Cohort, when: datetime) -> None:
    first = queries.sessions(cohort.id)[0]
    noted(office, first, at(12), in_at=time(9), out_at=time(10))
    one = people(cohort.id)[0]
    with clock.at(when):
        totals, meter = queries.totals(cohort.id)[one.id], queries.meters([cohort.id], 80)[one.id]
        alone = queries.meter(one.id, 80)
    assert meter == alone
    told = (meter.credited_minutes, meter.due_minutes, meter.ahead_minutes)
    assert told == (totals.credited_minutes, totals.due_minutes, totals.ahead_minutes)


def test_an_overview_that_is_kept_knows_when_the_next_session_ends(office: Office, cohort: Cohort) -> None:
    morning = seen(office, at(8))
    assert seen(office, at(11, 59)) is morning
    assert (morning.due_minutes, morning.below) == (0, 0)
    noon = seen(office, at(12))
    assert (noon.due_minutes, noon.below) == (4 * 180, 4)
    assert seen(office, at(16, 59)) is noon
    assert seen(office, at(17)).due_minutes == 4 * 360
    assert seen(office, at(9)).due_minutes == 0  # whoever looks at an earlier time is not told of a later one


def test_where_a_session_stands_by_the_clock(office: Office, cohort: Cohort) -> None:
    first, second = queries.sessions(cohort.id)
    for when, told in ((at(8, 59), Phase.AHEAD), (at(9), Phase.RUNNING), (at(12), Phase.OVER)):
        with clock.at(when):
            assert queries.phase(first) is told
            assert queries.phase(second) is Phase.AHEAD


def test_pages_call_it_on_and_its_marks_open(browser: Browser, office: Office, cohort: Cohort) -> None:
    first = queries.sessions(cohort.id)[0]
    noted(office, first, at(9, 30), in_at=time(9))
    with clock.at(at(10)):
        browser.sign_in("institution")
        page = browser.open(f"/attendance/{cohort.id}/sessions")
        assert page.said("上课中 到 1/4")
        assert not page.said("待登记")
        register = browser.open(f"/attendance/{cohort.id}/sessions/{first.id}")
        assert register.said("待签退")
        assert not register.said("0 课时")
        assert browser.open(f"/attendance/{cohort.id}").said("待登记课次 0")
