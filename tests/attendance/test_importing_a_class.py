"""Taking in the sign-ins of a class: three sheets, of which the sign-in times decide over the signed form."""

from __future__ import annotations

import pytest

from tests.attendance import classes, stage
from tests.client import Browser
from tests.factories import Office
from trainingadmin.attendance import queries, verification
from trainingadmin.attendance.evidence import terms
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


def test_a_class_gets_the_hours_of_the_samples_list(office: Office) -> None:
    cohort = classes.attended_class(office)
    told = {3: 64, 7: 64, 11: 63, 14: 60, 19: 72, 22: 56}
    assert stage.hours(cohort) == {number: told.get(number, 80) for number in range(1, 26)}
    summed = {one.position: queries.totals(cohort.id)[one.id] for one in people(cohort.id)}
    assert {number: one.leave_minutes // 45 for number, one in summed.items() if one.leave_minutes} == {14: 20, 19: 8}
    assert {one.planned_minutes for one in summed.values()} == {80 * 45}


def test_exactly_eighty_per_cent_passes_and_an_hour_less_does_not(office: Office) -> None:
    cohort = classes.attended_class(office)
    percent, summed = terms(cohort).percent, queries.totals(cohort.id)
    below = {one.position for one in people(cohort.id) if summed[one.id].is_below(percent)}
    assert below == {11, 14, 22}


def test_the_sums_of_the_months_are_exact(office: Office) -> None:
    classes.attended_class(office)
    with transaction.unit(reads=True):
        assert verification.verify().ok


@pytest.mark.parametrize(("number", "form", "signed"), [(7, 17, 15), (11, 16, 15)])
def test_where_the_signed_form_says_otherwise_both_are_told(
    office: Office, number: int, form: int, signed: int
) -> None:
    found = classes.uploaded(office, classes.class_in_training(office, planned=True)).findings
    (told,) = [one for one in found if one["code"] == "form-differs" and one["row"] == number + 4]
    assert told["severity"] == "warning"
    assert (told["params"]["form"], told["params"]["signed"]) == (form, signed)


def test_the_same_file_again_adds_nothing(office: Office) -> None:
    cohort = classes.attended_class(office)
    upload = classes.uploaded(office, cohort)
    assert upload.imported_at is not None
    assert stage.imported(office, upload, login="institution") == 0


def test_the_institution_imports_it_by_the_page(browser: Browser, office: Office) -> None:
    cohort = classes.attended_class(office)
    browser.sign_in("institution")
    page = browser.open(f"/attendance/{cohort.id}")
    assert page.said("低于 80%")
    assert page.said("名优绿茶加工")


def test_a_session_that_was_not_agreed_to_is_not_made_by_a_file(office: Office) -> None:
    cohort = classes.class_in_training(office, planned=True)
    with transaction.unit():
        first = queries.sessions(cohort.id)[0]
        day = first.held_on
        db.session.delete(first)
    upload = classes.uploaded(office, cohort)
    wrong = [one for one in upload.findings if one["severity"] == "error"]
    assert {(one["code"], one["column_name"]) for one in wrong} == {("session-unplanned", "计划开始")}
    with pytest.raises(Refusal) as refusal:
        stage.imported(office, upload, login="institution")
    assert refusal.value.code == "attendance-has-errors"
    assert day not in {one.held_on for one in queries.sessions(cohort.id) if one.starts_at == first.starts_at}
