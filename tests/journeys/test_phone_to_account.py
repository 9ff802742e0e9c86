"""The start-up grant over HTTP: a founder on the phone, two officers at the door, four desks, the bank, the certificate."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy import select

from tests.applications import stage
from tests.client import Browser, Page, values_of
from tests.factories import DISTRICT, Office, id_number
from tests.journeys.acting import Desk, Stranger, answered, at_the_clock, clock_strikes
from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.people.models import InboxMessage
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

FUNDS: dict[str, Any] = {"funding_source": "就业补助资金", "budget_item": "2080799 其他就业补助支出"}
WAY, OWN, CLAIM = f"/claims/apply/{stage.GRANT}", "/claims/own/1", "/claims/1"
BORN = date(1990, 6, 1)


class Journey:
    """One founder's grant; each step is somebody's day."""

    def __init__(self, app: Flask) -> None:
        self.desk, self.phone = Desk(app), Stranger(app)

    def on_the_phone(self) -> Browser:
        """Sign the founder in by the code that the phone got."""
        browser = self.phone
        browser.client.delete_cookie("signin")
        page = browser.submit(browser.open("/m/sign-in"), "/m/sign-in", id_number=id_number(42, BORN))
        with self.desk.app.app_context(), transaction.unit(reads=True):
            last = db.session.scalars(select(InboxMessage).order_by(InboxMessage.id.desc())).first()
            assert last is not None
            code = re.findall(r"\d{6}", last.body)[0]
        assert browser.submit(page, "/m/sign-in/code", code=code).said("您好")
        return browser

    def follow(self, page: Page, part: str) -> Page:
        """Follow a link on the phone."""
        return self.phone.open(next(link for link in page.links(part)))

    def press(self, page: Page, action: str, move: str, *, expect: int = 200) -> Page:
        """Press a button on the phone."""
        form = page.form(action)
        return self.phone.post(form.get("action") or "", {**values_of(form), "move": move}, expect=expect)

    def state(self) -> None:
        with clock.at(stage.APPLIED_ON):
            browser = self.on_the_phone()
            page = self.follow(browser.open("/m"), WAY)
            assert page.said("市场主体名单")
            page = browser.submit(
                page, "/facts", office_code=DISTRICT, place=stage.PLACE, groups=["返乡入乡"], earlier_entities="0",
                household_paid_before="no",
            )  # fmt: skip
            assert page.said("待核实")
            page = browser.submit(page, "/open")
            assert page.said("提交前要准备好")

    def prepare(self) -> None:
        with clock.at(stage.APPLIED_ON):
            browser = self.phone
            (button,) = [one for one in moves_of(browser.open(OWN)) if "提交" in "".join(one.itertext())]
            assert button.get("disabled") is not None or button.get("aria-disabled") == "true"
            page = self.follow(browser.open(OWN), "/photos")
            for shade, kind in enumerate(("licence", "site")):
                page = browser.submit(page, "/photos", kind=kind, photo=(stage.picture(shade), "IMG_0001.png"))
            assert page.said("需要的照片已齐")
            page = self.follow(browser.open(OWN), "/account")
            browser.submit(page, "/account", number=stage.CARD, bank=stage.BANK)
            page = self.press(browser.open(OWN), "/move", "submit")
            assert page.said("待受理")

    def review(self) -> None:
        with self.desk.at(stage.ACCEPTED_ON, "acceptance") as browser:
            page = self.desk.follow(browser.open("/desk"), CLAIM)
            assert page.said(stage.NAME)
            self.desk.press(page, "/move", "accept")
        self.visit()
        for day, login, move in (
            (stage.CHECKED_ON, "first_review", "check"),
            (stage.REVIEWED_ON, "second_review", "review"),
            (stage.DECIDED_ON, "approval", "approve"),
        ):
            with self.desk.at(day, login) as browser:
                self.desk.press(self.desk.follow(browser.open("/desk"), CLAIM), "/move", move)

    def visit(self) -> None:
        with self.desk.at(stage.VISITED_ON, "first_review") as browser:
            page = self.desk.follow(browser.open(CLAIM), "/visit")
            page = browser.submit(
                page, "/visit", passed="yes", remark="正常营业", photo=(stage.picture(9), "门头.png"),
                latitude="29.234512", longitude="102.359631",
            )  # fmt: skip
            assert page.said("待同行人员确认")
            assert not [form for form in page.forms() if "/confirm" in (form.get("action") or "")]
        with self.desk.at(stage.VISITED_ON, "acceptance") as browser:
            page = browser.submit(self.desk.follow(browser.open(CLAIM), "/visit"), "/confirm")
            assert page.said("自动核验通过1人")

    def publish(self) -> str:
        with self.desk.at(stage.POSTED_ON, "approval") as browser:
            page = browser.open("/notices/publish")
            page = self.desk.tick(page, "/publish", "claims", "1", title="一次性创业补贴公示（2026年第1批）")
            page = self.desk.follow(page, "/notices/1")
            (address,) = set(page.links("/public/notices/"))
        with clock.at(stage.POSTED_ON):
            public = self.desk.browser.open(address)
            assert public.said(stage.NAME)
            assert public.said("10,000.00")
            assert id_number(42, BORN) not in public.text
            assert stage.CARD not in public.text
        return address

    def pay(self) -> None:
        clock_strikes(at_the_clock(stage.PAYABLE_ON, 8))
        with self.desk.at(stage.PAYABLE_ON, "preparer") as browser:
            page = browser.open("/payments/payables?all=1")
            assert page.said("个人（1 笔）")
            assert self.desk.follow(page, "/payables/").said("石开业")
            page = browser.submit(page, "/payables", **FUNDS)
            assert page.said("1 名个人")
        with self.desk.at(stage.PAYABLE_ON, "checker") as browser:
            page = self.desk.press(browser.open("/payments/1"), "/move", "check")
            page = self.desk.press(page, "/move", "release")
            sent = browser.download(page.links("/file/csv")[0])
        assert stage.CARD in sent.decode("gb18030")
        with self.desk.at(stage.PAYABLE_ON, "preparer") as browser:
            browser.submit(
                self.desk.follow(browser.open("/payments/1"), "/answer"), "/answer", answer=(answered(sent), "回单.csv")
            )

    def receive(self) -> None:
        with transaction.unit(reads=True):
            (made,) = db.session.scalars(select(Certificate.id))
        jobs.render([made])
        with clock.at(stage.PAYABLE_ON):
            browser = self.on_the_phone()
            assert browser.open(OWN).said("查看拨付凭证")
            page = browser.open("/m/certificates")
            assert browser.download(page.links("/download")[0]).startswith(b"%PDF")
            money = browser.open("/m")
            assert money.said("您本人的社会保障卡账户")
            assert money.said("已拨付")
        with self.desk.at(stage.PAYABLE_ON, "checker") as browser:
            page = browser.open("/payments/dues/1")
            assert page.said("一次性补贴")
            assert self.desk.follow(page, "/dossier").said("重算结果与存档一致")


@pytest.fixture
def journey(app: Flask, office: Office) -> Journey:
    stage.on_the_register(office, stage.founder(office))
    db.session.remove()
    return Journey(app)


def test_a_founder_goes_from_the_phone_to_the_bank_account(journey: Journey) -> None:
    journey.state()
    journey.prepare()
    journey.review()
    journey.publish()
    journey.pay()
    journey.receive()


def test_too_early_names_the_first_day_and_reminds(journey: Journey) -> None:
    early = date(2026, 1, 5)
    with clock.at(early):
        browser = journey.on_the_phone()
        page: Page = browser.submit(
            browser.open(f"{WAY}/facts"), "/facts", office_code=DISTRICT, registered_on="2025-11-23"
        )
        assert page.said("最早 2026-02-10 可以申请")
        assert not [form for form in page.forms() if "/open" in (form.get("action") or "")]
        refused = browser.post(f"{WAY}/open", {"csrf_token": token_of(page)}, expect=422)
        assert refused.said("最早 2026-02-10 可以申请")
        assert browser.submit(page, "/remind").said("到时会发短信提醒您")
    first = date(2026, 2, 10)
    for moment, told in (
        (at_the_clock(first - timedelta(days=1), 23, 59), 0),
        (at_the_clock(first, 0, 1), 0),
        (at_the_clock(first, 8), 1),
        (at_the_clock(first, 8, 10), 1),
        (at_the_clock(first + timedelta(days=1), 8), 1),
    ):
        clock_strikes(moment)
        assert reminders() == told, moment


def reminders() -> int:
    """Count the messages that say that one may apply now."""
    with transaction.unit(reads=True):
        return sum("您从今天起可以申领" in one.body for one in db.session.scalars(select(InboxMessage)))


def moves_of(page: Page) -> list[Element]:
    """Return the buttons of a page."""
    assert page.tree is not None
    return list(page.tree.iter("button"))


def token_of(page: Page) -> str:
    """Return the token against forged requests that the page was given."""
    assert page.tree is not None
    return next(str(field.get("value")) for field in page.tree.iter("input") if field.get("name") == "csrf_token")
