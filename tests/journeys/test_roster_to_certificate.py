"""The whole chain over HTTP: the sample roster in, thirty apprentices trained, reviewed, published, paid, certified."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Browser, Page
from tests.factories import Office
from tests.journeys.acting import Desk, Stranger, answered, at_the_clock, clock_strikes
from tests.sample_files import ATTENDANCE_CSV, ROSTER, sample
from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.people.queries import person_by_id_number
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

PDF = b"%PDF-1.4\n% a sealed agreement\n%%EOF\n"
FUNDS: dict[str, Any] = {"funding_source": "职业技能提升行动专账资金", "budget_item": "2080799 其他就业补助支出"}
COHORT, CLAIM = "/cohorts/1", "/claims/1"
TRAINEE, SHORT = 4, 9  # 王䶮, who attended exactly 80 %; and the one below it
REVIEW = (("acceptance", "accept"), ("first_review", "check"), ("second_review", "review"), ("approval", "approve"))


def number_of(position: int) -> str:
    """Return an apprentice's ID number, as the enterprise wrote it into the roster."""
    book = openpyxl.load_workbook(io.BytesIO(sample(ROSTER)), read_only=True)
    try:
        return str(book.worksheets[0].cell(position + 3, 5).value)
    finally:
        book.close()


def text_of(page: Page) -> str:
    assert page.tree is not None
    return " ".join("".join(page.tree.itertext()).split())


