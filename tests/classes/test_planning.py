"""The plan of a class: by generator day by day and in shift rest, one session more, and the limits of a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.classes import stage
from tests.factories import Office
from trainingadmin.attendance.models import SessionKind
from trainingadmin.classes import actions, timetable
from trainingadmin.classes.actions import Shifts
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.states import Mode
from trainingadmin.classes.timetable import Hours, Planned, Slot
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction

SHIFTS = Shifts(("甲", "乙", "丙"))


def laid(office: Office, found: TrainingClass, told: actions.Timetable, shifts: Shifts | None = None) -> int:
    with clock.at(stage.APPLIED_ON), transaction.unit():
        by = office.actor("institution")
        if shifts is None:
            return actions.plan_daily(found, told, by=by)
        return actions.plan_shifts(found, told, shifts, by=by)


def refused(office: Office, found: TrainingClass, told: actions.Timetable, shifts: Shifts | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        laid(office, found, told, shifts)
    return caught.value


def test_ten_working_days_hold_the_eighty_hours_theory_first(app: Flask, office: Office) -> None:
    found = stage.draft(office)
    assert laid(office, found, stage.timetable()) == 20
    with transaction.unit(reads=True):
        held = stage.held(found)
        assert [one.held_on for one in held][::2] == [
            date(2020, 5, day) for day in (11, 12, 13, 14, 15, 18, 19, 20, 21, 22)
        ]
        assert Counter(one.kind for one in held) == {SessionKind.THEORY: 6, SessionKind.PRACTICE: 14}
        assert sum(one.planned_minutes for one in held) == 80 * 45
        assert {one.teacher for one in held} == set(stage.TEACHERS)
        assert (held[0].course, held[-1].course) == ("开班与安全", "揉捻")


def test_laying_out_again_replaces_the_plan(app: Flask, office: Office) -> None:
    found = stage.draft(office)
    laid(office, found, stage.timetable())
    laid(office, found, stage.timetable(courses=("茶",)))
    with transaction.unit(reads=True):
        assert [one.course for one in stage.held(found)] == ["茶"] * 20


def test_each_shift_group_is_taught_the_item_whole_in_its_rest(app: Flask, office: Office) -> None:
    days: dict[str, Any] = {"ends_on": date(2020, 7, 31), "assess_on": date(2020, 7, 31)}
    found = stage.enrolled(office, **days)
    told = stage.timetable(last=date(2020, 7, 31), slots=(stage.MORNING,))
    assert laid(office, found, told, SHIFTS) == 60
    with transaction.unit(reads=True):
        held = stage.held(found)
        assert {one.shift_group for one in held} == {"甲", "乙", "丙"}
        first = {group: min(one.held_on for one in held if one.shift_group == group) for group in SHIFTS.groups}
        assert [first[group] - stage.OPENS_ON for group in SHIFTS.groups] == [timedelta(days=n) for n in (0, 3, 6)]
        assert {one.held_on for one in held if one.shift_group == "甲"} == {
            stage.OPENS_ON + timedelta(days=9 * turn + day) for turn in range(7) for day in range(3)
        } - {stage.OPENS_ON + timedelta(days=56)}
        roster = [one.shift_group for one in people(found.cohort_id)]
        assert roster == ["甲"] * 9 + ["乙"] * 8 + ["丙"] * 8


def test_a_day_of_ten_hours_is_refused_with_its_clause(app: Flask, office: Office) -> None:
    found = stage.draft(office)
    long = Slot(time(13), time(17, 30), "贺明德")
    refusal = refused(office, found, stage.timetable(slots=(stage.MORNING, long)))
    assert refusal.code == "day-hours-max"
    assert refusal.values["n"] == 8
    assert "YA-2020" in str(refusal.values["clause"])


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"last": date(2020, 5, 10)}, "period-reversed"),
    ({"first": date(2020, 5, 10)}, "plan-outside"),
    ({"last": date(2020, 5, 23)}, "plan-outside"),
    ({"last": date(2020, 5, 20)}, "plan-short"),
    ({"slots": ()}, "slots-missing"),
    ({"slots": (Slot(time(9), time(9), "高兴云"),)}, "session-times"),
    ({"slots": (stage.MORNING, Slot(time(11), time(14), "贺明德"))}, "session-overlaps"),
    ({"slots": (Slot(time(9), time(12), ""),)}, "teacher-missing"),
    ({"courses": (" ",)}, "courses-missing"),
    ({"online_percent": 10}, "online-mode"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_a_plan_that_cannot_be_is_refused_whole(app: Flask, office: Office, changes: dict[str, Any], code: str) -> None:
    found = stage.draft(office)
    assert refused(office, found, stage.timetable(**changes)).code == code
    with transaction.unit(reads=True):
        assert stage.held(found) == []


def test_half_of_the_theory_may_be_online_in_a_mixed_class(app: Flask, office: Office) -> None:
    found = stage.planned(office, mode=Mode.MIXED)
    laid(office, found, stage.timetable(online_percent=50))
    with transaction.unit(reads=True):
        kinds = Counter(one.kind for one in stage.held(found))
        assert kinds == {SessionKind.ONLINE: 3, SessionKind.THEORY: 3, SessionKind.PRACTICE: 14}
    laid(office, found, stage.timetable(online_percent=60, weekdays=frozenset(range(7))))
    with pytest.raises(Refusal) as caught, clock.at(stage.APPLIED_ON), transaction.unit():
        actions.move(found, "submit", by=office.actor("institution"))
    assert caught.value.values["checks"] == ("线上理论课比例",)


@pytest.mark.parametrize(
    ("shifts", "code"),
    [
        (Shifts(()), "groups-missing"),
        (Shifts(("甲" * 11,)), "group-name"),
        (Shifts(("甲",), off=0), "shift-days"),
    ],
)
def test_shift_groups_are_named_and_rest(app: Flask, office: Office, shifts: Shifts, code: str) -> None:
    found = stage.enrolled(office)
    assert refused(office, found, stage.timetable(), shifts).code == code


def test_shift_groups_need_a_roster(app: Flask, office: Office) -> None:
    assert refused(office, stage.draft(office), stage.timetable(), SHIFTS).code == "roster-missing"


PLAN = Planned(date(2020, 5, 16), time(9), time(10, 30), "补课", "高兴云", SessionKind.PRACTICE)
WRONG_SESSIONS = [
    (replace(PLAN, course=""), "course-missing"),
    (replace(PLAN, teacher=""), "teacher-missing"),
    (replace(PLAN, group="丁"), "group-name"),
    (replace(PLAN, ends_at=time(9)), "session-times"),
    (replace(PLAN, held_on=date(2020, 5, 23)), "plan-outside"),
    (replace(PLAN, held_on=date(2020, 5, 11)), "session-overlaps"),
    (replace(PLAN, held_on=date(2020, 5, 11), starts_at=time(18), ends_at=time(19)), "day-hours-max"),
    (replace(PLAN, kind=SessionKind.ONLINE), "online-mode"),
]


@pytest.mark.parametrize(("plan", "code"), WRONG_SESSIONS)
def test_one_more_session_is_held_against_the_rest(app: Flask, office: Office, plan: Planned, code: str) -> None:
    found = stage.planned(office)
    with pytest.raises(Refusal) as caught, transaction.unit():
        actions.add_session(found, plan, by=office.actor("institution"))
    assert caught.value.code == code


def test_sessions_are_added_and_removed_until_the_class_is_sent(app: Flask, office: Office) -> None:
    found, by = stage.planned(office), office.actor("institution")
    with transaction.unit():
        more = actions.add_session(found, PLAN, by=by)
    with transaction.unit():
        actions.remove_session(found, more, by=by)
    with clock.at(stage.APPLIED_ON), transaction.unit():
        actions.move(found, "submit", by=by)
    with pytest.raises(Refusal) as caught, transaction.unit():
        actions.add_session(found, PLAN, by=by)
    assert caught.value.code == "not-editable"


slots = st.lists(st.sampled_from([(8, 10), (10, 12), (14, 17), (19, 20)]), min_size=1, max_size=3, unique=True)


@given(st.integers(0, 40), st.integers(1, 60), slots)
def test_whatever_is_laid_out_is_the_item_whole(theory: int, practice: int, times: list[tuple[int, int]]) -> None:
    day = [Slot(time(one), time(other), "高兴云") for one, other in times]
    days = timetable.daily(date(2020, 1, 1), date(2020, 12, 31))
    made = timetable.lay_out(days, day, Hours(theory * 45, practice * 45), ["课"])
    spent = Counter[SessionKind]()
    for one in made:
        spent[one.kind] += one.minutes
    assert (spent[SessionKind.THEORY], spent[SessionKind.PRACTICE]) == (theory * 45, practice * 45)
    assert all(one.minutes > 0 for one in made)


@given(st.integers(1, 60), st.integers(1, 12))
def test_groups_are_as_even_as_they_can_be(size: int, count: int) -> None:
    names = [str(at) for at in range(count)]
    dealt = Counter(timetable.in_groups(size, names))
    assert sum(dealt.values()) == size
    assert max(dealt.values()) - min(dealt.get(name, 0) for name in names) <= 1


@given(st.integers(0, 10), st.integers(1, 6), st.integers(0, 5))
def test_a_group_rests_so_many_days_of_each_turn(on: int, off: int, group: int) -> None:
    first = date(2020, 1, 1)
    days = list(timetable.rests(first, first + timedelta(days=10 * (on + off) - 1), on=on, off=off, group=group))
    assert len(days) == 10 * off
