"""The roster of a class: the sample whole, every mistake by its cell, all or nothing, once per file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.classes import stage
from tests.cohorts.rosters import name, number
from tests.factories import Office, person
from tests.sample_files import CLASS_ROSTER, sample
from trainingadmin.classes import actions, roster
from trainingadmin.classes.roster import ClassContext
from trainingadmin.cohorts.queries import people
from trainingadmin.courses.states import Group
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.findings import Severity
from trainingadmin.plumbing.spreadsheets.reading import read_workbook

TOLD = ClassContext(
    opened_on=date(2020, 5, 11), project="名优绿茶加工", number=stage.NUMBER, credit_code="52511824MJ0000333R"
)


def found(data: bytes, context: ClassContext = TOLD) -> list[tuple[int, str, str]]:
    reading = roster.read(read_workbook(data).sheets, context)
    return [(one.row, one.code, one.severity.value) for one in reading.findings]


def test_the_sample_is_read_whole_and_its_last_line_is_nobody() -> None:
    reading = roster.read(read_workbook(sample(CLASS_ROSTER)).sheets, TOLD)
    assert (len(reading.people), reading.lines, reading.findings) == (25, 25, ())
    first, third = reading.people[0], reading.people[2]
    assert (first.row, first.name, first.category, first.prior_training) == (5, "吉克·拉铁", "脱贫", "无")
    assert (third.name, third.card_number) == ("吴䶮", "6299990000324579329")


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"id_number": "51182419800101000A"}, "id-characters"),
    ({"name": ""}, "missing"),
    ({"phone": "1400000"}, "phone-format"),
    ({"category": "居民"}, "category-unknown"),
    ({"category": ""}, "missing"),
    ({"project": "小儿推拿"}, "other-project"),
    ({"card_number": "6299990000982113188"}, "card-check"),
    ({"sex": "男女"}, "sex-unknown"),
]


@pytest.mark.parametrize(("changes", "code"), MISTAKES)
def test_a_mistake_is_named_with_its_row(changes: dict[str, Any], code: str) -> None:
    told = found(stage.made_up(3, changes={1: changes}))
    assert [one[1] for one in told] == [code]
    assert told[0][0] == 3


def test_the_number_of_another_class_is_one_notice_for_the_column_and_does_not_stop_the_import() -> None:
    context = replace(TOLD, number="PX511824-2026-T003")
    reading = roster.read(read_workbook(sample(CLASS_ROSTER)).sheets, context)
    assert [(one.row, one.code) for one in reading.findings] == [(5, "other-class-number")]
    assert reading.importable


def test_a_second_strange_number_is_said_too() -> None:
    changes = {0: {"class_number": "T009"}, 1: {"class_number": "T009"}, 2: {"class_number": "T010"}}
    told = found(stage.made_up(3, changes=changes))
    assert told == [(2, "other-class-number", "warning"), (4, "other-class-number", "warning")]


def test_somebody_twice_is_named_in_both_rows() -> None:
    twice = {"id_number": number(0), "name": name(0)}
    told = found(stage.made_up(3, changes={2: twice}))
    assert [(row, code) for row, code, _ in told] == [(2, "id-repeated"), (4, "id-repeated")]


def test_an_item_that_is_not_open_to_a_group_says_so() -> None:
    context = ClassContext(groups=(Group.POVERTY, Group.MONITORED))
    told = found(stage.made_up(1), context)
    assert [code for _, code, _ in told] == ["group-not-open"]


def test_sixteen_is_old_enough_on_the_opening_day() -> None:
    young = ClassContext(opened_on=date(1996, 1, 1))
    assert found(stage.made_up(1), young) == []
    assert [one[1] for one in found(stage.made_up(1), ClassContext(opened_on=date(1995, 12, 31)))] == ["age-min"]


def test_a_file_with_a_mistake_changes_nothing_and_comes_back_annotated(app: Flask, office: Office) -> None:
    made, by = stage.enrolled(office), office.actor("institution")
    wrong = stage.made_up(20, changes={4: {"phone": "1"}})
    with clock.at(stage.APPLIED_ON), transaction.unit():
        sent = actions.upload_roster(made, "名单.xlsx", wrong, by=by)
        assert sent.annotated_sha256 is not None
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.enrol(sent, by=by)
    assert refused.value.code == "roster-has-errors"
    with transaction.unit(reads=True):
        assert len(people(made.cohort_id)) == 25


def test_the_same_file_again_changes_nothing(app: Flask, office: Office) -> None:
    made, by = stage.enrolled(office), office.actor("institution")
    with clock.at(stage.APPLIED_ON), transaction.unit():
        again = actions.upload_roster(made, CLASS_ROSTER, sample(CLASS_ROSTER), by=by)
        assert not actions.enrol(again, by=by)


def test_a_number_known_under_another_name_is_an_error(app: Flask, office: Office) -> None:
    with transaction.unit():
        known = person(33, "别人", born_on=date(1980, 1, 1))
        its_number = known.id_number
    made = stage.draft(office)
    roster_of_it = stage.made_up(20, changes={0: {"id_number": its_number, "name": "某某"}})
    with clock.at(stage.APPLIED_ON), transaction.unit():
        sent = actions.upload_roster(made, "名单.xlsx", roster_of_it, by=office.actor("institution"))
        assert [one["code"] for one in sent.findings if one["severity"] == Severity.ERROR] == ["name-differs"]


def test_only_the_institution_sends_and_only_until_it_is_sent(app: Flask, office: Office) -> None:
    made = stage.submitted(office)
    for login, code in (("enterprise", "not-the-institution"), ("institution", "not-editable")):
        with pytest.raises(Refusal) as refused, transaction.unit():
            actions.upload_roster(made, "名单.xlsx", stage.made_up(20), by=office.actor(login))
        assert refused.value.code == code
