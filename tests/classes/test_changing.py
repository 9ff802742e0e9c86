"""Changes of a running class: asked for, decided by another, carried out, told to trainees; each refusal by its code."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.classes import stage
from tests.cohorts.rosters import name, number
from tests.factories import Office
from trainingadmin.classes import actions, queries
from trainingadmin.classes.models import TrainingClass
from trainingadmin.cohorts.actions import ChangeRequest, Newcomer
from trainingadmin.cohorts.models import Change
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import ChangeKind, EnrolmentState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people.models import InboxMessage
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

TODAY = date(2020, 5, 12)


@pytest.fixture
def running(app: Flask, office: Office) -> TrainingClass:
    return stage.approved(office, stage.made_up(20))


def ask(
    office: Office, found: TrainingClass, kind: ChangeKind, on: date = TODAY, *, login: str = "institution", **more: Any
) -> Change:
    with clock.at(TODAY), transaction.unit():
        asked = ChangeRequest(kind, on, more.pop("reason", "原因"), **more)
        return actions.request_change(found, asked, by=office.actor(login))


def agree(office: Office, found: TrainingClass, change: Change, *, login: str = "first_review") -> None:
    with clock.at(TODAY), transaction.unit():
        actions.decide_change(found, change, "approve", by=office.actor(login))


def refused(office: Office, found: TrainingClass, kind: ChangeKind, on: date = TODAY, **more: Any) -> str:
    with pytest.raises(Refusal) as caught:
        ask(office, found, kind, on, **more)
    return caught.value.code


def messages() -> list[str]:
    with transaction.unit(reads=True):
        return [one.body for one in db.session.scalars(select(InboxMessage).order_by(InboxMessage.id))]


def moved(session_id: int, day: str = "2020-05-16", starts: str = "14:00", ends: str = "17:00") -> dict[str, Any]:
    return {"session": session_id, "held_on": day, "starts_at": starts, "ends_at": ends}


def test_a_session_is_moved_and_everybody_told(office: Office, running: TrainingClass) -> None:
    last = stage.held(running)[-1].id
    change = ask(office, running, ChangeKind.SESSION, date(2020, 5, 16), details=moved(last))
    agree(office, running, change)
    with transaction.unit(reads=True):
        session = next(one for one in stage.held(running) if one.id == last)
        assert (session.held_on, session.starts_at) == (date(2020, 5, 16), time(14))
        reached = people(running.cohort_id)[0].person_id
        assert [one.kind for one, _ in queries.news(reached)] == [ChangeKind.SESSION]
    told = messages()
    assert len(told) == 20
    assert "改到 2020-05-16 14:00–17:00" in told[0]


def test_a_class_stands_still_and_goes_on_later_by_as_many_days(office: Office, running: TrainingClass) -> None:
    agree(office, running, ask(office, running, ChangeKind.SUSPENSION, date(2020, 5, 18)))
    with transaction.unit(reads=True):
        assert len(stage.held(running)) == 10
        assert running.suspended_on == date(2020, 5, 18)
    agree(office, running, ask(office, running, ChangeKind.RESUMPTION, date(2020, 6, 1)))
    with transaction.unit(reads=True):
        held = stage.held(running)
        assert (len(held), held[-1].held_on) == (20, date(2020, 6, 5))
        assert (running.cohort.ends_on, running.assess_on) == (date(2020, 6, 5), date(2020, 6, 5))
        assert {one.ends_on for one in people(running.cohort_id)} == {date(2020, 6, 5)}


def test_a_teacher_a_place_and_a_longer_class(office: Office, running: TrainingClass) -> None:
    told = {"from": "高兴云", "to": "谢芳"}
    agree(office, running, ask(office, running, ChangeKind.TEACHER, date(2020, 5, 18), details=told))
    agree(office, running, ask(office, running, ChangeKind.PLACE, details={"place": "县职业中学"}))
    agree(office, running, ask(office, running, ChangeKind.EXTENSION, details={"until": "2020-05-29"}))
    with transaction.unit(reads=True):
        assert {one.teacher for one in stage.held(running) if one.held_on >= date(2020, 5, 18)} == {"谢芳", "贺明德"}
        assert (running.place, running.cohort.ends_on) == ("县职业中学", date(2020, 5, 29))


def test_somebody_leaves(office: Office, running: TrainingClass) -> None:
    with transaction.unit(reads=True):
        one = people(running.cohort_id)[0].id
    agree(office, running, ask(office, running, ChangeKind.LEAVE, enrolment_id=one))
    with transaction.unit(reads=True):
        gone = people(running.cohort_id)[0]
        assert (gone.state, gone.left_on) == (EnrolmentState.LEFT, TODAY)
    assert refused(office, running, ChangeKind.LEAVE, enrolment_id=one) == "not-active"


COMES = {"name": "新来人", "id_number": number(300), "phone": "14000000300", "category": "农民工"}


def test_another_comes_before_the_cut_off(office: Office, running: TrainingClass) -> None:
    with transaction.unit(reads=True):
        one = people(running.cohort_id)[0].id
    change = ask(office, running, ChangeKind.REPLACE, enrolment_id=one, newcomer=Newcomer(COMES))
    agree(office, running, change)
    with transaction.unit(reads=True):
        roster = people(running.cohort_id)
        assert (len(roster), roster[-1].person.name, roster[-1].joined_on) == (21, "新来人", TODAY)
        assert roster[0].left_on == date(2020, 5, 11)


def test_nobody_comes_after_the_cut_off_nor_with_a_wrong_line(office: Office, running: TrainingClass) -> None:
    with transaction.unit(reads=True):
        one = people(running.cohort_id)[0].id
    told: dict[str, Any] = {"enrolment_id": one, "newcomer": Newcomer(COMES)}
    assert refused(office, running, ChangeKind.REPLACE, date(2020, 5, 15), **told) == "replace-late"
    told["newcomer"] = Newcomer({**COMES, "phone": "1"})
    assert refused(office, running, ChangeKind.REPLACE, **told) == "newcomer-wrong"
    told["newcomer"] = Newcomer({**COMES, "id_number": number(0), "name": name(0)})
    assert refused(office, running, ChangeKind.REPLACE, **told) == "newcomer-there"


WRONG: list[tuple[ChangeKind, date, dict[str, Any], str]] = [
    (ChangeKind.MENTOR, TODAY, {}, "change-unknown"),
    (ChangeKind.PLACE, TODAY, {"reason": " "}, "reason-missing"),
    (ChangeKind.PLACE, TODAY, {"details": {"place": " "}}, "place-missing"),
    (ChangeKind.PLACE, date(2020, 6, 1), {"details": {"place": "校"}}, "effective-outside"),
    (ChangeKind.TEACHER, TODAY, {"details": {"from": "无此人", "to": "谢芳"}}, "teacher-unknown"),
    (ChangeKind.TEACHER, TODAY, {"details": {"from": "高兴云", "to": ""}}, "teacher-missing"),
    (ChangeKind.LEAVE, TODAY, {}, "person-missing"),
    (ChangeKind.SESSION, TODAY, {"details": moved(0)}, "session-unknown"),
    (ChangeKind.EXTENSION, TODAY, {"details": {"until": "2020-05-22"}}, "until-early"),
    (ChangeKind.RESUMPTION, TODAY, {}, "not-suspended"),
]


@pytest.mark.parametrize(("kind", "on", "more", "code"), WRONG)
def test_what_cannot_be_asked_is_refused(
    office: Office, running: TrainingClass, kind: ChangeKind, on: date, more: dict[str, Any], code: str
) -> None:
    assert refused(office, running, kind, on, **more) == code


def test_a_session_keeps_its_length_and_clashes_with_none(office: Office, running: TrainingClass) -> None:
    last = stage.held(running)[-1].id
    longer = moved(last, ends="17:30")
    assert refused(office, running, ChangeKind.SESSION, details=longer) == "session-length"
    taken = moved(last, "2020-05-13")
    assert refused(office, running, ChangeKind.SESSION, details=taken) == "session-overlaps"
    evening = moved(last, "2020-05-13", "18:00", "21:00")
    assert refused(office, running, ChangeKind.SESSION, details=evening) == "day-hours-max"


def test_only_the_institution_asks_and_only_first_review_decides(office: Office, running: TrainingClass) -> None:
    assert refused(office, running, ChangeKind.SUSPENSION, login="enterprise") == "not-the-institution"
    change = ask(office, running, ChangeKind.SUSPENSION)
    with pytest.raises(Refusal) as caught:
        agree(office, running, change, login="acceptance")
    assert caught.value.code == "move-role"


def test_what_is_refused_changes_nothing(office: Office, running: TrainingClass) -> None:
    change = ask(office, running, ChangeKind.SUSPENSION)
    with clock.at(TODAY), transaction.unit():
        actions.decide_change(running, change, "refuse", by=office.actor("first_review"), note="理由不足")
    with transaction.unit(reads=True):
        assert (len(stage.held(running)), running.suspended_on) == (20, None)
    assert messages() == []
