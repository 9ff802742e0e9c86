"""Calling the roll: who is drawn, who confirms in time, who is noted by hand; then each refusal by its code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checkins import stage
from tests.checkins.stage import at
from tests.client import Browser
from tests.factories import Office
from trainingadmin.checkins import actions, queries
from trainingadmin.checkins.drawing import draw
from trainingadmin.checkins.models import RollCall
from trainingadmin.checkins.phones import phone
from trainingadmin.checkins.states import Direction
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction


@given(st.text(max_size=10), st.sets(st.integers(1, 10**6), max_size=60), st.integers(0, 20))
def test_a_draw_is_the_same_every_time_and_of_the_right_people(seed: str, among: set[int], count: int) -> None:
    drawn = draw(seed, among, count)
    assert drawn == draw(seed, sorted(among, reverse=True), count)
    assert len(drawn) == len(set(drawn)) == min(count, len(among))
    assert set(drawn) <= among


def test_seeds_draw_everybody_now_and_then() -> None:
    times = [0] * 50
    for number in range(2000):
        for one in draw(f"seed {number}", range(50), 5):
            times[one] += 1
    assert min(times) > 120, "200 are due each"
    assert max(times) < 280


def refused(office: Office, session, count: int = 2, minutes: int = 3, login: str = "institution", when=None) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refusal, clock.at(when or at(10)), transaction.unit():
        actions.call_roll(session, count, minutes, by=office.actor(login))
    return refusal.value.code


def answer(call: RollCall, one: Enrolment, when) -> None:  # type: ignore[no-untyped-def]
    with clock.at(when), transaction.unit():
        actions.answer_roll(call, one.id, phone("own", "10.1.2.3", stage.ANDROID), by=stage.trainee(one))


def test_the_drawn_confirm_or_are_noted_by_hand(office: Office) -> None:
    cohort, session = stage.class_of(office)
    people = stage.roster(cohort)
    for one in people[:4]:
        stage.scanned(session, one, at(9))
    stage.scanned(session, people[3], at(9, 50), Direction.OUT)
    call = stage.called(office, session, 2)
    assert set(call.among) == {one.id for one in people[:3]}, "those who are in"
    assert call.drawn == draw(call.seed, call.among, 2)
    first, second = (next(one for one in people if one.id == id_) for id_ in call.drawn)
    answer(call, first, at(10, 2))
    answer(call, first, at(10, 2, 30))
    with clock.at(at(10, 5)), transaction.unit():
        actions.settle_roll(call, second.id, False, "找遍教室没有人", by=office.actor("institution"))
    found = queries.called(call)
    assert [(said.present, said.by_hand) for _, said in found.people if said] == [(True, False), (False, True)]
    assert found.waiting == 0
    assert [entry.verb for entry in journal.of(f"sessions:{session.id}")][-3:] == [
        "call-roll",
        "answer-roll",
        "answer-roll",
    ]


def test_after_its_time_nobody_confirms(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    stage.scanned(session, one, at(9))
    call = stage.called(office, session)
    with pytest.raises(Refusal) as refusal:
        answer(call, one, at(10, 3))
    assert refusal.value.code == "roll-call-over"


def test_refusals_of_a_call(office: Office) -> None:
    cohort, session = stage.class_of(office)
    assert refused(office, session) == "nobody-in"
    stage.scanned(session, stage.roster(cohort)[0], at(9))
    assert refused(office, session, login="other_enterprise") == "not-the-recorder"
    assert refused(office, session, count=21) == "roll-call-size"
    assert refused(office, session, minutes=4) == "roll-call-size"
    assert refused(office, session, when=at(8, 59)) == "session-not-on"
    assert refused(office, session, when=at(12)) == "session-not-on"
    stage.called(office, session)
    assert refused(office, session, when=at(10) + timedelta(minutes=2)) == "roll-call-open"
    assert stage.called(office, session, when=at(10, 3)).drawn


def test_refusals_of_a_note_by_hand(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other = stage.roster(cohort)[:2]
    stage.scanned(session, one, at(9))
    call = stage.called(office, session)

    def code(enrolment_id: int, reason: str, login: str = "institution") -> str:
        with pytest.raises(Refusal) as refusal, clock.at(at(10, 5)), transaction.unit():
            actions.settle_roll(call, enrolment_id, True, reason, by=office.actor(login))
        return refusal.value.code

    assert code(one.id, "在场", "other_enterprise") == "not-the-recorder"
    assert code(other.id, "在场") == "not-drawn"
    assert code(one.id, " ") == "reason-missing"
    assert code(one.id, "长" * 501) == "reason-long"
    answer(call, one, at(10, 1))
    assert code(one.id, "在场") == "answered-before"


def test_the_pages_call_confirm_and_settle(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other = stage.roster(cohort)[:2]
    stage.scanned(session, one, at(9))
    stage.scanned(session, other, at(9))
    path = f"/checkins/{cohort.id}/{session.id}/roll-calls"
    with clock.at(at(10)):
        browser.sign_in("institution")
        assert browser.submit(browser.open(path), "", count="99", expect=422).said("一次点 1 到 20 人")
        called = browser.submit(browser.open(path), "", count="2")
        assert called.said("等待确认")
    phone_ = Browser(browser.app)
    with stage.signed_in(phone_, one, at(10, 1)):
        home = phone_.open("/m")
        assert home.said("正在点名")
        link = f"/m/roll-calls/{queries.calls_of(session.id)[0].id}"
        assert link in home.text
        assert phone_.submit(phone_.open(link), "").said("已确认在场")
        assert not phone_.open("/m").said("正在点名")
    call = queries.calls_of(session.id)[0]
    with clock.at(at(10, 4)):
        browser.sign_in("institution")
        assert browser.open(f"{path}/{call.id}").said("没有应答")
        page = browser.open(f"{path}/{call.id}/{other.id}")
        assert browser.submit(page, "", present="no", expect=422).said("写明原因")
        assert browser.submit(page, "", present="no", reason="已离开").said("教师登记")
        assert browser.open(path).said("已完成")
