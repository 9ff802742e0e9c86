"""Marks: weights and pass mark in whole numbers, one sitting at a time, retakes, sheets with errors by cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.classes import stage
from tests.classes.test_pages import filled
from tests.factories import Office
from trainingadmin.classes import actions, queries
from trainingadmin.classes.actions import Marks, Sitting
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.scoring import Scale
from trainingadmin.cohorts.queries import people
from trainingadmin.courses.states import Assessment
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction

TEA = Scale(Assessment.BOTH, 30, 70, 60)
FIRST = Sitting(1, stage.EXAMINED_ON, "考评一")


@pytest.mark.parametrize(
    ("theory", "practice", "passes"), [(60, 60, True), (100, 43, True), (59, 60, False), (0, 85, False), (0, 86, True)]
)
def test_weights_decide_at_the_exact_mark(theory: int, practice: int, passes: bool) -> None:
    assert TEA.passes(theory, practice) is passes


def test_an_item_with_one_part_counts_that_part_alone() -> None:
    assert Scale(Assessment.PRACTICE, 30, 70, 60).passes(None, 60)
    assert not Scale(Assessment.THEORY, 30, 70, 60).passes(59, 100)


marks = st.integers(0, 100)


@given(marks, marks, marks, st.integers(0, 100))
def test_a_better_mark_never_turns_a_pass_into_a_failure(theory: int, practice: int, more: int, weight: int) -> None:
    scale = Scale(Assessment.BOTH, weight, 100 - weight, 60)
    if scale.passes(theory, practice):
        assert scale.passes(max(theory, more), practice)
        assert scale.passes(theory, max(practice, more))


def recorded(office: Office, found: TrainingClass, sitting: Sitting, *entries: Marks, on: date | None = None) -> int:
    with clock.at(on or date(2020, 5, 25)), transaction.unit():
        return actions.record_scores(found, sitting, entries, by=office.actor("institution"))


def refused(office: Office, found: TrainingClass, sitting: Sitting, *entries: Marks) -> str:
    with pytest.raises(Refusal) as caught:
        recorded(office, found, sitting, *entries)
    return caught.value.code


@pytest.fixture
def running(app: Flask, office: Office) -> TrainingClass:
    return stage.approved(office, stage.made_up(20))


def ids(found: TrainingClass) -> list[int]:
    with transaction.unit(reads=True):
        return [one.id for one in people(found.cohort_id)]


def test_a_retake_stands_in_place_of_the_failure(office: Office, running: TrainingClass) -> None:
    one, other, *_ = ids(running)
    assert recorded(office, running, FIRST, Marks(one, 40, 50), Marks(other, absent=True)) == 2
    assert recorded(office, running, FIRST, Marks(one, 40, 50)) == 0
    again = Sitting(2, date(2020, 5, 24), "考评二")
    assert recorded(office, running, again, Marks(one, 70, 70)) == 1
    with transaction.unit(reads=True):
        known = queries.scores(running.cohort_id)
        last = queries.last_of(known[one])
        assert last is not None
        assert (last.attempt, last.passed, last.assessor) == (2, True, "考评二")
        failed = queries.last_of(known[other])
        assert failed is not None
        assert (failed.passed, failed.absent) == (False, True)
    assert refused(office, running, FIRST, Marks(one, 90, 90)) == "attempt-closed"
    assert refused(office, running, Sitting(3, date(2020, 5, 24), "考评二"), Marks(one, 90, 90)) == "retake-passed"


WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"theory": 101, "practice": 60}, {}, "score-range"),
    ({"theory": -1, "practice": 60}, {}, "score-range"),
    ({"theory": 60}, {}, "score-missing"),
    ({"theory": 60, "practice": 60, "absent": True}, {}, "score-surplus"),
    ({"theory": 60, "practice": 60}, {"attempt": 2}, "person-missing"),
    ({"theory": 60, "practice": 60}, {"attempt": 0}, "attempt-unknown"),
    ({"theory": 60, "practice": 60}, {"examined_on": date(2020, 5, 26)}, "examined-ahead"),
    ({"theory": 60, "practice": 60}, {"examined_on": date(2020, 5, 10)}, "examined-early"),
    ({"theory": 60, "practice": 60}, {"assessor": " "}, "assessor-missing"),
]


@pytest.mark.parametrize(("marks", "sitting", "code"), WRONG)
def test_what_cannot_be_is_refused(
    office: Office, running: TrainingClass, marks: dict[str, Any], sitting: dict[str, Any], code: str
) -> None:
    told = {"attempt": 1, "examined_on": stage.EXAMINED_ON, "assessor": "考评一", **sitting}
    assert refused(office, running, Sitting(**told), Marks(ids(running)[0], **marks)) == code


def test_a_completed_class_is_locked(app: Flask, office: Office) -> None:
    found = stage.completed(office, stage.made_up(20))
    assert refused(office, found, FIRST, Marks(ids(found)[0], 60, 60)) == "not-in-training"


def test_a_sheet_with_a_wrong_cell_records_nothing(office: Office, running: TrainingClass) -> None:
    by = office.actor("institution")
    with clock.at(date(2020, 5, 25)), transaction.unit():
        form = actions.scores_form(running, 1, by=by)
        sent = actions.upload_scores(running, 1, "成绩.xlsx", filled(form, 101, 60), by=by)
        assert {(one["code"], one["column"]) for one in sent.findings} == {("score-range", "D")}
        assert len(sent.findings) == 20
    with pytest.raises(Refusal) as caught, clock.at(date(2020, 5, 25)), transaction.unit():
        actions.import_scores(sent, FIRST, by=by)
    assert caught.value.code == "scores-have-errors"
    with transaction.unit(reads=True):
        assert queries.scores(running.cohort_id) == {}
