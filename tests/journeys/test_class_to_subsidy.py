"""A class over HTTP: the sample roster in, eighty hours taught, examined, claimed, published, paid, certified."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from tests.classes import stage
from tests.classes.test_pages import APPLICATION, TIMES
from tests.client import Browser, Page
from tests.factories import Office
from tests.journeys.acting import Desk, Stranger, answered, at_the_clock, clock_strikes
from tests.sample_files import CLASS_ATTENDANCE, CLASS_ROSTER, sample
from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.people.queries import person_by_id_number
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

CLASS, CLAIM = "/classes/1", "/claims/1"
FUNDS: dict[str, Any] = {"funding_source": "职业技能提升行动专账资金", "budget_item": "2080799 其他就业补助支出"}
EXACTLY, AN_HOUR_LESS = (f"有效出勤分钟数 {minutes} · 计划分钟数 3600" for minutes in (2880, 2835))
EXACT, SHORT = 3, 11  # 吴䶮 with exactly 80 %, and 多吉·泽仁 one class hour short of it
REVIEW = (("acceptance", "accept"), ("first_review", "check"), ("second_review", "review"), ("approval", "approve"))


def cell_of(position: int, column: int) -> str:
    book = openpyxl.load_workbook(io.BytesIO(sample(CLASS_ROSTER)), read_only=True)
    try:
        return str(book.worksheets[0].cell(position + 4, column).value)
    finally:
        book.close()


def text_of(page: Page) -> str:
    assert page.tree is not None
    return " ".join("".join(page.tree.itertext()).split())


class Journey:
    """One class on its way; each step is somebody's day."""

    def __init__(self, app: Flask) -> None:
        self.app, self.desk = app, Desk(app)

    def open(self) -> None:
        with self.desk.at(stage.APPLIED_ON, "institution") as browser:
            page = browser.submit(browser.open("/classes/new"), "/classes/new", **APPLICATION)
            page = self.desk.follow(page, "/roster")
            page = browser.submit(page, "/roster", sheet=(sample(CLASS_ROSTER), CLASS_ROSTER))
            assert browser.submit(page, "/import").said("已导入 25 人")
            page = self.desk.follow(self.desk.follow(browser.open(CLASS), "/plan"), "/plan/daily")
            page = browser.submit(page, "/plan/daily", **TIMES, weekdays=["0", "1", "2", "3", "4"])
            assert page.said("已排 20 次课")
            page = browser.submit(browser.open(CLASS), "/promise")
            assert self.desk.press(page, "/move", "submit").said("待受理")

    def agree(self) -> None:
        with self.desk.at(stage.ACCEPTED_ON, "acceptance") as browser:
            assert self.desk.press(browser.open(CLASS), "/move", "accept").said("待审核")
            page = browser.open("/claims/attest/1")
            told = {"source": "市社保局名单", "as_of": stage.ACCEPTED_ON.isoformat()}
            page = self.desk.tick(page, "/claims/attest", "facts", "civil_service_pension", **told)
            assert page.said("已登记 25 人的核对结果")
        with self.desk.at(stage.APPROVED_ON, "first_review") as browser:
            page = self.desk.press(browser.open(CLASS), "/move", "approve", note="人员类别材料已看原件")
            assert page.said("培训中")

    def teach(self) -> None:
        with self.desk.at(date(2020, 5, 25), "institution") as browser:
            page = browser.submit(
                browser.open("/attendance/1/upload"), "/upload", sheet=(sample(CLASS_ATTENDANCE), CLASS_ATTENDANCE)
            )
            browser.submit(page, "/uploads/")
            assert browser.open(f"{CLASS}/people/{EXACT}").said("80.0%")

    def examine(self) -> None:
        with self.desk.at(date(2020, 5, 26), "institution") as browser:
            form = browser.download(f"{CLASS}/scores/template")
            page = browser.submit(browser.open(f"{CLASS}/scores"), "/scores/upload", sheet=(marked(form), "成绩.xlsx"))
            page = browser.submit(page, "", examined_on="2020-05-22", assessor="考评一")
            assert page.said("已登记 25 人的成绩")
        with self.desk.at(stage.COMPLETED_ON, "acceptance") as browser:
            assert self.desk.press(browser.open(CLASS), "/move", "complete").said("已结班")

    def claim(self) -> None:
        with self.desk.at(date(2020, 6, 1), "institution") as browser:
            page = browser.open("/claims/precheck/1")
            assert page.said("¥26,400.00")  # 22 of 25 at 1 200
            assert page.said("不符合3人")
            page = browser.submit(page, "/open")
            assert self.desk.press(page, "/move", "submit").said("待受理")

    def review(self) -> None:
        for day, (login, move) in enumerate(REVIEW, start=2):
            with self.desk.at(date(2020, 6, day), login) as browser:
                self.desk.press(browser.open(CLAIM), "/move", move)
        with self.desk.at(date(2020, 6, 5), "approval") as browser:
            assert browser.open(CLAIM).said("待公示")

    def publish(self) -> None:
        with self.desk.at(date(2020, 6, 8), "approval") as browser:
            page = browser.open("/notices/publish")
            page = self.desk.tick(page, "/publish", "claims", "1", title="专项职业能力培训补贴公示")
            assert self.desk.follow(page, "/notices/1").said("26,400.00")
        clock_strikes(at_the_clock(date(2020, 6, 17)))

    def pay(self, kind: str, total: str) -> None:
        """Compose one batch of all that is due of a kind, release it by another, and book the bank's answer."""
        clock_strikes(at_the_clock(date(2020, 6, 18), 8))
        with self.desk.at(date(2020, 6, 18), "preparer") as browser:
            page = browser.open("/payments/payables")
            boxes = [
                box.get("value", "") for box in page.form("/payables").iter("input") if box.get("name") == "groups"
            ]
            page = self.desk.tick(page, "/payables", "groups", *[one for one in boxes if kind in one], **FUNDS)
            assert page.said(f"¥{total}")
            batch = int(re.findall(r"/payments/(\d+)", page.response.request.path)[0])
        with self.desk.at(date(2020, 6, 18), "checker") as browser:
            page = browser.open(f"/payments/{batch}")
            for move in ("check", "release"):
                if move in {button.get("value") for button in page.form("/move").iter("button")}:
                    page = self.desk.press(page, "/move", move)
            sent = browser.download(page.links("/file/csv")[0])
        with self.desk.at(date(2020, 6, 19), "preparer") as browser:
            page = self.desk.follow(browser.open(f"/payments/{batch}"), "/answer")
            assert browser.submit(page, "/answer", answer=(answered(sent), "回单.csv")).said("银行回单已入账")


