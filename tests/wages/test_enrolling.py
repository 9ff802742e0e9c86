"""Rosters of people trained at work: read with every mistake, taken in whole."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cohorts.refused import refused
from tests.cohorts.rosters import name, number
from tests.factories import Office
from tests.wages import stage
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.models import RosterUpload
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.wages import actions, roster, roster_columns


def upload(office: Office, data: bytes) -> RosterUpload:
    cohort = stage.draft(office)
    with clock.at(stage.FILED_ON), transaction.unit():
        return actions.upload_roster(cohort, "花名册.xlsx", data, by=office.actor("enterprise"))


def codes(sent: RosterUpload) -> list[tuple[int, str, str]]:
    return [(found["row"], found["severity"], found["code"]) for found in sent.findings]


def test_everybody_is_enrolled_from_their_first_day_within_the_months(office: Office) -> None:
    cohort = stage.enrolled(office, stage.roster(3, changes={1: {"starts_on": date(2020, 7, 15)}}))
    people = cohorts.people(cohort.id)
    assert [one.person.name for one in people] == [name(stage.FIRST + at) for at in range(3)]
    assert [one.starts_on for one in people] == [date(2020, 6, 1), date(2020, 7, 15), date(2020, 6, 1)]
    assert [one.filed_months for one in people] == [3, 2, 3]
    assert {(one.contract_from, one.target_level, one.post) for one in people} == {(None, None, "装配")}


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    data, by = stage.roster(), office.actor("enterprise")
    cohort = stage.enrolled(office, data)
    with clock.at(stage.FILED_ON), transaction.unit():
        assert not actions.enrol(actions.upload_roster(cohort, "花名册.xlsx", data, by=by), by=by)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id_number": number(stage.FIRST)[:-1] + "!"}, "id-characters"),
        ({"id_number": number(stage.FIRST + 1)}, "id-repeated"),
        ({"name": ""}, "missing"),
        ({"post": ""}, "missing"),
        ({"phone": "123"}, "phone-format"),
        ({"starts_on": date(2020, 9, 1)}, "starts-after-period"),
    ],
)
def test_each_mistake_is_an_error_and_nobody_is_enrolled(
    office: Office, changes: dict[str, Value], expected: str
) -> None:
    sent = upload(office, stage.roster(2, changes={0: changes}))
    errors = [code for _, severity, code in codes(sent) if severity == "error"]
    assert expected in errors
    with refused("roster-has-errors", on=stage.FILED_ON):
        actions.enrol(sent, by=office.actor("enterprise"))
    assert cohorts.people(sent.cohort_id) == []


def test_somebody_insured_elsewhere_is_held_for_a_human(office: Office) -> None:
    sent = upload(office, stage.roster(2, changes={1: {"insured_unit": "别家公司"}}))
    assert codes(sent) == [(6, "hold", "insured-elsewhere")]


def test_nobody_stating_the_insurance_is_held_too(office: Office) -> None:
    sent = upload(office, stage.roster(2, changes={1: {"insured_unit": ""}}))
    assert codes(sent) == [(6, "hold", "insured-unknown")]


def test_another_firms_file_is_an_error(office: Office) -> None:
    assert (3, "error", "other-enterprise") in codes(upload(office, stage.roster(1, code="91511822MA0000226X")))


@pytest.mark.parametrize(("count", "code"), [(0, "no-people"), (1, "")])
def test_an_empty_roster_is_an_error(count: int, code: str) -> None:
    reading = roster.read(read_workbook(stage.roster(count)).sheets)
    assert [one.code for one in reading.findings] == ([code] if code else [])


def test_a_file_without_the_header_is_an_error() -> None:
    reading = roster.read(read_workbook(stage.wages(1)).sheets)
    assert not reading.importable
    assert reading.findings


def test_the_form_downloads_and_is_read_as_empty() -> None:
    reading = roster.read(read_workbook(roster_columns.template(enterprise="示例", credit_code="")).sheets)
    assert [one.code for one in reading.findings] == ["no-people"]
