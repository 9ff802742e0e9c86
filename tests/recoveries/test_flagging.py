"""Who is late is flagged the day after, where claims and filings show it, until everything is settled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.client import Browser
from tests.factories import Office
from tests.recoveries import stage
from trainingadmin.claims.models import Claim
from trainingadmin.plumbing import clock, transaction
from trainingadmin.recoveries import actions
from trainingadmin.recoveries.models import RecoveryOrder
from trainingadmin.registers import queries as registers

DAY_AFTER = stage.DUE_ON + timedelta(days=1)


@pytest.fixture
def claim(office: Office) -> Claim:
    return stage.shortfall(office, 3, 0)


@pytest.fixture
def order(office: Office, claim: Claim) -> RecoveryOrder:
    return stage.issued(office, claim)


def struck(on: object) -> int:
    with clock.at(on), transaction.unit():  # type: ignore[arg-type]
        return actions.flag_overdue()


def test_the_last_day_is_still_in_time_and_the_next_is_not(office: Office, order: RecoveryOrder) -> None:
    assert struck(stage.DUE_ON) == 0
    assert struck(DAY_AFTER) == 4, "the firm and its three people"
    assert struck(DAY_AFTER) == 0
    (firm,) = registers.flags([], [order.payee_id or 0])
    assert (firm.reference, firm.since_on) == (order.number, stage.DUE_ON)


def test_claim_and_filing_show_it(office: Office, order: RecoveryOrder, claim: Claim, browser: Browser) -> None:
    struck(DAY_AFTER)
    browser.sign_in("first_review")
    for path in (f"/claims/{claim.id}", f"/cohorts/{claim.cohort_id}"):
        page = browser.open(path)
        assert page.said(f"本单位有追回款逾期未退：通知{order.number}"), path
        assert page.said("名单中3人涉及逾期未退的追回款"), path
    browser.sign_in("enterprise")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("本单位有追回款逾期未退")
    assert not page.said("名单中3人")


def test_settling_lifts_it_at_once(office: Office, order: RecoveryOrder) -> None:
    struck(DAY_AFTER)
    act = stage.repay(office, order, 12_000)
    with clock.at(DAY_AFTER), transaction.unit():
        actions.decide(act, "confirm", "", by=office.actor("checker"))
    assert registers.flags([], [order.payee_id or 0]) == []
