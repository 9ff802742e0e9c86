"""A cohort of thirty of whom twelve were certified: an order of 24 000 yuan, repaid in two parts, over HTTP."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.client import Page
from tests.factories import Office
from tests.journeys.acting import Desk, at_the_clock, clock_strikes
from tests.payments import stage as payments
from tests.recoveries.stage import SLIP
from trainingadmin.cli_ledger import ledger_group
from trainingadmin.plumbing.database import db

FIRST, LATE = date(2022, 7, 12), date(2022, 8, 12)


@pytest.fixture
def desk(app: Flask, office: Office) -> Desk:
    payments.prepaid_claim(office, 30, uncertified=range(13, 31))
    db.session.remove()
    return Desk(app)


def decided(desk: Desk, day: date, page_path: str, move: str) -> Page:
    with desk.at(day, "checker") as browser:
        return desk.press(browser.open(page_path), "/acts/", move)


def repaid(desk: Desk, day: date, path: str, amount: str, reference: str) -> None:
    with desk.at(day, "preparer") as browser:
        page = desk.follow(browser.open(path), "/repay")
        slip, on = (SLIP, "到账凭证.pdf"), day.isoformat()
        page = browser.submit(page, "/repay", amount=amount, received_on=on, reference=reference, slip=slip)
        assert page.said("退款已登记")


def test_24_000_yuan_come_back_in_two_parts_the_second_late(desk: Desk, app: Flask) -> None:
    clock_strikes(at_the_clock(FIRST, 8))
    with desk.at(FIRST, "preparer") as browser:
        page = desk.follow(browser.open("/desk"), "/recoveries/")
        assert page.said("¥24,000.00")
        page = desk.follow(page, "/recoveries/new/")
        assert page.said("应追回6人，合计¥24,000.00")
        page = browser.submit(page, "/new/", due_on=(LATE - timedelta(days=1)).isoformat())
        path = page.response.request.path
    with desk.at(FIRST, "checker") as browser:
        page = desk.press(browser.open(path), "/move", "issue")
        assert page.said("追回中")
    with desk.at(FIRST, "enterprise") as browser:
        assert desk.follow(browser.open("/desk"), "/recoveries/").said("¥24,000.00")
    repaid(desk, FIRST, path, "10000", "20220712-0001")
    assert decided(desk, FIRST, path, "confirm").said("尚欠¥14,000.00")
    clock_strikes(at_the_clock(LATE))
    with desk.at(LATE, "first_review") as browser:
        assert browser.open("/claims/1").said("追回款逾期未退")
    repaid(desk, LATE, path, "14000", "20220812-0001")
    assert decided(desk, LATE, path, "confirm").said("已追回")
    with desk.at(LATE, "first_review") as browser:
        assert not browser.open("/claims/1").said("追回款逾期未退")
    with desk.at(LATE, "supervisor") as browser:
        ledger = browser.open("/ledger/")
        assert ledger.said("应收（追回）")
        assert not ledger.said("不平衡")
    app.cli.add_command(ledger_group)
    answer = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])
    assert json.loads(answer.output)["ok"], answer.output
