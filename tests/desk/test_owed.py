"""Whoever has to give subsidies back finds it on their own desk or phone: how much, until when, and how."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import current_app

from tests.applications import stage as grants
from tests.client import Browser
from tests.factories import Office
from tests.recoveries import stage
from tests.recoveries.test_of_people import DUE_ON as GRANT_DUE_ON
from tests.recoveries.test_of_people import issued as grant_ordered_back
from trainingadmin.desk import piles, tally
from trainingadmin.desk.tally import What
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, transaction
from trainingadmin.recoveries.models import RecoveryOrder

LIST = "/recoveries/?state=issued"
LATER = stage.DUE_ON + timedelta(days=10)


@pytest.fixture
def order(office: Office) -> RecoveryOrder:
    """12 000 yuan that a firm has to give back."""
    return stage.issued(office, stage.shortfall(office, 3, 0))


def card_of(office: Office, login: str) -> dict[str, object] | None:
    with current_app.test_request_context(), transaction.unit(reads=True):
        cards = piles.pile_of(office.actor(login)).cards
    return next((card for card in cards if card["label"] == "待退款（元）"), None)


def test_a_firm_finds_on_its_desk_what_it_owes_and_until_when(
    browser: Browser, office: Office, order: RecoveryOrder
) -> None:
    stage.decide(office, stage.repay(office, order, 2000))
    with clock.at(stage.DUE_ON):
        browser.sign_in("enterprise")
        page = browser.open("/desk")
        assert page.links(LIST)
        assert page.said(f"待退款（元）10,000.00最近的期限 {stage.DUE_ON.isoformat()}")
        assert browser.open(LIST).said(order.number)


def test_the_nearest_of_several_due_dates_is_told_with_the_sum_of_all(office: Office, order: RecoveryOrder) -> None:
    other = stage.drafted(office, stage.shortfall(office, 2, 0), terms=replace(stage.TERMS, due_on=LATER))
    with clock.at(stage.DRAFTED_ON):
        assert tally.of(office.actor("enterprise")).total(What.OWED) == 1, "a draft asks nobody for anything"
    stage.issue(office, other)
    with clock.at(stage.DRAFTED_ON):
        told = tally.of(office.actor("enterprise"))
        assert told.states(What.OWED) == [stage.DUE_ON.isoformat(), LATER.isoformat()]
        assert [told.sum(What.OWED, day) for day in told.states(What.OWED)] == [stage.YUAN(12_000), stage.YUAN(8000)]


def test_it_is_red_from_the_day_after_the_due_date_and_gone_once_all_came_back(
    office: Office, order: RecoveryOrder
) -> None:
    for days, tone in ((0, "warn"), (1, "bad")):
        with clock.at(stage.DUE_ON + timedelta(days=days)):
            card = card_of(office, "enterprise")
        assert card is not None
        assert card["tone"] == tone
    stage.decide(office, stage.repay(office, order, 12_000))
    assert card_of(office, "enterprise") is None


def test_an_institution_is_told_as_well_and_nobody_else(office: Office, order: RecoveryOrder) -> None:
    assert [login for login in ("institution", "other_enterprise", "checker") if card_of(office, login)] == []
    with transaction.unit():
        order.payee_id = office.institution.id
    assert card_of(office, "institution") is not None
    assert card_of(office, "enterprise") is None


def test_it_is_told_in_english(browser: Browser, office: Office, order: RecoveryOrder) -> None:
    with clock.at(stage.DUE_ON + timedelta(days=1)):
        browser.sign_in("enterprise")
        assert browser.open("/language/en?next=/desk").said(f"due {stage.DUE_ON.isoformat()}, overdue")


# A person -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def founder(office: Office) -> Actor:
    """Somebody who was paid the grant."""
    return grants.paid_founder(office)


def test_a_person_finds_on_the_phone_all_that_giving_it_back_takes(
    browser: Browser, office: Office, founder: Actor
) -> None:
    with clock.at(GRANT_DUE_ON):
        grants.signed_in(browser, founder)
        assert not browser.open("/m").said("需要退回补贴")
    order = grant_ordered_back(office, founder)
    stage.decide(office, stage.repay(office, order, 4000))
    with clock.at(GRANT_DUE_ON):
        page = browser.open("/m")
        assert page.said(f"需要退回补贴 ¥6,000.00，期限 {GRANT_DUE_ON.isoformat()}")
        for words in ("应退款 ¥10,000.00", "尚欠 ¥6,000.00", f"汇款附言 {order.number}", "0835-0000024"):
            assert page.said(words), words
        assert page.links("/m/certificates")
        assert not page.said("逾期")


def test_a_person_is_told_that_it_is_late_and_that_in_english(browser: Browser, office: Office, founder: Actor) -> None:
    grant_ordered_back(office, founder)
    with clock.at(GRANT_DUE_ON + timedelta(days=1)):
        grants.signed_in(browser, founder)
        assert browser.open("/m").said("逾期")
        assert browser.open("/language/en?next=/m").said("Give back ¥10,000.00 of subsidy by")


def test_somebody_else_is_told_nothing(browser: Browser, office: Office, founder: Actor) -> None:
    grant_ordered_back(office, founder)
    with clock.at(GRANT_DUE_ON):
        grants.signed_in(browser, grants.founder(office, 43, "石另开"))
        assert not browser.open("/m").said("需要退回补贴")
