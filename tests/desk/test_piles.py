"""What waits on a desk: late entries for a second person, changes to decide, anomalies; to nobody who may not act."""

from __future__ import annotations

from datetime import date

import pytest

from tests.checkins import stage as checkins
from tests.classes import stage as classes
from tests.client import Browser
from tests.factories import Office
from trainingadmin.classes import actions
from trainingadmin.cohorts.actions import ChangeRequest
from trainingadmin.cohorts.states import APPRENTICE_SCHEME, CLASS_SCHEME, ChangeKind
from trainingadmin.desk import tally
from trainingadmin.desk.tally import What
from trainingadmin.plumbing import clock, transaction


@pytest.mark.parametrize(
    ("login", "number"),
    [("institution", 0), ("enterprise", 1), ("other_enterprise", 0), ("acceptance", 1), ("first_review", 1)],
)
def test_a_late_entry_waits_for_everybody_who_may_confirm_it_but_for_who_made_it(
    office: Office, login: str, number: int
) -> None:
    cohort, session = checkins.class_of(office)
    checkins.entered_late(office, session, checkins.roster(cohort)[0])
    assert tally.of(office.actor(login)).number(What.LATE_ENTRIES) == number


def test_the_desk_leads_to_what_was_entered_late(browser: Browser, office: Office) -> None:
    cohort, session = checkins.class_of(office)
    checkins.entered_late(office, session, checkins.roster(cohort)[0])
    browser.sign_in("first_review")
    assert browser.open("/desk").said("补登待确认")
    assert browser.open("/checkins/").said("补登待另一人确认 1 条")


def test_what_is_asked_for_in_a_class_waits_for_first_review(browser: Browser, office: Office) -> None:
    found = classes.approved(office, classes.made_up(20))
    with clock.at(date(2020, 5, 12)), transaction.unit():
        asked = ChangeRequest(ChangeKind.SUSPENSION, date(2020, 5, 13), "场地检修")
        change = actions.request_change(found, asked, by=office.actor("institution"))
    told = tally.of(office.actor("first_review"))
    assert (told.number(What.CHANGES, CLASS_SCHEME), told.number(What.CHANGES, APPRENTICE_SCHEME)) == (1, 0)
    browser.sign_in("first_review")
    assert browser.open("/desk").said("培训班 · 变更待审核")
    page = browser.open("/desk/changes")
    assert page.said("场地检修")
    assert f'href="/classes/{found.cohort_id}/changes/{change.id}"' in page.text
    with clock.at(date(2020, 5, 12)), transaction.unit():
        actions.decide_change(found, change, "approve", by=office.actor("first_review"))
    assert browser.open("/desk/changes").said("没有待审核的变更")
    browser.sign_in("acceptance")
    assert not browser.open("/desk").said("变更待审核")
    browser.open("/desk/changes", expect=403)