class Journey:
    """One filing on its way; each step is somebody's day."""

    def __init__(self, app: Flask, institution_id: int) -> None:
        self.app, self.institution_id, self.desk = app, institution_id, Desk(app)

    # Filing ---------------------------------------------------------------------------------------------------------

    def file(self) -> None:
        with self.desk.at(date(2020, 4, 20), "enterprise") as browser:
            page = browser.submit(
                self.desk.follow(browser.open("/desk"), "/cohorts/new"),
                "/cohorts/new",
                title="2020年机械加工学徒班",
                occupation_codes=["6-18-02-04", "6-31-01-02", "6-31-01-03"],
                target_level="3",
                institution_id=str(self.institution_id),
                starts_on="2020-05-01",
                ends_on="2022-04-30",
                plan_hours_per_year="400",
                mentors="易娟梅\n冯强春\n段敏正\n宋婷洁\n白颖婷",
                advance_percent="50",
            )
            for kind in ("training_agreement", "cooperation_agreement"):
                page = self.desk.follow(page, "/documents")
                page = browser.submit(page, "/documents", kind=kind, paper=(PDF + kind.encode(), f"{kind}.pdf"))
            page = browser.submit(self.desk.follow(page, "/roster"), "/roster", sheet=(sample(ROSTER), ROSTER))
            page = browser.submit(page, "/import")
            assert page.said("已导入 30 人")
            page = self.desk.press(browser.open(COHORT), "/move", "submit")
            assert page.said("待受理")

    def agree(self) -> None:
        with self.desk.at(date(2020, 4, 22), "acceptance") as browser:
            page = self.desk.follow(browser.open("/desk"), COHORT)
            assert self.desk.press(page, "/move", "accept").said("待审核")
            self.compare(browser, "pension_drawn", "civil_service_pension", "enterprise_blacklisted", on="2020-04-22")
        with self.desk.at(date(2020, 4, 24), "first_review") as browser:
            page = self.desk.press(self.desk.follow(browser.open("/desk"), COHORT), "/move", "approve")
            assert page.said("培养中")
            assert page.said("240,000.00")

    def compare(self, browser: Browser, *facts: str, on: str) -> None:
        """Record that nobody was found on any of these lists."""
        page = browser.open("/claims/attest/1")
        page = self.desk.tick(page, "/claims/attest", "facts", *facts, source="市社保局、省培训平台名单", as_of=on)
        assert page.said("已登记 30 人的核对结果")

    # Money ----------------------------------------------------------------------------------------------------------

    def pay(self, day: date, answered_on: date, *, people: int, total: str) -> int:
        """Compose, release by another, hand the file to the bank, book its answer; return the batch."""
        clock_strikes(at_the_clock(day, 8))
        with self.desk.at(day, "preparer") as browser:
            page = browser.submit(browser.open("/payments/payables?all=1"), "/payables", **FUNDS)
            assert page.said(f"¥{total}")
            assert page.said(f"笔数{people}")
            assert page.said("放款后才能下载银行文件。")
            batch = int(re.findall(r"/payments/(\d+)", page.response.request.path)[0])
        with self.desk.at(day, "checker") as browser:
            page = self.desk.press(browser.open(f"/payments/{batch}"), "/move", "check")
            page = self.desk.press(page, "/move", "release")
            sent = browser.download(page.links("/file/csv")[0])
        with self.desk.at(answered_on, "preparer") as browser:
            page = self.desk.follow(browser.open(f"/payments/{batch}"), "/answer")
            page = browser.submit(page, "/answer", answer=(answered(sent), "回单.csv"))
            assert page.said("银行回单已入账")
        return batch

    # Training -------------------------------------------------------------------------------------------------------

    def attend(self) -> None:
        with self.desk.at(date(2020, 8, 3), "enterprise") as browser:
            page = browser.open("/attendance/1/upload")
            page = browser.submit(page, "/upload", sheet=(sample(ATTENDANCE_CSV), ATTENDANCE_CSV))
            page = browser.submit(page, "/uploads/")
            assert browser.open("/attendance/1?risk=below").said("76")

    def assess(self) -> None:
        with self.desk.at(date(2022, 5, 20), "institution") as browser:
            page = browser.open(f"{COHORT}/results")
            form = browser.download(page.links("/results-template")[0])
            page = browser.submit(page, "/results", sheet=(passed(form), "考核结果.xlsx"))
            assert browser.submit(page, "/import").said("已导入 30 人")
        with self.desk.at(date(2022, 6, 1), "acceptance") as browser:
            page = browser.open(f"{COHORT}/results")
            everybody = [
                box.get("value", "") for box in page.form("/verify").iter("input") if box.get("name") == "chosen"
            ]
            assert len(everybody) == 30
            page = self.desk.tick(page, "/verify", "chosen", *everybody, verified="yes")
            assert page.said("已登记核验结果")
            assert self.desk.press(browser.open(COHORT), "/move", "complete").said("已结业")

    # Claim ----------------------------------------------------------------------------------------------------------

    def claim(self) -> None:
        with self.desk.at(date(2022, 6, 10), "acceptance") as browser:
            self.compare(
                browser,
                "pension_drawn",
                "civil_service_pension",
                "in_other_training",
                "cross_fund_paid",
                "insured_by_applicant",
                on="2022-06-10",
            )
        with self.desk.at(date(2022, 6, 13), "enterprise") as browser:
            page = browser.open("/claims/precheck/1")
            assert page.said("¥232,000.00")
            assert page.said("不符合1人")
            short = browser.open("/claims/precheck/1?verdict=refused")
            (person,) = set(short.links("/claims/precheck/1/")) - set(short.links("/letter"))
            assert browser.open(person).said("80%")
            page = browser.submit(page, "/open")
            page = self.desk.press(page, "/move", "submit")
            assert page.said("待受理")

    def review(self) -> None:
        for day, (login, move) in enumerate(REVIEW, start=14):
            with self.desk.at(date(2022, 6, day), login) as browser:
                page = self.desk.follow(browser.open("/desk"), CLAIM)
                self.desk.press(page, "/move", move)
        with self.desk.at(date(2022, 6, 17), "approval") as browser:
            assert browser.open(CLAIM).said("待公示")

    def publish(self) -> str:
        with self.desk.at(date(2022, 6, 20), "approval") as browser:
            page = browser.open("/notices/publish")
            page = self.desk.tick(page, "/publish", "claims", "1", title="企业新型学徒制培训补贴公示（2022年第1批）")
            page = self.desk.follow(page, "/notices/1")
            assert page.said("232,000.00")
            (address,) = set(page.links("/public/notices/"))
        return address


