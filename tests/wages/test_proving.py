"""The proof of wages: sheets read with every mistake and kept whole, scans by month, months struck out again."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cohorts.refused import refused
from tests.cohorts.rosters import number
from tests.factories import Office
from tests.wages import stage
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.wages import actions, queries, sheet, sheet_columns
from trainingadmin.wages.sheet import WageContext

JUNE, JULY, AUGUST = stage.MONTHS


def test_a_month_counts_once_wage_and_scan_are_there(office: Office) -> None:
    cohort = stage.proved(office, months=[JUNE, JULY])
    assert len(queries.proofs(cohort.id)) == 36
    assert {len(months) for months in queries.proved(cohort.id).values()} == {2}
    assert queries.tally(cohort) == queries.Tally(12, 36, 2, 24)
    assert queries.unscanned(cohort.id) == ["2020-08"]


def test_the_same_sheet_again_changes_nothing_and_another_amount_counts_from_then_on(office: Office) -> None:
    cohort, by = stage.proved(office), office.actor("enterprise")
    with clock.at(stage.PAID_ON), transaction.unit():
        assert not actions.import_wages(stage.sent(office, cohort, stage.wages()), by=by)
    changed = stage.sent(office, cohort, stage.wages(changes={0: {"amount": "2,800.50"}}))
    with clock.at(stage.PAID_ON), transaction.unit():
        assert actions.import_wages(changed, by=by)
    first = cohorts.people(cohort.id)[0].id
    assert queries.proofs(cohort.id)[first, JUNE].amount == Money.parse("2800.50")
    assert queries.proofs(cohort.id)[first, JULY].amount == Money.yuan(2600)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_number": number(9)}, "person-unknown"),
        ({"name": "别人"}, "name-differs"),
        ({"month": "2020-09"}, "month-outside"),
        ({"month": "六月"}, "month-form"),
        ({"month": "2020-07"}, "month-repeated"),
        ({"amount": "两千"}, "amount-form"),
        ({"amount": "2600.005"}, "amount-form"),
        ({"amount": "0"}, "amount-range"),
        ({"paid_on": date(2020, 5, 31)}, "paid-before-month"),
        ({"paid_on": date(2020, 9, 11)}, "paid-in-future"),
        ({"voucher": ""}, "missing"),
        ({"voucher": "1" * 41}, "voucher-long"),
    ],
)
def test_each_mistake_is_an_error_and_nothing_is_kept(office: Office, changes: dict[str, Value], code: str) -> None:
    cohort = stage.approved(office)
    sent = stage.sent(office, cohort, stage.wages(changes={0: changes}))
    assert code in {found["code"] for found in sent.findings if found["severity"] == "error"}
    assert sent.annotated_sha256 is not None
    with refused("wages-have-errors", on=stage.PAID_ON):
        actions.import_wages(sent, by=office.actor("enterprise"))
    assert queries.proofs(cohort.id) == {}


def test_a_month_before_somebody_came_is_an_error(office: Office) -> None:
    cohort = stage.approved(office, stage.roster(changes={0: {"starts_on": date(2020, 7, 15)}}))
    sent = stage.sent(office, cohort, stage.wages())
    assert [(found["row"], found["code"]) for found in sent.findings] == [(3, "month-before-start")]


def test_wages_wait_for_the_approval(office: Office) -> None:
    cohort = stage.enrolled(office)
    with refused("not-in-training", on=stage.PAID_ON):
        actions.upload_wages(cohort, "工资.xlsx", stage.wages(), by=office.actor("enterprise"))


def test_only_the_firm_itself_proves_its_wages(office: Office) -> None:
    cohort = stage.approved(office)
    for login in ("other_enterprise", "acceptance"):
        with refused("not-the-enterprise", on=stage.PAID_ON):
            actions.upload_wages(cohort, "工资.xlsx", stage.wages(), by=office.actor(login))
        with refused("not-the-enterprise", on=stage.PAID_ON):
            actions.attach(cohort, JUNE, "回单.pdf", stage.PDF, by=office.actor(login))


def test_a_scan_is_kept_once_and_only_for_months_of_the_filing(office: Office) -> None:
    cohort, by = stage.approved(office), office.actor("enterprise")
    with clock.at(stage.PAID_ON), transaction.unit():
        first = actions.attach(cohort, JUNE, "回单.pdf", stage.PDF, by=by)
        assert actions.attach(cohort, JUNE, "又是.pdf", stage.PDF, by=by).id == first.id
    with refused("month-outside", on=stage.PAID_ON, field="month"):
        actions.attach(cohort, date(2020, 9, 1), "回单.pdf", stage.PDF, by=by)
    with refused("file-kind", on=stage.PAID_ON, field="paper"):
        actions.attach(cohort, JUNE, "回单.pdf", b"MZ", by=by)
    with refused("file-missing", on=stage.PAID_ON, field="paper"):
        actions.attach(cohort, JUNE, "回单.pdf", b"", by=by)


def test_a_struck_month_counts_no_more_and_may_be_entered_again(office: Office) -> None:
    cohort, by = stage.proved(office), office.actor("enterprise")
    first = cohorts.people(cohort.id)[0].id
    with clock.at(stage.PAID_ON), transaction.unit():
        actions.strike(cohort, first, JUNE, "重复登记", by=by)
    assert (first, JUNE) not in queries.proofs(cohort.id)
    assert [one.month for one in queries.proved(cohort.id)[first]] == [JULY, AUGUST]
    with refused("nothing-entered", on=stage.PAID_ON):
        actions.strike(cohort, first, JUNE, "再来", by=by)
    with clock.at(stage.PAID_ON), transaction.unit():
        assert actions.import_wages(stage.sent(office, cohort, stage.wages()), by=by)
    assert (first, JUNE) in queries.proofs(cohort.id)


def test_striking_needs_a_reason(office: Office) -> None:
    cohort = stage.proved(office)
    with refused("reason-missing", on=stage.PAID_ON, field="reason"):
        actions.strike(cohort, cohorts.people(cohort.id)[0].id, JUNE, " ", by=office.actor("enterprise"))


def test_the_form_has_everybody_in_it_and_is_read_with_what_is_missing(office: Office) -> None:
    cohort = stage.approved(office)
    data = actions.wage_form(cohort, by=office.actor("enterprise"))
    reading = sheet.read(read_workbook(data).sheets)
    assert (reading.lines, reading.importable) == (12, False)
    assert {one.code for one in reading.findings} == {"missing"}


def test_an_empty_form_holds_no_line() -> None:
    reading = sheet.read(read_workbook(sheet_columns.template()).sheets, WageContext())
    assert (reading.lines, reading.importable) == (0, False)


def test_a_file_without_the_header_is_an_error() -> None:
    reading = sheet.read(read_workbook(stage.roster(1)).sheets)
    assert [one.code for one in reading.findings] == ["header-missing"]
