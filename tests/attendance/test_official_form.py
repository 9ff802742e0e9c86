"""The official form: as a file in the layout of the sample, and on paper with places for signatures."""

from __future__ import annotations

import io
from datetime import date, time

import openpyxl
import pytest

from tests.attendance import classes, stage
from tests.client import Browser
from tests.factories import Office
from tests.sample_files import CLASS_ATTENDANCE, sample
from trainingadmin.attendance import official, signed_form
from trainingadmin.attendance.grid import Heading, Person
from trainingadmin.plumbing.spreadsheets.forms import FormPage, write_form
from trainingadmin.plumbing.spreadsheets.reading import read_workbook


def cells(data: bytes, name: str = "") -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[name] if name else book.worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def test_the_class_is_exported_as_the_sample_lays_it_out(browser: Browser, office: Office) -> None:
    cohort = classes.attended_class(office)
    browser.sign_in("institution")
    data = browser.open(f"/attendance/{cohort.id}/form.xlsx").response.data
    ours, theirs = cells(data), cells(sample(CLASS_ATTENDANCE))
    assert ours[0][0] == theirs[0][0] == "职业技能培训考勤表"
    assert ours[2:4] == theirs[2:4]  # both rows of the header
    assert [row[:2] for row in ours[4:29]] == [row[:2] for row in theirs[4:29]]
    different = [row[0] for row, other in zip(ours[4:29], theirs[4:29], strict=True) if row[2:] != other[2:]]
    assert different == []  # who was there at all is the same, whatever the times are worth
    assert "√ 到" in str(ours[29][0])
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert (book.worksheets[0].page_setup.orientation, book.worksheets[0].page_setup.paperSize) == ("landscape", 9)


def test_what_is_exported_can_be_read_again(browser: Browser, office: Office) -> None:
    cohort = classes.attended_class(office)
    browser.sign_in("supervisor")
    sheets = read_workbook(browser.open(f"/attendance/{cohort.id}/form.xlsx").response.data).sheets
    ticks = {line.row - 4: line.ticks for line in signed_form.read(sheets)}
    assert (len(ticks), ticks[3], ticks[7], ticks[11], ticks[22]) == (25, 16, 17, 16, 14)


def test_apprentices_have_a_sheet_a_month_and_a_dash_for_other_groups(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    browser.sign_in("enterprise")
    data = browser.open(f"/attendance/{cohort.id}/form.xlsx").response.data
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["2020-05", "2020-06", "2020-07"]
    rows = cells(data, "2020-05")
    assert rows[0][0] == "企业新型学徒制培训考勤表"
    assert "—" in rows[4]


def test_the_paper_has_places_for_the_signatures(browser: Browser, office: Office) -> None:
    cohort = classes.attended_class(office)
    browser.sign_in("institution")
    page = browser.open(f"/attendance/{cohort.id}/paper")
    for words in ("授课教师", "班主任", "机构负责人", "（盖章）", "5月11日", "石棉示例职业培训学校"):
        assert page.said(words)


def test_a_class_without_sessions_prints_an_empty_form(browser: Browser, office: Office) -> None:
    cohort = classes.class_in_training(office)
    browser.sign_in("institution")
    assert browser.open(f"/attendance/{cohort.id}/paper").said("还没有排课")


@pytest.mark.parametrize(
    ("at", "name"), [(time(8, 30), "上午"), (time(11, 59), "上午"), (time(12), "下午"), (time(18), "晚上")]
)
def test_the_period_of_a_session_is_that_of_its_beginning(at: time, name: str) -> None:
    assert official.period(at) == name


def test_two_classes_of_a_morning_stand_in_one_cell_and_evenings_come_last() -> None:
    on = date(2020, 5, 11)
    sessions = [Heading(1, "", on, time(19)), Heading(2, "", on, time(8)), Heading(3, "", on, time(10))]
    one = Person(7, 1, "某人", "", "", 0, 0, 0)
    (page,) = official.pages([one], sessions, {(2, 7): "present", (3, 7): "absent"}, official.Papers("考勤表", ()))
    assert page.days == [("5月11日", ["上午", "晚上"])]
    assert page.rows == [[1, "某人", "√×", "", 1]]


def test_no_text_becomes_a_formula() -> None:
    page = FormPage(
        "2020-05",
        "考勤表",
        (),
        ("序号", "姓名"),
        [("5月11日", ["上午", "下午"])],
        ("实到次数",),
        [[1, "=1+1", "", "", 0]],
        (),
    )
    assert cells(write_form([page]))[3][1] == "=1+1"
