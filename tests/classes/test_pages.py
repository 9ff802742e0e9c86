"""Pages of classes, walked like a person would: by links and forms."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask

from tests.classes import stage
from tests.client import Browser, Page
from tests.factories import Office
from tests.sample_files import CLASS_ROSTER, sample
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import clock, transaction

APPLICATION: dict[str, Any] = {
    "item_code": "YAZX-2020-001", "title": "名优绿茶加工培训班", "starts_on": "2020-05-11", "ends_on": "2020-05-22",
    "mode": "poverty", "employer_code": "", "place": "石棉县示例村茶叶初制所", "teachers": "高兴云\n贺明德",
    "assess_on": "2020-05-22", "assess_place": "石棉县示例村茶叶初制所", "assessors": "考评一",
}  # fmt: skip
TIMES: dict[str, Any] = {
    "first": "2020-05-11", "last": "2020-05-22", "morning_from": "08:30", "morning_to": "11:30",
    "afternoon_from": "14:00", "afternoon_to": "17:00", "teachers": "高兴云、贺明德", "courses": "开班与安全\n揉捻",
}  # fmt: skip


def follow(browser: Browser, page: Page, part: str) -> Page:
    return browser.open(next(link for link in page.links(part)))


def test_an_institution_opens_a_class_from_form_to_submission(browser: Browser, office: Office) -> None:
    stage.catalogue(office)
    with clock.at(stage.APPLIED_ON):
        browser.sign_in("institution")
        page = browser.submit(follow(browser, browser.open("/classes/"), "/classes/new"), "/classes/new", **APPLICATION)
        assert page.said(stage.NUMBER)
        page = browser.submit(browser.open("/classes/1/roster"), "/roster", sheet=(sample(CLASS_ROSTER), CLASS_ROSTER))
        assert page.said("将导入 25 人")
        page = browser.submit(page, "/import")
        assert page.said("已导入 25 人")
        days: dict[str, Any] = {"weekdays": ["0", "1", "2", "3", "4"]}
        page = browser.submit(browser.open("/classes/1/plan/daily"), "/plan/daily", **TIMES, **days)
        assert page.said("已排 20 次课")
        assert page.said("2020 年 5 月")
        page = browser.submit(browser.open("/classes/1"), "/promise")
        assert page.said("代表机构承诺")
        page = browser.submit(page, "/move", move="submit")
        assert page.said("待受理")


def test_what_is_wrong_with_an_application_stands_beside_its_field(browser: Browser, office: Office) -> None:
    stage.catalogue(office)
    browser.sign_in("institution")
    wrong = {**APPLICATION, "item_code": "YAZX-2020-006", "starts_on": "2020-05-21"}
    page = browser.submit(browser.open("/classes/new"), "/classes/new", expect=422, **wrong)
    assert page.said("“雅鱼烹制”自 2020-05-25 起才可以开班")


def test_a_day_that_is_too_long_names_limit_and_clause(browser: Browser, office: Office) -> None:
    stage.draft(office)
    browser.sign_in("institution")
    long = {**TIMES, "afternoon_from": "13:00", "afternoon_to": "17:30", "weekdays": ["0", "1", "2", "3", "4"]}
    page = browser.submit(browser.open("/classes/1/plan/daily"), "/plan/daily", expect=422, **long)
    assert page.said("超过每天 8 课时的上限（系统默认 · 雅安市 2020 年专项职业能力培训（YA-2020））")


@pytest.mark.parametrize("path", ["", "/roster", "/plan", "/changes", "/scores", "/results", "/people/1"])
@pytest.mark.parametrize("login", ["institution", "acceptance", "city"])
def test_every_tab_of_a_finished_class_opens(browser: Browser, office: Office, path: str, login: str) -> None:
    found = stage.completed(office)
    browser.sign_in(login)
    page = browser.open(f"/classes/{found.cohort_id}{path}")
    assert page.said("名优绿茶加工")


def test_strangers_and_the_filings_pages_do_not_show_a_class(browser: Browser, office: Office) -> None:
    found = stage.submitted(office)
    browser.sign_in("other_enterprise")
    browser.open(f"/classes/{found.cohort_id}", expect=404)
    browser.sign_in("acceptance")
    assert not browser.open("/cohorts/").said(stage.NUMBER)
    assert browser.open("/classes/").said(stage.NUMBER)
    assert browser.open(f"/cohorts/{found.cohort_id}").said("培训班")


def test_marks_are_filled_in_by_grid_and_corrected_beside_the_field(browser: Browser, office: Office) -> None:
    found = stage.approved(office, stage.made_up(20))
    with transaction.unit(reads=True):
        seats = people(found.cohort_id)
    marks: dict[str, Any] = {f"{part}-{one.id}": "60" for one in seats for part in ("theory", "practice")}
    told: dict[str, Any] = {"examined_on": "2020-05-22", "assessor": "考评一"}
    with clock.at(date(2020, 5, 23)):
        browser.sign_in("institution")
        page = browser.open(f"/classes/{found.cohort_id}/scores")
        wrong: dict[str, Any] = {**marks, f"theory-{seats[0].id}": "101"}
        assert browser.submit(page, "/scores?", expect=422, **wrong, **told).said("成绩应为 0 至 100 的整数")
        page = browser.submit(browser.open(f"/classes/{found.cohort_id}/scores"), "/scores?", **marks, **told)
        assert page.said("20 人的成绩有变化")


def test_a_sheet_of_marks_is_handed_out_read_and_recorded(browser: Browser, office: Office) -> None:
    found = stage.approved(office, stage.made_up(20))
    with clock.at(date(2020, 5, 23)):
        browser.sign_in("institution")
        data = filled(browser.download(f"/classes/{found.cohort_id}/scores/template"), 59, 60)
        page = browser.open(f"/classes/{found.cohort_id}/scores")
        page = browser.submit(page, "/scores/upload", sheet=(data, "成绩.xlsx"))
        assert page.said("检查通过，可以登记")
        page = browser.submit(page, "", examined_on="2020-05-22", assessor="考评一")
        assert page.said("已登记 20 人的成绩")
        assert page.said("59.7")


def filled(data: bytes, theory: int, practice: int) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet: Any = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "身份证号" for cell in row))
    titles = {str(cell.value): cell.column for cell in head}
    for row in range(head[0].row + 1, head[0].row + 21):
        sheet.cell(row, titles["理论成绩"]).value = theory
        sheet.cell(row, titles["实操成绩"]).value = practice
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_change_is_asked_for_and_decided_and_told(browser: Browser, office: Office) -> None:
    found = stage.approved(office)
    with clock.at(date(2020, 5, 12)):
        browser.sign_in("institution")
        page = browser.open(f"/classes/{found.cohort_id}/changes/new/session")
        with transaction.unit(reads=True):
            last = stage.held(found)[-1].id
        told: dict[str, Any] = {
            "session": str(last),
            "effective_on": "2020-05-16",
            "starts_at": "14:00",
            "ends_at": "17:00",
        }
        page = browser.submit(page, "/changes/new/session", reason="场地占用", **told)
        assert page.said("待审核")
        browser.sign_in("first_review")
        page = browser.open(f"/classes/{found.cohort_id}/changes/1")
        page = browser.submit(page, "", move="approve")
        assert page.said("改到 2020-05-16 14:00–17:00")


@pytest.mark.parametrize("kind", ["leave", "teacher", "place", "session", "extension", "suspension", "resumption"])
def test_every_kind_of_change_has_its_form(browser: Browser, office: Office, kind: str) -> None:
    found = stage.approved(office, stage.made_up(20))
    with clock.at(date(2020, 5, 12)):
        browser.sign_in("institution")
        assert browser.open(f"/classes/{found.cohort_id}/changes/new/{kind}").said("提交申请")
        browser.open(f"/classes/{found.cohort_id}/changes/new/nothing", expect=404)


def test_every_page_for_the_institution_opens_in_english(app: Flask, browser: Browser, office: Office) -> None:
    found = stage.planned(office)
    browser.sign_in("institution")
    browser.open("/language/en?next=/classes/")
    for path in ("", "/edit", "/roster", "/plan", "/plan/daily", "/plan/shifts", "/plan/session", "/people/1"):
        page = browser.open(f"/classes/{found.cohort_id}{path}")
        assert page.status == 200
