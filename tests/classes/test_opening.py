"""Opening a class: what is applied for, the version its opening day falls under, and every refusal by its code."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.classes import stage
from tests.factories import Office
from trainingadmin.classes import actions
from trainingadmin.classes.states import Mode
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import CohortState
from trainingadmin.courses.queries import openable
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction


def test_a_class_opens_as_a_numbered_draft_on_the_version_of_its_day(app: Flask, office: Office) -> None:
    found = stage.draft(office)
    with transaction.unit(reads=True):
        cohort = found.cohort
        assert (cohort.number, cohort.state, cohort.scheme) == (stage.NUMBER, CohortState.DRAFT, "special_skill")
        assert (found.item.name, found.item.version, found.item.subsidy.fen) == ("名优绿茶加工", 1, 120_000)
        assert cohort.operator.id == office.institution.id == cohort.operator_id


@pytest.mark.parametrize(("opens_on", "version"), [(date(2020, 8, 31), 1), (date(2020, 9, 1), 2)])
def test_the_day_decides_the_version(app: Flask, office: Office, opens_on: date, version: int) -> None:
    days = {"starts_on": opens_on, "ends_on": date(2020, 9, 20), "assess_on": date(2020, 9, 20)}
    found = stage.draft(office, **days)
    with transaction.unit(reads=True):
        assert found.item.version == version


OUTSIDE = [
    ("YAZX-2020-006", date(2020, 5, 24), "item-not-valid"),  # 雅鱼烹制, valid from 2020-05-25
    ("YAZX-2020-999", date(2020, 6, 1), "item-unknown"),
]


@pytest.mark.parametrize(("code", "opens_on", "refusal"), OUTSIDE)
def test_an_item_is_opened_only_while_it_is_valid(
    app: Flask, office: Office, code: str, opens_on: date, refusal: str
) -> None:
    with pytest.raises(Refusal) as refused:
        stage.draft(office, item_code=code, starts_on=opens_on, ends_on=date(2020, 7, 1), assess_on=date(2020, 7, 1))
    assert refused.value.code == refusal


def test_an_item_opens_on_its_first_and_last_day(app: Flask, office: Office) -> None:
    days = {"ends_on": date(2021, 1, 20), "assess_on": date(2021, 1, 20)}
    first = stage.draft(office, item_code="YAZX-2020-006", starts_on=date(2020, 5, 25), **days)
    pepper = _pepper()
    last = stage.draft(office, item_code=pepper, starts_on=date(2020, 12, 31), **days)
    with transaction.unit(reads=True):
        assert (first.item.name, last.item.name) == ("雅鱼烹制", "花椒采收与初加工")
    with pytest.raises(Refusal) as refused:
        stage.draft(office, item_code=pepper, starts_on=date(2021, 1, 1), **days)
    assert refused.value.code == "item-not-valid"


def _pepper() -> str:
    with transaction.unit(reads=True):
        return next(one.code for one in openable() if one.name == "花椒采收与初加工")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": " "}, "title-missing"),
    ({"place": ""}, "place-missing"),
    ({"ends_on": date(2020, 5, 10)}, "period-reversed"),
    ({"assess_on": date(2020, 5, 10)}, "assess-early"),
    ({"assess_place": ""}, "assess-place-missing"),
    ({"teachers": ()}, "teachers-missing"),
    ({"teachers": ("1",)}, "person-name"),
    ({"assessors": ("",)}, "assessors-missing"),
    ({"mode": Mode.ORDERED}, "employer-missing"),
    ({"employer_code": "91511824MA0000111X"}, "employer-code"),
    ({"employer_code": "52511824MJ0000333R"}, "employer-unknown"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_what_is_wrong_is_refused_beside_its_field(
    app: Flask, office: Office, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        stage.draft(office, **changes)
    assert refused.value.code == code
    assert refused.value.field is not None


def test_an_ordered_class_is_bound_to_its_employer_who_sees_it_once_it_is_sent(app: Flask, office: Office) -> None:
    found = stage.draft(office, mode=Mode.ORDERED, employer_code=office.enterprise.credit_code)
    with transaction.unit(reads=True):
        assert found.cohort.enterprise is not None
        assert found.cohort.enterprise.id == office.enterprise.id


def test_only_an_institution_opens_and_only_its_own_amends(app: Flask, office: Office) -> None:
    found = stage.draft(office)
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.open_class(stage.opening(), by=office.actor("enterprise"))
    assert refused.value.code == "not-an-institution"
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.amend(found, stage.opening(), by=office.actor("enterprise"))
    assert refused.value.code == "not-the-institution"


def test_amending_moves_the_roster_with_it_and_asks_for_the_commitment_anew(app: Flask, office: Office) -> None:
    found = stage.planned(office)
    changes = {"starts_on": date(2020, 5, 12), "ends_on": date(2020, 5, 25), "assess_on": date(2020, 5, 25)}
    with clock.at(stage.APPLIED_ON), transaction.unit():
        actions.amend(found, stage.opening(**changes), by=office.actor("institution"))
    with transaction.unit(reads=True):
        assert found.committed_at is None
        assert {one.starts_on for one in people(found.cohort_id)} == {date(2020, 5, 12)}


def test_a_class_that_was_sent_is_not_amended(app: Flask, office: Office) -> None:
    found = stage.submitted(office)
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.amend(found, stage.opening(), by=office.actor("institution"))
    assert refused.value.code == "not-editable"
