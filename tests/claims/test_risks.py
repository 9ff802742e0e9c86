"""Who shares an account, a phone or a device with whom is shown to reviewers with the evidence, and decides nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from tests.applications import stage
from tests.applications.test_applying import OTHER_SHOP
from tests.client import Browser, values_of
from tests.factories import Office
from tests.registers import lists
from trainingadmin.checkins.models import Scan
from trainingadmin.checkins.phones import phone
from trainingadmin.checkins.states import Verdict
from trainingadmin.claims import queries
from trainingadmin.claims.models import Claim, SubmissionDevice
from trainingadmin.claims.states import Shared
from trainingadmin.kernel.roles import Actor
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, devices, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers.states import Register

SCANNED_AT = datetime(2026, 2, 1, 1, 0, tzinfo=UTC)
SUBMITTED_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
OTHER_CARD = "6228480402637874213"


@pytest.fixture
def founder(office: Office) -> Actor:
    actor = stage.founder(office)
    stage.on_the_register(office, actor)
    return actor


@pytest.fixture
def claim(founder: Actor) -> Claim:
    return stage.submitted(founder)


@pytest.fixture
def other(office: Office) -> Actor:
    return stage.founder(office, 43, "石另开")


def scan(actor: Actor, device: str) -> None:
    with transaction.unit():
        db.session.add(
            Scan(
                account_id=actor.id,
                person_id=actor.person_id,
                verdict=Verdict.EXPIRED,
                token_digest="x",
                scanned_at=SCANNED_AT,
                device=device,
                address="a",
                network="n",
                agent="",
                at=SCANNED_AT,
            )
        )


def found(actor: Actor) -> list[tuple[Shared, str]]:
    mine = actor.person_id or 0
    return [(one.what, one.name) for one in queries.risks([mine]).get(mine, [])]


def test_nothing_is_shared_by_one_alone(claim: Claim, founder: Actor, other: Actor) -> None:
    assert found(founder) == []
    assert queries.shared_in(claim.id) == []


def test_an_account_of_two_people_is_seen_from_both_sides(claim: Claim, founder: Actor, other: Actor) -> None:
    with clock.at(stage.APPLIED_ON), transaction.unit():
        people.set_payout(stage.person_of(other), "石另开", stage.CARD, stage.BANK, by=other)
    assert found(founder) == [(Shared.ACCOUNT, "石另开")]
    assert found(other) == [(Shared.ACCOUNT, "石开业")]
    (risk,) = queries.risks([other.person_id or 0])[other.person_id or 0]
    assert risk.claim == claim.number, "the other's latest claim is evidence"


def test_a_phone_of_two_people_is_seen(claim: Claim, founder: Actor, other: Actor) -> None:
    with transaction.unit():
        one, two = stage.person_of(founder), stage.person_of(other)
        two.phone, two.phone_index = one.phone, one.phone_index
    assert found(founder) == [(Shared.PHONE, "石另开")]


def test_a_device_that_checked_two_people_in_is_seen(claim: Claim, founder: Actor, other: Actor) -> None:
    for actor in (founder, other, other):
        scan(actor, "device-a")
    assert found(founder) == [(Shared.DEVICE, "石另开")]
    (risk,) = queries.risks([founder.person_id or 0])[founder.person_id or 0]
    assert (risk.times, risk.since) == (2, SCANNED_AT)


# A founder's phone --------------------------------------------------------------------------------------------------------


@pytest.fixture
def founders(office: Office, founder: Actor, other: Actor) -> dict[Actor, Claim]:
    """Two founders, each with a shop and an account of their own, who have still to submit."""
    first = stage.prepared(founder, stage.draft(founder))
    shop: dict[str, Any] = {"from_on": stage.OPENED_ON, "credit_code": OTHER_SHOP, "founder": "是"}
    who = {"name": "石另开", "id_number": stage.person_of(other).id_number}
    lists.imported(office, lists.made_up(Register.BUSINESS, [shop | who], as_of="2026-02-28"), on=stage.APPLIED_ON)
    second = stage.prepared(other, stage.draft(other, OTHER_SHOP), number=OTHER_CARD)
    return {founder: first, other: second}


def submit(browser: Browser, actor: Actor, claim: Claim) -> None:
    """Let a founder sign in on a phone and submit their claim."""
    with clock.at(SUBMITTED_AT):
        stage.signed_in(browser, actor)
        form = browser.open(f"/claims/own/{claim.application_id}").form("/move")
        browser.post(form.get("action") or "", {**values_of(form), "move": "submit"})


def kept() -> list[SubmissionDevice]:
    return list(db.session.scalars(select(SubmissionDevice).order_by(SubmissionDevice.id)))


def test_two_founders_who_submit_from_one_phone_are_seen_with_when(
    founders: dict[Actor, Claim], founder: Actor, other: Actor, browser: Browser
) -> None:
    for actor, claim in founders.items():
        submit(browser, actor, claim)
    assert found(founder) == [(Shared.DEVICE, "石另开")]
    assert found(other) == [(Shared.DEVICE, "石开业")]
    (risk,) = queries.risks([founder.person_id or 0])[founder.person_id or 0]
    assert (risk.times, risk.since, risk.claim) == (1, SUBMITTED_AT, founders[other].number)
    browser.sign_in("acceptance")
    page = browser.open(browser.open(f"/claims/{founders[founder].id}").links("/claims/lines/")[0])
    assert page.said("同一部手机签到或提交申领：石另开")
    assert page.said("自 2026-03-02 10:00 起，1 次")


def test_each_on_their_own_phone_they_share_nothing(
    founders: dict[Actor, Claim], founder: Actor, other: Actor, browser: Browser
) -> None:
    for actor, claim in founders.items():
        submit(Browser(browser.app), actor, claim)
    assert (found(founder), found(other)) == ([], [])


def test_the_phone_of_a_founder_is_the_phone_of_who_checked_in_with_it(
    founders: dict[Actor, Claim], founder: Actor, other: Actor, browser: Browser
) -> None:
    submit(browser, founder, founders[founder])
    cookie = browser.client.get_cookie(devices.COOKIE)
    assert cookie is not None
    scan(other, phone(cookie.value, "127.0.0.1", "").device)
    assert found(founder) == [(Shared.DEVICE, "石另开")]
    assert found(other) == [(Shared.DEVICE, "石开业")]


def test_a_submission_keeps_a_mark_that_names_nobody_and_what_is_withdrawn_none(
    founders: dict[Actor, Claim], founder: Actor, browser: Browser
) -> None:
    claim = founders[founder]
    submit(browser, founder, claim)
    with clock.at(SUBMITTED_AT):
        page = browser.open(f"/claims/own/{claim.application_id}/move?move=withdraw")
        assert browser.submit(page, "/move", note="不申领了").said("已撤回")
    (mark,) = kept()
    assert (mark.claim_id, mark.person_id, mark.at) == (claim.id, founder.person_id, SUBMITTED_AT)
    cookie = browser.client.get_cookie(devices.COOKIE)
    assert cookie is not None
    assert cookie.value not in mark.device
    with pytest.raises(DBAPIError, match="append-only"), transaction.unit():
        db.session.execute(update(SubmissionDevice).values(device=""))


def test_the_reviewer_sees_it_on_the_claim_and_on_the_line_and_the_verdict_stays(
    claim: Claim, founder: Actor, other: Actor, browser: Browser
) -> None:
    before = claim.lines[0].verdict
    with clock.at(stage.APPLIED_ON), transaction.unit():
        people.set_payout(stage.person_of(other), "石另开", stage.CARD, stage.BANK, by=other)
    browser.sign_in("acceptance")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("名单中1人的收款账户、手机号或所用手机与他人相同")
    page = browser.open(page.links("/claims/lines/")[0])
    assert page.said("收款账户相同")
    assert page.said("石另开")
    assert stage.CARD not in page.text
    db.session.refresh(claim.lines[0])
    assert claim.lines[0].verdict is before
