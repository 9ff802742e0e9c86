"""The monthly report: what each class of a month comes to, seen by whoever may see the class, and taken away."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.attendance import classes
from tests.client import Browser
from tests.factories import Office


@pytest.mark.parametrize("login", ["institution", "acceptance", "city"])
def test_a_month_says_what_its_classes_come_to(browser: Browser, office: Office, login: str) -> None:
    classes.attended_class(office)
    browser.sign_in(login)
    page = browser.open(browser.open("/attendance/").links("/attendance/months")[0])
    assert page.said("2020-05 考勤月报")
    # By the sample's list: 19 have all 80 hours, six have 379 together.
    assert page.said("1899 / 2000")
    assert page.said("94.9%")
    assert page.said("石棉示例职业培训学校")


def test_another_month_is_empty_and_leads_to_those_that_are_not(browser: Browser, office: Office) -> None:
    classes.attended_class(office)
    browser.sign_in("institution")
    page = browser.open("/attendance/months?month=2020-07")
    assert page.said("这个月没有考勤")
    assert browser.open(page.links("month=2020-05")[0]).said("1899 / 2000")


def test_without_any_marks_the_page_leads_to_the_classes(browser: Browser, office: Office) -> None:
    browser.sign_in("enterprise")
    page = browser.open("/attendance/months")
    assert page.said("还没有考勤")
    assert page.links("/attendance/")


def test_whoever_may_not_see_a_class_does_not_see_its_hours(browser: Browser, office: Office) -> None:
    classes.attended_class(office)
    browser.sign_in("other_enterprise")
    assert not browser.open("/attendance/months?month=2020-05").said("1899")


def test_the_month_is_taken_away_as_a_table(browser: Browser, office: Office) -> None:
    classes.attended_class(office)
    browser.sign_in("institution")
    book = openpyxl.load_workbook(io.BytesIO(browser.download("/attendance/months.xlsx?month=2020-05")))
    rows = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == "PX511824-2020-T001"]
    assert rows[0][2:] == ("石棉示例职业培训学校", 476, 17, 7, "2000", "1899", "94.9%")
    book.close()
