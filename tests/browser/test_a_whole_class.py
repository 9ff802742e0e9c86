"""The sample class in a browser: opened, agreed to, taught, examined, claimed, published, paid, certified; both see why."""

from __future__ import annotations

import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.days import Days
from tests.browser.test_checkins import drawn
from tests.browser.walking import PHONE, TABLET, Visitor
from tests.classes import stage
from tests.classes.test_pages import APPLICATION, TIMES
from tests.factories import Office
from tests.journeys.acting import answered, at_the_clock, clock_strikes
from tests.journeys.test_class_to_subsidy import (
    AN_HOUR_LESS,
    CLAIM,
    CLASS,
    EXACT,
    EXACTLY,
    FUNDS,
    REVIEW,
    SHORT,
    Journey,
    cell_of,
    institution_with_account,
    marked,
)
from tests.sample_files import CLASS_ATTENDANCE, CLASS_ROSTER, FOLDER
from trainingadmin.attendance.models import Session
from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.checkins import screen
from trainingadmin.checkins.states import Direction
from trainingadmin.checkins.tokens import Code, window_at
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.clock import LOCAL
from trainingadmin.plumbing.database import db

FIRST_DAY = datetime(2020, 5, 11, 8, 20, tzinfo=LOCAL)
BUTTONS = dict(zip((login for login, _ in REVIEW), ("受理", "初审通过", "复审通过", "审批同意"), strict=True))


def test_the_sample_class_is_opened_taught_paid_and_certified(
    days: Days, app: Flask, office: Office, tmp_path: Path
) -> None:
    institution_with_account(office)
    opened(days)
    agreed(days)
    with_tablet_and_phone(days)
    taught(days)
    examined(days, tmp_path)
    completed(days)
    claimed(days)
    reviewed(days)
    published(days)
    paid(days, Journey(app))
    certified(days)
    both_see_why(days)


def opened(days: Days) -> None:
    """The institution applies, sends the roster, plans and promises."""
    school = days.at(stage.APPLIED_ON, "institution")
    page = school.page
    school.open("/classes/")
    school.follow("申请开班")
    for name, value in APPLICATION.items():
        field = page.locator(f"main #{name}")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    days.look(school, "01-opening")
    school.press("保存，下一步")
    page.wait_for_url(f"**{CLASS}")
    days.look(school, "02-draft")
    school.open(f"{CLASS}/roster")
    page.locator("main input[type=file]").set_input_files(FOLDER / CLASS_ROSTER)
    school.press("上传并检查")
    expect(page.get_by_text("将导入 25 人")).to_be_visible()
    days.look(school, "03-roster-read")
    school.press("导入")
    expect(page.get_by_text("已导入 25 人")).to_be_visible()
    days.look(school, "04-roster")
    planned(days, school)
    school.open(CLASS)
    school.press("已阅读，代表本机构承诺")
    expect(page.get_by_text("代表机构承诺").first).to_be_visible()
    days.look(school, "06-ready")
    school.press("提交开班申请")
    expect(page.get_by_text("待受理").first).to_be_visible()


def planned(days: Days, school: Visitor) -> None:
    page = school.page
    school.open(f"{CLASS}/plan/daily")
    for name, value in TIMES.items():
        page.locator(f"main #{name}").fill(value)
    days.look(school, "05-planning")
    school.press("排课")
    expect(page.get_by_text("已排 20 次课")).to_be_visible()
    days.look(school, "05-plan")


def agreed(days: Days) -> None:
    """One officer accepts and records what a list says; another agrees."""
    officer = days.at(stage.ACCEPTED_ON, "acceptance")
    officer.open(CLASS)
    days.look(officer, "07-acceptance")
    officer.press("受理")
    officer.page.get_by_text("待审核").first.wait_for()
    officer.follow("登记核对结果")
    officer.page.get_by_label(re.compile("机关事业单位养老保险")).first.check()
    officer.page.get_by_label("来源").fill("市社保局名单")
    officer.page.locator("#as_of").fill(stage.ACCEPTED_ON.isoformat())
    officer.press("登记本页 25 人")
    officer.page.get_by_text("已登记 25 人的核对结果").wait_for()
    days.look(officer, "08-attested")
    officer = days.at(stage.APPROVED_ON, "first_review")
    officer.open(CLASS)
    officer.page.get_by_role("textbox", name=re.compile("意见")).fill("人员类别材料已看原件")
    days.look(officer, "09-approval")
    officer.press("同意开班")
    officer.page.get_by_text("培训中").first.wait_for()


