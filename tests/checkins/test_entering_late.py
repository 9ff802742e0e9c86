"""Entries after their time: they wait for a second person, who confirms or declines them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.attendance.stage import filled_in
from tests.checkins import stage
from tests.checkins.stage import at
from tests.client import Browser
from tests.factories import Office
from trainingadmin.attendance import queries as marks
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import MarkStatus
from trainingadmin.checkins import actions, queries
from trainingadmin.checkins.models import LateEntry
from trainingadmin.checkins.states import LateState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.people import actions as accounts
from trainingadmin.people.actions import Handing
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

LATER = at(12) + timedelta(days=4)


def moved(office: Office, entry: LateEntry, name: str, login: str, note: str = "") -> None:
    with clock.at(LATER), transaction.unit():
        actions.move_late(entry, name, note, by=office.actor(login))


def refused(office: Office, entry: LateEntry, name: str, login: str, note: str = "") -> str:
    with pytest.raises(Refusal) as refusal:
        moved(office, entry, name, login, note)
    return refusal.value.code


@pytest.mark.parametrize("second", ["enterprise", "acceptance", "first_review"])
def test_a_late_entry_counts_once_another_person_confirmed_it(office: Office, second: str) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    entry = stage.entered_late(office, session, one)
    assert (entry.state, marks.marks_of(session.id)) == (LateState.WAITING, {})
    moved(office, entry, "confirm", second)
    mark = marks.marks_of(session.id)[one.id]
    assert (entry.state, mark.status, mark.reason) == (LateState.CONFIRMED, MarkStatus.LEAVE, "请假条补交")
    assert [step.move for step in entry.steps] == ["enter", "confirm"]
    assert journal.of(f"sessions:{session.id}")[-1].verb == "confirm-late"


def test_a_colleague_of_the_same_institution_may_confirm(office: Office) -> None:
    cohort, session = stage.class_of(office)
    with transaction.unit():
        office.add("institution2", [Role.INSTITUTION], organisation_id=office.institution.id)
    entry = stage.entered_late(office, session, stage.roster(cohort)[0])
    moved(office, entry, "confirm", "institution2")
    assert len(marks.marks_of(session.id)) == 1


def test_declined_it_never_counts(office: Office) -> None:
    cohort, session = stage.class_of(office)
    entry = stage.entered_late(office, session, stage.roster(cohort)[0])
    assert refused(office, entry, "decline", "acceptance") == "move-note"
    moved(office, entry, "decline", "acceptance", "没有凭据")
    assert (entry.state, marks.marks_of(session.id)) == (LateState.DECLINED, {})
    assert refused(office, entry, "confirm", "enterprise") == "move-state"


@pytest.mark.parametrize(
    ("login", "code"),
    [("institution", "move-same-person"), ("checker", "move-role"), ("other_enterprise", "not-the-recorder")],
)
def test_who_may_not_confirm(office: Office, login: str, code: str) -> None:
    cohort, session = stage.class_of(office)
    entry = stage.entered_late(office, session, stage.roster(cohort)[0])
    assert refused(office, entry, "confirm", login) == code
    assert marks.marks_of(session.id) == {}


def test_nobody_confirms_for_their_own_kin(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    entry = stage.entered_late(office, session, one)
    with transaction.unit():
        account, index = office.actor("acceptance").id, one.person.id_number_index
        db.session.add(Relative(account_id=account, id_number_index=index, declared_at=clock.now()))
    assert refused(office, entry, "confirm", "acceptance") == "late-relative"
    assert refused(office, entry, "decline", "acceptance", "没有凭据") == "late-relative"
    moved(office, entry, "confirm", "first_review")


def test_who_stands_in_signs_for_whom(office: Office) -> None:
    cohort, session = stage.class_of(office)
    entry = stage.entered_late(office, session, stage.roster(cohort)[0])
    with clock.at(LATER), transaction.unit():
        wanted = Handing(Role.ACCEPTANCE, office.accounts["preparer"].id, clock.today(), clock.today(), "参加培训")
        accounts.agree(accounts.delegate(wanted, by=office.actor("acceptance")), by=office.actor("preparer"))
    moved(office, entry, "confirm", "preparer")
    assert [step.name for step in entry.steps] == ["institution", "preparer（代acceptance）"]


def entered(office: Office, session, entries: list[Entry], reason: str, when, login: str = "institution") -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refusal, clock.at(when), transaction.unit():
        actions.enter_late(session, entries, reason, by=office.actor(login))
    return refusal.value.code


def test_refusals_of_an_entry(office: Office) -> None:
    cohort, session = stage.class_of(office)
    absent = [Entry(stage.roster(cohort)[0].id, MarkStatus.ABSENT)]
    assert entered(office, session, absent, "x", at(12) + timedelta(hours=48)) == "not-late"
    assert entered(office, session, absent, "", LATER) == "late-reason"
    assert entered(office, session, [], "补登", LATER) == "nothing-new"
    assert entered(office, session, absent, "补登", LATER, "other_enterprise") == "not-the-recorder"
    assert entered(office, session, [Entry(10**6, MarkStatus.ABSENT)], "补登", LATER) == "person-missing"


def test_the_pages_enter_and_confirm(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    path = f"/checkins/{cohort.id}/{session.id}/late"
    with clock.at(LATER):
        browser.sign_in("institution")
        page = browser.open(path)
        browser.submit(page, "", **filled_in(f"p{one.id}-status", "present"), expect=422)
        shown = browser.submit(page, "", **filled_in(f"p{one.id}-status", "present"), reason="停电，手工签到")
        assert shown.said("待另一人确认")
        browser.sign_in("enterprise")
        page = browser.open("/checkins/")
        assert page.said("补登待另一人确认 1 条")
        (entry,) = queries.late_entries(session.id)
        assert browser.open(f"{path}/{entry.id}").said("停电，手工签到")
        done = browser.post(f"{path}/{entry.id}/move", {"move": "confirm"})
        assert done.said("已确认")
    assert marks.marks_of(session.id)[one.id].credited_minutes == 180


def test_declining_without_a_word_is_asked_for_one(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    entry = stage.entered_late(office, session, stage.roster(cohort)[0])
    with clock.at(LATER):
        browser.sign_in("acceptance")
        path = f"/checkins/{cohort.id}/{session.id}/late/{entry.id}/move"
        assert browser.post(path, {"move": "decline"}, expect=422).said("请写明理由")
