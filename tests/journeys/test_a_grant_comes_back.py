"""A grant that was paid to somebody who had no right to it: ordered back of them, in two parts, the second late, over HTTP."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.applications import stage as grants
from tests.factories import Office
from tests.journeys.acting import Desk, at_the_clock, clock_strikes
from tests.journeys.test_money_comes_back import decided, repaid
from trainingadmin.certificates import jobs, queries
from trainingadmin.cli_ledger import ledger_group
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db

FIRST = grants.PAYABLE_ON
LATE = date(2026, 5, 6)


@pytest.fixture
def desk(app: Flask, office: Office) -> Desk:
    grants.paid_founder(office)
    db.session.remove()
    return Desk(app)


def test_10_000_yuan_of_a_grant_come_back_in_two_parts(desk: Desk, app: Flask) -> None:
    with desk.at(FIRST, "preparer") as browser:
        page = desk.follow(browser.open("/payments/dues/1"), "/recoveries/person/")
        assert page.said("石开业")
        page = browser.submit(
            page, "/person/", reason="核查发现由他人实际经营。", due_on=(LATE - timedelta(days=1)).isoformat()
        )
        path = page.response.request.path
    with desk.at(FIRST, "checker") as browser:
        page = desk.press(browser.open(path), "/move", "issue")
        assert page.said("追回中")
        assert not page.links("/set-off")
    with transaction.unit(reads=True):
        waiting = queries.undone()
    jobs.render(waiting)
    with desk.at(FIRST, "checker") as browser:
        assert browser.download(browser.open(path).links("/download")[0]).startswith(b"%PDF")
    repaid(desk, FIRST, path, "4000", "20260318-0001")
    assert decided(desk, FIRST, path, "confirm").said("尚欠¥6,000.00")
    clock_strikes(at_the_clock(LATE))
    with desk.at(LATE, "supervisor") as browser:
        late = browser.open("/recoveries/?state=overdue")
        assert late.said("石开业")
        assert late.said("¥6,000.00")
        assert browser.open("/claims/1").said("追回款逾期未退")
    repaid(desk, LATE, path, "6000", "20260506-0001")
    assert decided(desk, LATE, path, "confirm").said("已追回")
    with desk.at(LATE, "supervisor") as browser:
        assert not browser.open("/claims/1").said("追回款逾期未退")
        statement = desk.follow(browser.open(path), "/ledger/statements/person/")
        assert not browser.open("/ledger/").said("不平衡")
        assert statement.said("¥10,000.00")
    app.cli.add_command(ledger_group)
    answer = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])
    assert json.loads(answer.output)["ok"], answer.output