def passed(form: bytes) -> bytes:
    """Fill in the results form: everybody passed, each with a certificate of their own."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    sheet: Any = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if "身份证号" in [cell.value for cell in row])
    at = {cell.value: cell.column for cell in head if cell.value}
    rows = [row for row in range(head[0].row + 1, sheet.max_row + 1) if sheet.cell(row, at["身份证号"]).value]
    for serial, row in enumerate(rows, start=1):
        certificate = {"证书编号": f"S000051000001223{serial:06d}", "等级": "三级", "发证日期": date(2022, 5, 18)}
        for title, value in {"结果": "合格", **certificate}.items():
            sheet.cell(row, at[title]).value = value
    out = io.BytesIO()
    book.save(out)
    book.close()
    return out.getvalue()


@pytest.fixture
def journey(app: Flask, office: Office) -> Journey:
    institution_id = office.institution.id
    db.session.remove()
    return Journey(app, institution_id)


def test_a_roster_becomes_thirty_paid_certified_apprentices(journey: Journey, app: Flask) -> None:
    journey.file()
    journey.agree()
    advance = journey.pay(date(2020, 6, 1), date(2020, 6, 3), people=30, total="120,000.00")
    journey.attend()
    journey.assess()
    journey.claim()
    journey.review()
    notice = journey.publish()
    the_notice_runs_its_five_working_days(journey, notice)
    batch = journey.pay(date(2022, 6, 28), date(2022, 6, 30), people=28, total="112,000.00")
    assert batch != advance
    certificates_are_made(batch)
    the_books_balance(journey, batch)
    address = the_trainee_sees_hours_claim_and_money(journey)
    anybody_can_verify(app, address)


def the_notice_runs_its_five_working_days(journey: Journey, notice: str) -> None:
    public = Stranger(journey.app)
    with clock.at(at_the_clock(date(2022, 6, 27), 23, 59, 59)):
        assert public.open(notice).said("拟拨付企业新型学徒制培训补贴合计 232,000.00 元")
        assert number_of(TRAINEE) not in public.open(notice).text
    clock_strikes(at_the_clock(date(2022, 6, 27), 23, 59, 59))
    with journey.desk.at(date(2022, 6, 27), "approval") as browser:
        assert browser.open(CLAIM).said("公示中")
    clock_strikes(at_the_clock(date(2022, 6, 28)))
    with journey.desk.at(date(2022, 6, 28), "approval") as browser:
        assert browser.open(CLAIM).said("待拨付")
        assert public.open(notice).said("名单不再公开")


def certificates_are_made(batch: int) -> None:
    with transaction.unit(reads=True):
        holder = person_by_id_number(number_of(TRAINEE))
        assert holder is not None
        wanted = select(Certificate.id).where(Certificate.holder_person_id == holder.id)
        found = list(db.session.scalars(wanted.order_by(Certificate.id)))
    assert len(found) == 3, "of the advance, of the balance, and of the training"
    with clock.at(date(2022, 6, 30)):
        jobs.render(found)


def the_books_balance(journey: Journey, batch: int) -> None:
    with journey.desk.at(date(2022, 7, 1), "checker") as browser:
        page = browser.open(f"/payments/{batch}")
        assert page.said("已支付")
        assert page.said("1/28")
        ledger = browser.open("/ledger/")
        assert ledger.said("232,000.00")
        assert not ledger.said("不平衡")
    with journey.desk.at(date(2022, 7, 1), "enterprise") as browser:
        assert browser.open(CLAIM).said("已拨付")


def the_trainee_sees_hours_claim_and_money(journey: Journey) -> str:
    browser = Stranger(journey.app)
    with clock.at(date(2022, 7, 2)):
        page = browser.submit(browser.open("/m/sign-in"), "/m/sign-in", id_number=number_of(TRAINEE))
        (code,) = re.findall(r"\b\d{6}\b", text_of(Stranger(journey.app).open("/dev/inbox")))
        page = browser.submit(page, "/m/sign-in/code", code=code)
        assert page.said("王䶮，您好")
        assert page.said("80")
        assert page.said("已拨付")
        assert page.said("¥4,000.00")
        assert page.said("核定补贴8,000.00元")
        page = browser.open("/m/certificates")
        files = page.links("/download")
        assert len(files) == 3
        assert all(browser.download(file).startswith(b"%PDF-1.7") for file in files)
    number = files[0].split("/")[2]
    with journey.desk.at(date(2022, 7, 3), "enterprise") as desk:
        return desk.open(f"/certificates/{number}").links("/v/")[0]


def anybody_can_verify(app: Flask, address: str) -> None:
    stranger = Stranger(app)
    path = address[address.index("/v/") :]
    page = stranger.open(path)
    assert page.said("有效")
    assert page.said("王䶮")
    assert number_of(TRAINEE) not in page.text
    assert stranger.open(path[:-1] + ("A" if path[-1] != "A" else "B"), expect=404).said("查无此证")
