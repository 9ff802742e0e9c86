"""Recording how assessments ended, by form and by sheet, and verifying certificates."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask

from tests.cohorts import rosters, stage
from tests.cohorts.counting import statements
from tests.cohorts.refused import refused
from tests.factories import Office
from tests.racing import at_once, code, meeting
from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.actions import ResultEntry
from trainingadmin.cohorts.models import Cohort, Result, RosterUpload
from trainingadmin.cohorts.states import Outcome
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def cohort(office: Office) -> Cohort:
    return stage.approved_cohort(office, roster=rosters.made_up(3))


def entries(cohort: Cohort) -> list[ResultEntry]:
    return stage.passed(queries.people(cohort.id))


def record(office: Office, cohort: Cohort, given: list[ResultEntry], login: str = "enterprise") -> int:
    with clock.at(stage.ISSUED_ON), transaction.unit():
        return actions.record_results(cohort, given, by=office.actor(login))


def verify(office: Office, cohort: Cohort, verified: bool = True) -> int:
    with clock.at(stage.VERIFIED_ON), transaction.unit():
        ids = list(queries.results(cohort.id))
        return actions.verify_results(cohort, ids, verified, "国家查询系统", office.actor("acceptance"))


def test_results_are_recorded_whole_and_once(office: Office, cohort: Cohort) -> None:
    assert record(office, cohort, entries(cohort)) == 3
    assert record(office, cohort, entries(cohort), login="institution") == 0
    found = queries.results(cohort.id)
    assert {(one.outcome, one.level, one.occupation, one.verified) for one in found.values()} == {
        (Outcome.PASSED, 3, "焊工", None)
    }


def test_a_failed_assessment_has_no_certificate(office: Office, cohort: Cohort) -> None:
    failed = replace(entries(cohort)[0], outcome=Outcome.FAILED)
    record(office, cohort, [failed])
    assert queries.results(cohort.id)[failed.enrolment_id].certificate_number is None


@pytest.mark.parametrize(
    ("code", "field", "changes"),
    [
        ("ended-missing", "ended_on", {"ended_on": None}),
        ("period-reversed", "ended_on", {"ended_on": date(2020, 4, 30)}),
        ("ended-in-future", "ended_on", {"ended_on": date(2022, 5, 21)}),
        ("certificate-number-missing", "certificate_number", {"certificate_number": ""}),
        ("certificate-number-format", "certificate_number", {"certificate_number": "12345"}),
        ("certificate-incomplete", "occupation", {"occupation": " "}),
        ("certificate-incomplete", "level", {"level": None}),
        ("certificate-incomplete", "issued_on", {"issued_on": None}),
        ("certificate-disagrees", "certificate_number", {"level": 4}),
        ("certificate-disagrees", "certificate_number", {"issued_on": date(2021, 5, 20)}),
        ("issued-in-future", "issued_on", {"issued_on": date(2022, 5, 21)}),
        ("person-missing", "enrolment_id", {"enrolment_id": 99999}),
    ],
)
def test_one_wrong_result_records_none(
    office: Office, cohort: Cohort, code: str, field: str, changes: dict[str, Any]
) -> None:
    given = entries(cohort)
    given[1] = replace(given[1], **changes)
    with refused(code, on=stage.ISSUED_ON, field=field):
        actions.record_results(cohort, given, by=office.actor("enterprise"))
    assert queries.results(cohort.id) == {}


def test_one_certificate_belongs_to_one_person(office: Office, cohort: Cohort) -> None:
    given = entries(cohort)
    number = given[0].certificate_number
    with refused("certificate-twice", on=stage.ISSUED_ON):
        actions.record_results(
            cohort, [given[0], replace(given[1], certificate_number=number)], by=office.actor("enterprise")
        )
    record(office, cohort, given[:1])
    with refused("certificate-twice", on=stage.ISSUED_ON):
        actions.record_results(cohort, [replace(given[1], certificate_number=number)], by=office.actor("enterprise"))
    other = stage.approved_cohort(office, title="二班", roster=rosters.made_up(1, first=7000))
    with refused("certificate-twice", on=stage.ISSUED_ON):
        mine = replace(stage.passed(queries.people(other.id))[0], certificate_number=number)
        actions.record_results(other, [mine], by=office.actor("enterprise"))


def test_of_two_people_given_one_number_at_the_same_moment_one_has_it(
    app: Flask, office: Office, cohort: Cohort
) -> None:
    other = stage.approved_cohort(office, title="二班", roster=rosters.made_up(1, first=7000))
    number, by = stage.certificate_number(777777), office.actor("enterprise")
    given = {one.id: replace(entries(one)[0], certificate_number=number) for one in (cohort, other)}

    def recording(id_: int) -> Callable[[], object]:
        def work() -> object:
            with clock.at(stage.ISSUED_ON), transaction.unit():
                return actions.record_results(db.session.get_one(Cohort, id_), [given[id_]], by=by)

        return work

    with meeting((Result, "before_insert")):
        answers = at_once(app, *map(recording, given))
    assert sorted(map(code, answers)) == ["certificate-twice", "int"]
    assert db.session.query(Result).filter_by(certificate_number=number).count() == 1


def test_numbers_that_were_mixed_up_are_exchanged_at_one_go(office: Office, cohort: Cohort) -> None:
    first, second, third = entries(cohort)
    record(office, cohort, [first, second])
    exchanged = [
        replace(first, certificate_number=second.certificate_number),
        replace(second, outcome=Outcome.FAILED),
        replace(third, certificate_number=first.certificate_number),
    ]
    assert record(office, cohort, exchanged) == 3
    found = queries.results(cohort.id)
    numbers = [found[one.enrolment_id].certificate_number for one in (first, second, third)]
    assert numbers == [second.certificate_number, None, first.certificate_number]
    assert record(office, cohort, [first, second, third]) == 3


def test_a_verified_number_is_not_taken_away_by_exchanging_it(office: Office, cohort: Cohort) -> None:
    first, second, _ = entries(cohort)
    record(office, cohort, [first, second])
    verify(office, cohort)
    swapped = [
        replace(one, certificate_number=other.certificate_number) for one, other in ((first, second), (second, first))
    ]
    with refused("result-verified", on=stage.VERIFIED_ON):
        actions.record_results(cohort, swapped, by=office.actor("enterprise"))
    assert queries.results(cohort.id)[first.enrolment_id].certificate_number == first.certificate_number


@pytest.mark.parametrize("login", ["other_enterprise", "acceptance"])
def test_only_the_enterprise_and_its_institution_report(office: Office, cohort: Cohort, login: str) -> None:
    with refused("not-yours", on=stage.ISSUED_ON):
        actions.record_results(cohort, entries(cohort), by=office.actor(login))


def test_results_wait_for_the_training(office: Office) -> None:
    draft = stage.enrolled_cohort(office, roster=rosters.made_up(1))
    with refused("not-in-training", on=stage.ISSUED_ON):
        actions.record_results(draft, entries(draft), by=office.actor("enterprise"))


def test_an_officer_notes_what_the_register_says(office: Office, cohort: Cohort) -> None:
    record(office, cohort, entries(cohort))
    assert verify(office, cohort) == 3
    one = next(iter(queries.results(cohort.id).values()))
    assert (one.verified, one.verified_source) == (True, "国家查询系统 2022-06-01")


def test_a_verified_result_stays_and_a_doubted_one_may_be_mended(office: Office, cohort: Cohort) -> None:
    given = entries(cohort)
    mended = replace(given[0], ended_on=date(2022, 4, 1))
    record(office, cohort, given)
    verify(office, cohort, verified=False)
    assert record(office, cohort, [mended]) == 1
    assert queries.results(cohort.id)[mended.enrolment_id].verified is None
    verify(office, cohort)
    with refused("result-verified", on=stage.VERIFIED_ON):
        actions.record_results(cohort, given[:1], by=office.actor("enterprise"))


def test_verifying_is_refused_for_what_it_lacks(office: Office, cohort: Cohort) -> None:
    officer, ids = office.actor("acceptance"), [one.id for one in queries.people(cohort.id)]
    with refused("results-missing", on=stage.VERIFIED_ON):
        actions.verify_results(cohort, ids, True, "查询系统", officer)
    record(office, cohort, entries(cohort))
    with refused("source-missing", on=stage.VERIFIED_ON, field="source"):
        actions.verify_results(cohort, ids, True, " ", officer)
    with refused("as-of-future", on=stage.VERIFIED_ON, field="as_of"):
        actions.verify_results(cohort, ids, True, "查询系统", officer, as_of=date(2022, 6, 2))
    with refused("nobody-chosen", on=stage.VERIFIED_ON):
        actions.verify_results(cohort, [], True, "查询系统", officer)
    with refused("verify-role", on=stage.VERIFIED_ON):
        actions.verify_results(cohort, ids, True, "查询系统", office.actor("enterprise"))


def sheet(office: Office, cohort: Cohort, given: list[ResultEntry]) -> bytes:
    """Fill in the form we hand out."""
    with clock.at(stage.ISSUED_ON):
        book = openpyxl.load_workbook(io.BytesIO(actions.results_form(cohort, by=office.actor("enterprise"))))
    page = book.worksheets[0]
    for row, entry in enumerate(given, start=3):
        page.cell(row, 4, "合格" if entry.outcome is Outcome.PASSED else "不合格")
        page.cell(row, 5, entry.ended_on)
        if entry.outcome is Outcome.PASSED:
            page.cell(row, 6, entry.certificate_number)
            page.cell(row, 9, entry.issued_on)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def upload(office: Office, cohort: Cohort, data: bytes) -> RosterUpload:
    with clock.at(stage.ISSUED_ON), transaction.unit():
        return actions.upload_results(cohort, "成绩.xlsx", data, by=office.actor("institution"))


def take_in(office: Office, sent: RosterUpload) -> bool:
    with clock.at(stage.ISSUED_ON), transaction.unit():
        return actions.take_in(sent, by=office.actor("institution"))


def test_a_sheet_is_read_first_and_recorded_by_a_second_click(office: Office, cohort: Cohort) -> None:
    sent = upload(office, cohort, sheet(office, cohort, entries(cohort)))
    assert (sent.people, sent.findings, queries.results(cohort.id)) == (3, [], {})
    assert take_in(office, sent)
    assert [one.certificate_number for one in queries.results(cohort.id).values()] == [
        one.certificate_number for one in entries(cohort)
    ]
    assert not take_in(office, sent)


def test_a_sheet_with_errors_records_nobody_and_comes_back_marked(office: Office, cohort: Cohort) -> None:
    given = entries(cohort)
    given[2] = replace(given[2], certificate_number="123")
    sent = upload(office, cohort, sheet(office, cohort, given))
    assert [found["code"] for found in sent.findings] == ["certificate-number-format"]
    assert sent.annotated_sha256 is not None
    with refused("results-have-errors", on=stage.ISSUED_ON):
        actions.take_in(sent, by=office.actor("institution"))
    assert queries.results(cohort.id) == {}


def test_a_certificate_of_another_filing_is_found_in_the_sheet(office: Office, cohort: Cohort) -> None:
    other = stage.finished_cohort(office, title="二班", roster=rosters.made_up(1, first=7000))
    taken = next(iter(queries.results(other.id).values())).certificate_number or ""
    given = entries(cohort)
    given[0] = replace(given[0], certificate_number=taken)
    sent = upload(office, cohort, sheet(office, cohort, given))
    assert [(found["row"], found["code"]) for found in sent.findings] == [(3, "certificate-twice")]


def test_the_form_is_for_those_who_report(office: Office, cohort: Cohort) -> None:
    with refused("not-yours", on=stage.ISSUED_ON):
        actions.results_form(cohort, by=office.actor("acceptance"))


def test_recording_costs_the_same_questions_for_3_people_and_for_60(office: Office, cohort: Cohort) -> None:
    counted = []
    for one in (cohort, stage.approved_cohort(office, title="大班", roster=rosters.made_up(60, first=8000))):
        given = entries(one)
        with statements() as seen:
            record(office, one, given)
        counted.append(sum(statement.startswith("SELECT") for statement in seen))
    assert counted[0] == counted[1]