def with_tablet_and_phone(days: Days) -> None:
    """On the first morning the screen stands on a tablet, one scans it, another is noted by hand."""
    teacher = days.at(FIRST_DAY, "institution", size=TABLET)
    teacher.page.clock.install(time=FIRST_DAY)
    teacher.open("/checkins/")
    days.look(teacher, "10-today")
    teacher.follow("打开签到屏")
    drawn(teacher.page)
    days.look(teacher, "11-screen")
    trainee = days.phone(None, cell_of(8, 5))
    days.look(trainee, "12-home")
    trainee.open(code_of_first_session(days))
    trainee.press("签到")
    trainee.page.get_by_role("heading", name="已签到").wait_for()
    days.look(trainee, "13-checked-in")
    teacher.page.get_by_label("学员").select_option(index=8)
    teacher.page.get_by_label("到", exact=True).check()
    teacher.page.get_by_label("原因").fill("手机没电")
    teacher.press("登记")
    expect(teacher.page.locator('#seats li[data-state="in"]')).to_have_count(2, timeout=20_000)
    teacher.page.set_viewport_size(TABLET)
    teacher.follow("点名册")
    days.look(teacher, "14-register")


def code_of_first_session(days: Days) -> str:
    app = days.world.app
    with clock.at(FIRST_DAY), app.app_context(), transaction.unit(reads=True):
        first = db.session.scalars(select(Session.id).order_by(Session.held_on, Session.starts_at)).first()
        code = Code(first or 0, Direction.IN, window_at(clock.now()), b"test")
        return "/k/" + screen.sealer().seal(code)


def taught(days: Days) -> None:
    """The sign-in form of the ten days is taken in; hours are what the sample says."""
    school = days.at(date(2020, 5, 25), "institution")
    page = school.page
    school.open("/attendance/1/upload")
    page.locator("main input[type=file]").set_input_files(FOLDER / CLASS_ATTENDANCE)
    school.press("上传并检查")
    page.wait_for_url("**/uploads/1")
    days.look(school, "15-attendance-read")
    school.press("导入")
    expect(page.get_by_text("条考勤")).to_be_visible()
    days.look(school, "16-attendance")
    for name, path in (("17-form", "/attendance/1/paper"), ("18-sessions", "/attendance/1/sessions")):
        school.open(path)
        days.look(school, name)
    school.open("/attendance/months")
    expect(page.get_by_text("1899 / 2000")).to_be_visible()
    days.look(school, "18-month")
    for who, hours in ((EXACT, "64 / 80 课时"), (SHORT, "63 / 80 课时")):
        school.open(f"{CLASS}/people/{who}")
        expect(page.get_by_text(f"已修 {hours}")).to_be_visible()
        days.look(school, f"19-person-{who}")
    school.open(f"{CLASS}/roster")
    expect(page.get_by_text("64 / 80 课时").first).to_be_visible()
    days.look(school, "20-roster")


def examined(days: Days, folder: Path) -> None:
    """The institution fills in the sheet of marks and sends it."""
    school = days.at(date(2020, 5, 26), "institution")
    page = school.page
    school.open(f"{CLASS}/scores")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载成绩表").click()
    filled = folder / "成绩.xlsx"
    filled.write_bytes(marked(download.value.path().read_bytes()))
    page.locator("main input[type=file]").set_input_files(filled)
    school.press("上传并检查")
    page.get_by_label("考核日期").fill("2020-05-22")
    page.get_by_label("考评人员").fill("考评一")
    days.look(school, "21-marks-read")
    school.press("登记成绩")
    expect(page.get_by_text("已登记 25 人的成绩")).to_be_visible()
    days.look(school, "22-marks")
    school.open(f"{CLASS}/results")
    days.look(school, "23-results")


def completed(days: Days) -> None:
    officer = days.at(stage.COMPLETED_ON, "acceptance")
    officer.open(CLASS)
    days.look(officer, "24-completion")
    officer.press("确认结班")
    officer.page.get_by_text("已结班").first.wait_for()


def claimed(days: Days) -> None:
    """The institution sees before it claims who is paid, who is not and why; then submits."""
    school = days.at(date(2020, 6, 1), "institution")
    page = school.page
    school.open(CLASS)
    school.follow("申领预检")
    expect(page.get_by_text("¥26,400.00").first).to_be_visible()
    days.look(school, "25-precheck")
    for who, minutes in ((EXACT, EXACTLY), (SHORT, AN_HOUR_LESS)):
        school.open(f"/claims/precheck/1/{who}")
        expect(page.get_by_text(minutes).first).to_be_visible()
        days.look(school, f"26-why-{who}")
    school.open("/claims/precheck/1")
    school.press("生成申领")
    page.wait_for_url(f"**{CLAIM}")
    days.look(school, "27-claim")
    school.press("提交申领")
    expect(page.get_by_text("待受理").first).to_be_visible()


def reviewed(days: Days) -> None:
    """Four people, four days."""
    for day, (login, _) in enumerate(REVIEW, start=2):
        officer = days.at(date(2020, 6, day), login)
        officer.open(CLAIM)
        if login == "first_review":
            days.look(officer, "28-review")
        officer.press(BUTTONS[login])
        officer.page.get_by_text("已办理").first.wait_for()


