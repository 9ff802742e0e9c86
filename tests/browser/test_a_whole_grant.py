"""The start-up grant in a browser: a founder's phone of 390 pixels, two officers at the door, the desks, the certificate."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from tests.browser.conftest import Opens
from tests.browser.walking import DESK, PHONE, Visitor, in_english, visiting
from tests.browser.world import World
from tests.journeys.acting import answered
from trainingadmin.applications.models import Application
from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.claims.models import Claim
from trainingadmin.demo import bureau, grants, lists, rosters
from trainingadmin.kernel.dates import add_months
from trainingadmin.notices import actions as notices
from trainingadmin.notices.models import Notice
from trainingadmin.payments import actions as payments
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact, Register

FOUNDER = rosters.apprentices(lists.FOUNDERS, 5)[4]
SHOP = "石棉县示例小吃店"
SHOTS = os.environ.get("SHOTS")


def shot(visitor: Visitor, name: str) -> None:
    """Keep what the window shows where somebody asked for pictures."""
    if SHOTS:
        visitor.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.fixture
def founder(world: World, chromium: Browser, base: str) -> Iterator[Visitor]:
    """A founder whose shop is on the register, signed in by the code on the phone."""
    with world.app.app_context():
        as_of = clock.today().replace(day=1) - timedelta(days=1)
        line: lists.Line = {
            "name": FOUNDER.name, "id_number": FOUNDER.id_number, "founder": "是", "unit": SHOP, "word": "个体工商户",
            "credit_code": "92511824MA0000555Q", "from_on": add_months(clock.today(), -16), "standing": "存续",
            "industry": "餐饮业",
        }  # fmt: skip
        lists.import_list(Register.BUSINESS, "县市场监管局（示例）", as_of, [line])
        with transaction.unit():
            grants.enter(FOUNDER, "13800000065")
        db.session.remove()
    with visiting(chromium, base, world) as visitor, visiting(chromium, base, world) as inbox:
        visitor.page.set_viewport_size(PHONE)
        visitor.open("/m/sign-in")
        visitor.sign_in_by_code(FOUNDER.id_number, inbox)
        visitor.page.wait_for_url(f"{base}/m")
        yield visitor


def test_a_grant_goes_from_the_phone_to_the_certificate(
    founder: Visitor, window: Opens, world: World, tmp_path: Path
) -> None:
    claim = apply(founder, tmp_path)
    accepted(window("shouli"), claim)
    visited(window, claim, tmp_path)
    for login, button in (("chushen", "初审通过"), ("fushen", "复审通过"), ("shenpi", "审批同意")):
        pressed(window(login), claim, button)
    settled(world)
    received(founder)


def apply(founder: Visitor, folder: Path) -> str:
    page = founder.page
    page.get_by_role("link", name="一次性创业补贴").click()
    expect(page.get_by_label("统一社会信用代码")).to_have_value("92511824MA0000555Q")
    expect(page.get_by_text("市场主体名单").first).to_be_visible()
    shot(founder, "1-facts")
    founder.expect_usable()
    founder.page.set_viewport_size(PHONE)
    page.get_by_label("登记所在区县").select_option(bureau.DISTRICT)
    page.get_by_label("实际经营地址").fill("石棉县新棉街道示例路 8 号")
    page.get_by_label("返乡入乡").check()
    page.get_by_label("以前的经营主体数（含已注销）").fill("0")
    page.get_by_role("group", name="同一家庭领取过").get_by_label("否").check()
    founder.press("查看条件")
    shot(founder, "2-why")
    founder.press("开始申领")
    founder.expect_usable()
    founder.page.set_viewport_size(PHONE)
    shot(founder, "3-draft")
    photographs(founder, folder)
    account(founder)
    founder.press("提交申领")
    expect(page.get_by_text("待受理").first).to_be_visible()
    shot(founder, "6-submitted")
    with in_english(founder) as english:
        english.expect_english(founder.path)
        english.page.set_viewport_size(PHONE)
        shot(english, "6-submitted-en")
    with founder.world.app.app_context(), transaction.unit(reads=True):
        found = db.session.scalars(select(Claim.id).join(Application, Application.id == Claim.application_id)).one()
    return f"/claims/{found}"


def photographs(founder: Visitor, folder: Path) -> None:
    page = founder.page
    page.get_by_role("link", name="营业执照照片").click()
    for scene, kind in enumerate(("营业执照照片", "经营场所照片")):
        taken = folder / f"IMG_{scene}.png"
        taken.write_bytes(grants.picture(scene))
        page.get_by_label("照片内容").select_option(label=kind)
        page.get_by_label("照片 ", exact=False).last.set_input_files(taken)
        founder.press("上传")
        page.get_by_text("照片已上传。").wait_for()
    expect(page.get_by_text("需要的照片已齐")).to_be_visible()
    founder.expect_usable()
    founder.page.set_viewport_size(PHONE)
    shot(founder, "4-photos")
    page.get_by_role("link", name="返回我的申领").click()


def account(founder: Visitor) -> None:
    page = founder.page
    page.get_by_role("link", name="本人社会保障卡账户").click()
    page.get_by_label("社会保障卡银行账号").fill("6228480402564890019")
    page.get_by_label("开户行").fill("示例农村商业银行石棉支行")
    founder.press("保存")
    expect(page.get_by_text("卡号的校验位不对").first).to_be_visible()
    shot(founder, "5-account-wrong")
    founder.troubles.clear()  # the browser notes the 422
    page.get_by_label("社会保障卡银行账号").fill("6228480402564890018")
    founder.press("保存")
    page.get_by_text("收款账户已保存").wait_for()


def accepted(officer: Visitor, claim: str) -> None:
    officer.open(claim)
    expect(officer.page.get_by_text(SHOP).first).to_be_visible()
    shot(officer, "7-claim")
    officer.press("受理")
    with officer.world.app.app_context(), transaction.unit():
        person = db.session.scalars(select(Application.person_id)).one()
        by = bureau.actor("shouli")
        registers.attest(Fact.PENSION_DRAWN, False, persons=[person], source="市社保局名单", as_of=clock.today(), by=by)


def visited(window: Opens, claim: str, folder: Path) -> None:
    officer = window("chushen")
    officer.page.context.grant_permissions(["geolocation"])
    officer.page.context.set_geolocation({"latitude": 29.234512, "longitude": 102.359631})
    officer.page.set_viewport_size(PHONE)
    officer.open(f"{claim}/visit")
    taken = folder / "visit.png"
    taken.write_bytes(grants.picture(3))
    officer.page.get_by_label("现场照片").set_input_files(taken)
    officer.page.get_by_role("button", name="取当前位置").click()
    expect(officer.page.get_by_label("纬度")).to_have_value("29.234512")
    officer.page.get_by_label("通过：在经营，与填报一致").check()
    shot(officer, "8-visit")
    officer.press("记录核查")
    officer.page.get_by_text("须由同行的另一名核查人员登录后在这里确认。").wait_for()
    officer.expect_usable()
    with in_english(officer) as english:
        english.expect_english(f"{claim}/visit")
        shot(english, "8-visit-en")
    second = window("shouli")
    second.page.set_viewport_size(PHONE)
    second.open(f"{claim}/visit")
    shot(second, "9-confirm")
    second.press("我在现场，确认属实")
    second.page.get_by_text("核查已确认").wait_for()
    second.page.set_viewport_size(DESK)
    shot(second, "10-checked")


def pressed(officer: Visitor, claim: str, button: str) -> None:
    officer.open(claim)
    officer.press(button)
    officer.page.get_by_text("已办理").first.wait_for()


def settled(world: World) -> None:
    """Let the notice run, and the two of finance and the bank do their part."""
    with world.app.app_context():
        with transaction.unit():
            line = db.session.scalars(select(Claim).where(Claim.application_id.is_not(None))).one().lines[0]
            notices.publish([line], "一次性创业补贴公示", by=bureau.actor("shenpi"))
        later = db.session.scalars(select(Notice.payable_on).order_by(Notice.id.desc())).first()
        assert later is not None
        with clock.at(later), transaction.unit():
            notice = db.session.scalars(select(Notice).order_by(Notice.id.desc())).first()
            assert notice is not None
            notices.clear(notice)
        with clock.at(later), transaction.unit():
            payments.plan_dues()
            due = db.session.scalars(select(Due).where(Due.payee_id.is_(None))).one()
            account = payments.Account(
                due.office_code, due.scheme, due.kind, "就业补助资金", "2080799 其他就业补助支出"
            )
            batch = payments.compose(account, [due.id], by=bureau.actor("zhidan"))
        with clock.at(later), transaction.unit():
            seen = payments.Seen(batch.count, batch.total, batch.digest)
            payments.check(batch, seen, by=bureau.actor("fuhe"))
            payments.release(batch, seen, by=bureau.actor("fuhe"))
        with clock.at(later), transaction.unit():
            payments.answer(batch, "回单.csv", _paid(batch), by=bureau.actor("zhidan"))
        made = db.session.scalars(select(Certificate.id).order_by(Certificate.id.desc())).first()
        db.session.remove()
    # Signing runs an event loop of its own, and this thread is the browser's.
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(rendered, world, made or 0).result()


def rendered(world: World, certificate_id: int) -> None:
    """Make one certificate, as the worker would."""
    with world.app.app_context():
        jobs.render([certificate_id])


def _paid(batch: Batch) -> bytes:
    payment = db.session.scalars(select(Payment).where(Payment.batch_id == batch.id)).one()
    sent = f"序号,账号,户名,开户行,金额\r\n1,{payment.payee_account},{payment.payee_name},{payment.payee_bank},{payment.amount}\r\n"
    return answered(sent.encode("gb18030"))


def received(founder: Visitor) -> None:
    page = founder.page
    founder.open("/m")
    expect(page.get_by_text("已拨付").first).to_be_visible()
    shot(founder, "11-paid")
    page.get_by_role("link", name=SHOP).click()
    shot(founder, "12-done")
    page.get_by_role("link", name="查看拨付凭证").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载")).first.click()
    data = download.value.path().read_bytes()
    assert data.startswith(b"%PDF")
    if SHOTS:
        (Path(SHOTS) / "certificate.pdf").write_bytes(data)
