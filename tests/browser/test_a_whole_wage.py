"""People trained at their work, in a browser: roster, officers, wages and scans by month, claim, money, the phone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.browser.days import Days
from tests.browser.walking import PHONE
from tests.cohorts.rosters import number
from tests.factories import Office
from tests.notices import stage as notices
from tests.payments import stage as payments
from tests.wages import stage
from tests.wages.test_claiming import CLAIMED_ON, REVIEW
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim
from trainingadmin.notices.actions import clear_due
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

FILING, CLAIM = "/wages/1", "/claims/1"


def test_three_months_of_training_at_work_are_filed_proved_and_paid(
    days: Days, app: Flask, office: Office, tmp_path: Path
) -> None:
    filed(days, tmp_path)
    agreed(days)
    proved(days, tmp_path)
    claimed(days)
    settled(office)
    told(days)


def filed(days: Days, folder: Path) -> None:
    firm = days.at(stage.FILED_ON, "enterprise")
    page = firm.page
    firm.open("/wages/")
    days.look(firm, "w01-empty")
    firm.follow("新建备案")
    page.get_by_label("名称").fill("2020年第三季度以工代训")
    page.locator("#first_month").fill("2020-06")
    page.locator("#last_month").fill("2020-08")
    days.look(firm, "w02-new")
    firm.press("保存，下一步")
    page.wait_for_url(f"**{FILING}/roster")
    sheet = folder / "花名册.xlsx"
    sheet.write_bytes(stage.roster())
    page.locator("main input[type=file]").set_input_files(sheet)
    firm.press("上传并检查")
    page.wait_for_url("**/uploads/1")
    days.look(firm, "w03-roster-read")
    firm.press("导入")
    page.wait_for_url(f"**{FILING}/roster")
    days.look(firm, "w04-roster")
    firm.open(FILING)
    days.look(firm, "w05-ready")
    firm.press("提交备案")
    expect(page.get_by_text("待受理").first).to_be_visible()


def agreed(days: Days) -> None:
    for day, login, label, button in (
        (stage.ACCEPTED_ON, "acceptance", "以工代训 · 待受理", "受理"),
        (stage.APPROVED_ON, "first_review", "以工代训 · 待审核", "同意备案"),
    ):
        officer = days.at(day, login)
        officer.open("/desk")
        expect(officer.page.get_by_text(label)).to_be_visible()
        officer.open(FILING)
        days.look(officer, f"w06-{login}")
        officer.press(button)
        officer.page.get_by_text("已办理").first.wait_for()


def proved(days: Days, folder: Path) -> None:
    """A sheet for all months; a month counts once its scan is there, too."""
    firm = days.at(stage.PAID_ON, "enterprise")
    page = firm.page
    firm.open(f"{FILING}/wages")
    sheet = folder / "工资.xlsx"
    sheet.write_bytes(stage.wages())
    page.locator("main input[type=file]").first.set_input_files(sheet)
    firm.press("上传并检查")
    page.wait_for_url("**/uploads/2")
    days.look(firm, "w07-wages-read")
    firm.press("导入")
    page.wait_for_url(f"**{FILING}/wages")
    expect(page.get_by_text("缺扫描件").first).to_be_visible()
    for month in stage.MONTHS:
        scan = folder / f"{month:%Y-%m}回单.pdf"
        scan.write_bytes(stage.PDF + f"{month}".encode())
        page.locator("#month").select_option(f"{month:%Y-%m}")
        page.locator("main input[type=file]").last.set_input_files(scan)
        firm.press("上传")
        page.get_by_role("link", name=scan.name).wait_for()
    days.look(firm, "w08-wages")


def claimed(days: Days) -> None:
    firm = days.at(CLAIMED_ON, "enterprise")
    page = firm.page
    firm.open(FILING)
    firm.follow("申领预检")
    expect(page.get_by_text("¥7,200.00").first).to_be_visible()
    days.look(firm, "w09-precheck")
    firm.press("生成申领")
    page.wait_for_url(f"**{CLAIM}")
    firm.press("提交申领")
    expect(page.get_by_text("待受理").first).to_be_visible()
    days.look(firm, "w10-claim")


def settled(office: Office) -> None:
    """Let the four review, the notice run, and finance and the bank do their part."""
    claim = db.session.get_one(Claim, 1)
    for day, (move, login) in enumerate(REVIEW, start=22):
        with clock.at(date(2020, 9, day)), transaction.unit():
            claims.move(claim, move, by=office.actor(login))
    notices.posted_notice(office, claim)
    with clock.at(notices.PAYABLE_ON), transaction.unit():
        clear_due()
    payments.plan(notices.PAYABLE_ON)
    batch = payments.settled(office)
    assert str(batch.total) == "7200.00"
    db.session.remove()


def told(days: Days) -> None:
    """The firm sees that it is paid; one of the people sees on the phone what was claimed and paid for them."""
    firm = days.at(date(2022, 7, 11), "enterprise")
    firm.open(CLAIM)
    expect(firm.page.get_by_text("已拨付").first).to_be_visible()
    days.look(firm, "w11-paid")
    worker = days.phone(None, number(stage.FIRST))
    days.look(worker, "w12-home")
    worker.page.set_viewport_size(PHONE)
    expect(worker.page.get_by_text("已拨付").first).to_be_visible()