def marked(form: bytes) -> bytes:
    """Fill in the sheet of marks: everybody passes."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    sheet: Any = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if "身份证号" in [cell.value for cell in row])
    at = {cell.value: cell.column for cell in head if cell.value}
    for row in range(head[0].row + 1, head[0].row + 26):
        sheet.cell(row, at["理论成绩"]).value, sheet.cell(row, at["实操成绩"]).value = 75, 82
    out = io.BytesIO()
    book.save(out)
    book.close()
    return out.getvalue()


def institution_with_account(office: Office) -> None:
    """Publish the catalogue, and let the institution have an account to be paid to."""
    stage.catalogue(office)
    with transaction.unit():
        unit = office.institution
        unit.payee_account, unit.payee_bank = "6222020000000000033", "示例银行石棉支行"
    db.session.remove()


@pytest.fixture
def journey(app: Flask, office: Office) -> Journey:
    institution_with_account(office)
    return Journey(app)


def test_a_class_becomes_paid_subsidy_and_certificates(journey: Journey, app: Flask) -> None:
    journey.open()
    journey.agree()
    journey.teach()
    journey.examine()
    journey.claim()
    both_see_why(journey)
    journey.review()
    journey.publish()
    journey.pay("balance", "26,400.00")
    journey.pay("allowance", "12,350.00")
    with journey.desk.at(date(2020, 6, 20), "institution") as browser:
        page = browser.open(CLAIM)
        assert page.said("已拨付")
    the_trainee_sees_hours_and_certificate(journey)
    who_was_short_is_not_told_of_money(journey)


def both_see_why(journey: Journey) -> None:
    """Exactly 80 % passes, a class hour less does not, and the card says so to both."""
    with journey.desk.at(date(2020, 6, 1), "institution") as browser:
        passes, fails = (browser.open(f"/claims/precheck/1/{one}") for one in (EXACT, SHORT))
        assert passes.said(EXACTLY)
        assert fails.said(AN_HOUR_LESS)
        assert fails.said("≥ 80 %")
    with signed_in(journey, SHORT) as (page, browser):
        (line,) = set(page.links("/m/claims/"))
        assert browser.open(line).said(AN_HOUR_LESS)


@contextmanager
def signed_in(journey: Journey, position: int, day: date = date(2020, 6, 21)) -> Iterator[tuple[Page, Browser]]:
    browser = Stranger(journey.app)
    with clock.at(day):
        page = browser.submit(browser.open("/m/sign-in"), "/m/sign-in", id_number=cell_of(position, 5))
        code = re.findall(r"\b\d{6}\b", text_of(Stranger(journey.app).open("/dev/inbox")))[0]
        yield browser.submit(page, "/m/sign-in/code", code=code), browser


def who_was_short_is_not_told_of_money(journey: Journey) -> None:
    """The class is paid, this one is not: their own page says which."""
    with signed_in(journey, SHORT, date(2020, 6, 22)) as (page, browser):
        (line,) = set(page.links("/m/claims/"))
        own = browser.open(line)
        assert own.said("不予补贴")
        assert not own.said("已拨付")


def the_trainee_sees_hours_and_certificate(journey: Journey) -> None:
    with transaction.unit(reads=True):
        holder = person_by_id_number(cell_of(EXACT, 5))
        assert holder is not None
        wanted = select(Certificate.id).where(Certificate.holder_person_id == holder.id)
        made = list(db.session.scalars(wanted.order_by(Certificate.id)))
    with clock.at(date(2020, 6, 20)):
        jobs.render(made)
    with signed_in(journey, EXACT) as (page, browser):
        assert page.said("吴䶮，您好")
        assert page.said("80")
        held = browser.open("/m/certificates")
        assert held.said("培训合格证书")
        assert len(held.links("/download")) >= 1
        assert all(browser.download(file).startswith(b"%PDF-1.7") for file in held.links("/download"))
