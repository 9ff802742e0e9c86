"""The three lists of what is late: in working days, by office, with who has it, counted on the desk, to take away."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.claims import small
from tests.client import Browser
from tests.factories import Office
from tests.payments import stage as money
from trainingadmin.desk import overdue
from trainingadmin.desk.overdue import Late
from trainingadmin.kernel.dates import add_months
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

DUE, DAY_AFTER = date(2022, 6, 20), date(2022, 6, 21)


def listed(office: Office, late: Late, login: str, on: date, of_office: str = "") -> list[overdue.Row]:
    """The rows of a list on a day, as somebody reads it."""
    by = office.actor(login)
    with clock.at(on):
        return overdue.rows(late, db.session.execute(overdue.listing(late, by, of_office)).all(), by)


def test_a_claim_is_late_from_the_day_after_its_day(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    assert listed(office, Late.ACCEPTANCE, "acceptance", DUE) == []
    (row,) = listed(office, Late.ACCEPTANCE, "acceptance", DAY_AFTER)
    assert (row.claim.id, row.promised_on, row.over, row.names) == (claim.id, DUE, 1, ["acceptance"])


def test_days_over_leave_out_weekends_and_holidays(office: Office) -> None:
    small.submitted(office, small.cohort_of(office))
    (row,) = listed(office, Late.ACCEPTANCE, "acceptance", date(2022, 6, 27))
    assert row.over == 5


def test_an_accepted_claim_is_late_for_the_decision_and_says_at_which_post(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="check")
    assert claim.due_on == date(2022, 6, 27)
    (row,) = listed(office, Late.REVIEW, "approval", date(2022, 6, 28))
    assert (row.names, row.claim.people) == (["second_review"], 3)
    assert listed(office, Late.ACCEPTANCE, "approval", date(2022, 6, 28)) == []


def test_amended_papers_are_nobodys_delay(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "return", "acceptance", note="缺签到表")
    assert listed(office, Late.ACCEPTANCE, "acceptance", date(2022, 9, 1)) == []


def test_a_payment_is_late_one_month_after_the_notice_and_only_for_who_is_not_paid(office: Office) -> None:
    claim = money.cleared_claim(office, money.approved_cohort(office, advance=0), undecided=(3,))
    assert listed(office, Late.PAYMENT, "preparer", date(2022, 8, 11)) == []
    (row,) = listed(office, Late.PAYMENT, "preparer", date(2022, 8, 12))
    assert (row.claim.id, row.promised_on, row.over, row.claim.people) == (claim.id, date(2022, 8, 11), 1, 2)
    money.plan()
    money.settled(office)
    assert listed(office, Late.PAYMENT, "preparer", date(2022, 8, 12)) == []


@pytest.mark.parametrize("day", [date(2024, 3, 1), date(2024, 3, 31), date(2022, 8, 12), date(2023, 1, 1)])
@pytest.mark.parametrize("months", [1, 2, 12])
def test_the_last_day_a_notice_may_have_ended_is_the_last(app: Flask, day: date, months: int) -> None:
    with clock.at(day):
        last = overdue.last_closing(months)
        assert add_months(last, months) < day
        assert add_months(last.fromordinal(last.toordinal() + 1), months) >= day


def test_a_district_sees_its_own_and_the_city_all_by_office(office: Office) -> None:
    small.submitted(office, small.cohort_of(office))
    assert listed(office, Late.ACCEPTANCE, "other_office", DAY_AFTER) == []
    assert len(listed(office, Late.ACCEPTANCE, "city", DAY_AFTER)) == 1
    assert listed(office, Late.ACCEPTANCE, "city", DAY_AFTER, "511822") == []
    with clock.at(DAY_AFTER):
        ((code, _name, told),) = overdue.by_office(office.actor("city"))
    assert (code, told[Late.ACCEPTANCE], told[Late.REVIEW]) == ("511824", 1, 0)


def test_claims_without_a_deadline_are_counted_apart(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    with transaction.unit():
        claim.due_on = None
    assert overdue.undated(office.actor("acceptance")) == 1
    assert overdue.undated(office.actor("other_office")) == 0


@pytest.mark.parametrize("login", ["acceptance", "approval", "preparer", "checker", "supervisor", "admin", "city"])
def test_the_page_and_its_file_open_for_who_watches(office: Office, browser: Browser, login: str) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    browser.sign_in(login)
    for late in Late:
        assert browser.open(f"/desk/overdue/{late}").said("超期未受理")
    assert claim.number in browser.open("/desk/overdue/acceptance").text
    assert browser.download("/desk/overdue/acceptance/rows.xlsx")[:2] == b"PK"


def test_others_do_not_see_them(office: Office, browser: Browser) -> None:
    browser.sign_in("enterprise")
    browser.open("/desk/overdue/acceptance", expect=403)
    browser.sign_in("acceptance")
    browser.open("/desk/overdue/nothing", expect=404)


def test_the_desk_counts_and_leads_to_the_list(office: Office, browser: Browser) -> None:
    small.submitted(office, small.cohort_of(office))
    for login, late in (("acceptance", "acceptance"), ("first_review", "review"), ("preparer", "payment")):
        browser.sign_in(login)
        assert browser.open("/desk").links(f"/desk/overdue/{late}")
    browser.sign_in("supervisor")
    assert len(browser.open("/desk").links("/desk/overdue/")) == 3
