"""What may be opened is what the published catalogue says of the opening day, when it is applied for and ever after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.classes import stage
from tests.courses import stage as courses
from tests.factories import Office
from trainingadmin.classes import actions
from trainingadmin.classes.models import TrainingClass
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction

WICKER, APPLIED_ON = "YAZX-2021-001", date(2020, 9, 3)
DAYS: dict[str, Any] = {
    "item_code": WICKER,
    "starts_on": date(2020, 9, 21),
    "ends_on": date(2020, 10, 2),
    "assess_on": date(2020, 10, 2),
}
SECOND: dict[str, Any] = {"batch": "2021-02", "version": 2, "valid_from": date(2020, 9, 15)}


def ready(office: Office) -> TrainingClass:
    """A class in 藤编 that could be sent."""
    stage.catalogue(office)
    courses.published(office, courses.made_up({}))
    roster = stage.made_up(20, first=6000, changes={at: {"project": "藤编"} for at in range(20)})
    return stage.planned(office, roster, stage.timetable(first=DAYS["starts_on"], last=DAYS["ends_on"]), **DAYS)


def moved(office: Office, found: TrainingClass, name: str, login: str) -> None:
    with clock.at(APPLIED_ON), transaction.unit():
        actions.move(found, name, by=office.actor(login))


@pytest.mark.parametrize("moves", [(), ("propose",), ("drop",)])
def test_what_is_not_published_cannot_be_opened(office: Office, moves: tuple[str, ...]) -> None:
    stage.catalogue(office)
    for batch in courses.imported(office, courses.made_up({})):
        for move in moves:
            courses.moved(office, batch, move, "catalogue", note="录错")
    with pytest.raises(Refusal) as refused:
        stage.draft(office, **DAYS)
    assert refused.value.code == "item-unknown"


def test_a_class_drafted_before_a_new_version_is_not_sent_under_the_old_one(office: Office) -> None:
    found = ready(office)
    courses.published(office, courses.made_up(SECOND))
    with pytest.raises(Refusal) as refused:
        moved(office, found, "submit", "institution")
    assert (refused.value.code, refused.value.values["codes"]) == ("opening-incomplete", ("item-not-valid",))
    with clock.at(APPLIED_ON), transaction.unit():
        actions.amend(found, stage.opening(**DAYS), by=office.actor("institution"))
        actions.promise(found, by=office.actor("institution"))
    assert found.item.version == 2
    moved(office, found, "submit", "institution")


def test_a_class_sent_before_a_new_version_is_not_agreed_to_under_the_old_one(office: Office) -> None:
    found = ready(office)
    moved(office, found, "submit", "institution")
    moved(office, found, "accept", "acceptance")
    courses.published(office, courses.made_up(SECOND))
    with pytest.raises(Refusal) as refused:
        moved(office, found, "approve", "first_review")
    assert (refused.value.code, refused.value.values["codes"]) == ("opening-incomplete", ("item-not-valid",))


def test_a_version_that_begins_later_leaves_the_class_alone(office: Office) -> None:
    found = ready(office)
    courses.published(office, courses.made_up({**SECOND, "valid_from": date(2020, 9, 22)}))
    moved(office, found, "submit", "institution")
    assert found.item.version == 1