def published(days: Days) -> None:
    """The notice is posted, anybody reads it on a phone, and its days run out."""
    officer = days.at(date(2020, 6, 8), "approval")
    page = officer.page
    officer.open("/notices/publish")
    page.get_by_label("公示标题").fill("专项职业能力培训补贴公示")
    page.locator("main input[name=claims]").first.check()
    days.look(officer, "29-publish")
    officer.press("张贴")
    page.locator("dialog#ask").get_by_role("button", name="确定").click()
    page.wait_for_url("**/notices")
    anybody = days.at(date(2020, 6, 8), size=PHONE)
    anybody.open("/public/notices")
    anybody.follow("专项职业能力培训补贴公示")
    expect(anybody.page.get_by_text("26,400.00").first).to_be_visible()
    days.look(anybody, "30-notice")
    with days.world.app.app_context():
        clock_strikes(at_the_clock(date(2020, 6, 17)))
        clock_strikes(at_the_clock(date(2020, 6, 18), 8))


def paid(days: Days, journey: Journey) -> None:
    """The institution's money in the browser; the allowances in the same way, by the same pages without one."""
    preparer = days.at(date(2020, 6, 18), "preparer")
    page = preparer.page
    preparer.open("/payments/payables")
    expect(page.get_by_text("12,350.00").first).to_be_visible()
    page.get_by_label(re.compile(f"勾选 {stage.opening().title}|勾选 石棉示例职业培训学校")).first.check()
    for name, value in FUNDS.items():
        page.locator(f"#{name}").fill(value)
    days.look(preparer, "31-payables")
    preparer.press("生成批次")
    expect(page.get_by_text("¥26,400.00").first).to_be_visible()
    batch = preparer.path
    checker = days.at(date(2020, 6, 18), "checker")
    checker.open(batch)
    checker.press("复核通过")
    checker.page.get_by_text("已办理：复核通过。").wait_for()
    days.look(checker, "32-batch")
    checker.press("放款")
    checker.page.locator("dialog#ask").get_by_role("button", name="确定").click()
    checker.page.get_by_text("已办理：放款。").wait_for()
    with checker.page.expect_download() as download:
        checker.page.get_by_role("link", name="下载银行文件（CSV，GB18030）").click()
    answer = download.value.path().with_name("回单.csv")
    answer.write_bytes(answered(download.value.path().read_bytes()))
    preparer = days.at(date(2020, 6, 19), "preparer")
    preparer.open(f"{batch}/answer")
    preparer.page.locator("main input[type=file]").set_input_files(answer)
    preparer.press("核对并入账")
    preparer.page.get_by_text("银行回单已入账").wait_for()
    days.look(preparer, "33-paid")
    journey.pay("allowance", "12,350.00")


def certified(days: Days) -> None:
    """Certificates are made, packed and printed; the claim says it is paid."""
    with ThreadPoolExecutor(1) as elsewhere:  # signing runs an event loop of its own, and this thread is the browser's
        elsewhere.submit(rendered, days).result()
    school = days.at(date(2020, 6, 20), "institution")
    page = school.page
    school.open(CLAIM)
    expect(page.get_by_text("已拨付").first).to_be_visible()
    days.look(school, "34-claim-paid")
    school.open(CLASS)
    days.look(school, "35-class-done")
    school.follow("查看证书")
    days.look(school, "36-certificates")
    with page.expect_download() as download:
        page.get_by_role("link", name="打包下载（ZIP）").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        assert sum(name.endswith(".pdf") for name in packed.namelist()) == 25


def rendered(days: Days) -> None:
    """Make every certificate, as the worker would."""
    with days.world.app.app_context(), clock.at(date(2020, 6, 20)):
        with transaction.unit(reads=True):
            made = list(db.session.scalars(select(Certificate.id).order_by(Certificate.id)))
        jobs.render(made)
        db.session.remove()


def both_see_why(days: Days) -> None:
    """On the phones: who has exactly 80 % is paid and certified; who is a class hour short reads why not."""
    exact = days.phone(date(2020, 6, 21), cell_of(EXACT, 5))
    expect(exact.page.get_by_text("吴䶮，您好")).to_be_visible()
    days.look(exact, "40-exact-home")
    why(days, exact, EXACTLY, "41-exact-why")
    exact.open("/m/certificates")
    expect(exact.page.get_by_text("培训合格证书").first).to_be_visible()
    days.look(exact, "42-exact-certificates")
    with exact.page.expect_download() as download:
        exact.page.get_by_role("link", name="下载").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-1.7")
    short = days.phone(date(2020, 6, 22), cell_of(SHORT, 5))
    days.look(short, "43-short-home")
    why(days, short, AN_HOUR_LESS, "44-short-why")
    expect(short.page.get_by_text("≥ 80 %").first).to_be_visible()
    expect(short.page.get_by_role("main")).not_to_contain_text("已拨付")
    short.open("/m/attendance")
    days.look(short, "45-short-attendance")


def why(days: Days, trainee: Visitor, minutes: str, name: str) -> None:
    with trainee.page.expect_navigation():
        trainee.page.locator('a[href^="/m/claims/"]').first.click()
    trainee.page.get_by_text("项条件已通过").click()
    expect(trainee.page.get_by_text(minutes).first).to_be_visible()
    days.look(trainee, name)
