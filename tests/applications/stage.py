"""A founder's claim at every stage, made by the product's own actions: stated, photographed, reviewed, visited, paid."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.client import Browser
from tests.factories import DISTRICT, Office, id_number, person
from tests.payments import stage as payments
from tests.registers import lists
from tests.staging import staged
from trainingadmin.applications import actions, queries
from trainingadmin.applications.actions import Seen
from trainingadmin.applications.models import Application, SiteVisit
from trainingadmin.applications.states import WANTED
from trainingadmin.claims import actions as claims
from trainingadmin.claims.actions.applying import Named
from trainingadmin.claims.models import Claim
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.notices import actions as notices
from trainingadmin.notices.models import Notice
from trainingadmin.payments.models import Batch
from trainingadmin.people import actions as accounts
from trainingadmin.people import sessions
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact, Register

GRANT = "entrepreneurship_grant"
APPLIED_ON, ACCEPTED_ON, VISITED_ON = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
CHECKED_ON, REVIEWED_ON, DECIDED_ON = date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9)
POSTED_ON, CLOSES_ON, PAYABLE_ON = date(2026, 3, 10), date(2026, 3, 17), date(2026, 3, 18)
OPENED_ON = date(2025, 2, 10)
SHOP, NAME, PLACE = lists.SHOP, "石棉示例小吃店", "石棉县新棉街道示例路 8 号"
CARD, BANK = "6228480402564890018", "示例农村商业银行石棉支行"
STATED: Mapping[str, Any] = {
    "registered_on": OPENED_ON.isoformat(),
    "entity_type": "个体工商户",
    "groups": [{"group": "返乡入乡", "from": "2025-01-01"}],
    "is_founder": True,
    "is_operator": True,
    "earlier_entities": 0,
    "household_paid_before": False,
}


def picture(shade: int = 0) -> bytes:
    """Return the smallest PNG there is, of one shade."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes([0, shade]))
    parts = [(b"IHDR", header), (b"IDAT", body), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@staged
def founder(office: Office, serial: int = 42, name: str = "石开业") -> Actor:
    """Return a person who can sign in on a phone."""
    with transaction.unit():
        found = person(serial, name, born_on=date(1990, 6, 1), phone=f"138000{serial:05d}")
        opened = accounts.open_account(name, [Role.TRAINEE], person_id=found.id, by=SYSTEM)
    office.accounts[f"founder{serial}"] = opened
    return sessions.as_actor(opened)


def signed_in(browser: Browser, actor: Actor) -> None:
    """Sign a founder in on a phone, by the code that it got; whoever used it before is signed out."""
    browser.client.delete_cookie("signin")
    page = browser.submit(browser.open("/m/sign-in"), "/m/sign-in", id_number=person_of(actor).id_number)
    code = browser.open("/dev/inbox").text.split("验证码是 ")[1][:6]
    browser.submit(page, "/m/sign-in/code", code=code)


def person_of(actor: Actor) -> Person:
    """Return the person behind an actor."""
    return db.session.get_one(Person, actor.person_id)


@staged
def on_the_register(office: Office, actor: Actor, **line: Any) -> None:
    """Import a business register on which the founder's shop stands, and the pension list, which does not name them."""
    who = {"name": person_of(actor).name, "id_number": person_of(actor).id_number}
    shop = {"from_on": OPENED_ON, "founder": "是", **who, **line}
    lists.imported(office, lists.made_up(Register.BUSINESS, [shop], as_of="2026-02-28"), on=APPLIED_ON)
    other = {"name": "另一人", "id_number": id_number(77, date(1950, 1, 1))}
    lists.imported(office, lists.made_up(Register.PENSION, [other], as_of="2026-02-28"), on=APPLIED_ON)


@staged
def stated(actor: Actor, credit_code: str = SHOP, **other: Any) -> None:
    """Let the founder state everything."""
    facts = {name: value for name, value in {**STATED, **other}.items() if value is not None}
    with clock.at(APPLIED_ON), transaction.unit():
        business = Named(credit_code, NAME, PLACE)
        claims.declare(GRANT, person_of(actor), facts, DISTRICT, business=business, by=actor)


@staged
def draft(actor: Actor, credit_code: str = SHOP, **other: Any) -> Claim:
    """A claim the founder has begun."""
    stated(actor, credit_code, **other)
    with clock.at(APPLIED_ON), transaction.unit():
        return claims.open_own(GRANT, person_of(actor), by=actor)


def application_of(claim: Claim) -> Application:
    """Return what a claim is for."""
    assert claim.application is not None
    return claim.application


@staged
def prepared(actor: Actor, claim: Claim, *, number: str = CARD) -> Claim:
    """Add both photographs and the account."""
    with clock.at(APPLIED_ON), transaction.unit():
        for shade, kind in enumerate(WANTED):
            actions.add_photo(application_of(claim), kind, picture(shade), by=actor)
        accounts.set_payout(person_of(actor), person_of(actor).name, number, BANK, by=actor)
    return claim


@staged
def submitted(actor: Actor, **other: Any) -> Claim:
    """A claim at the acceptance desk."""
    claim = prepared(actor, draft(actor, **other))
    with clock.at(APPLIED_ON), transaction.unit():
        claims.submit(claim, by=actor)
    return claim


def seen(**other: Any) -> Seen:
    """What two officers found."""
    usual: dict[str, Any] = {"place": PLACE, "passed": True, "remark": "正常营业", "photos": [picture(9)]}
    return Seen(**{**usual, **other})


@staged
def visited(office: Office, claim: Claim, *, passed: bool = True) -> SiteVisit:
    """A visit recorded by first review and confirmed by acceptance."""
    with clock.at(VISITED_ON), transaction.unit():
        made = actions.visit(application_of(claim), seen(passed=passed), by=office.actor("first_review"))
    with clock.at(VISITED_ON), transaction.unit():
        claims.confirm_visit(claim, made, by=office.actor("acceptance"))
    return made


@staged
def waiting_for_the_second_officer(office: Office, actor: Actor) -> tuple[Claim, int, int]:
    """An accepted claim with a visit that only one officer recorded; the ids of a photograph and of the visit."""
    claim = moved(office, submitted(actor), "accept", "acceptance", ACCEPTED_ON)
    with clock.at(VISITED_ON), transaction.unit():
        made = actions.visit(application_of(claim), seen(), by=office.actor("second_review"))
    return claim, queries.photos(application_of(claim).id)[0].id, made.id


@staged
def moved(office: Office, claim: Claim, name: str, login: str, on: date) -> Claim:
    """Let one officer make one move."""
    with clock.at(on), transaction.unit():
        claims.move(claim, name, by=office.actor(login), note="已核对")
    return claim


@staged
def approved(office: Office, actor: Actor, **other: Any) -> Claim:
    """A claim that four people let through, visited by two of them."""
    claim = submitted(actor, **other)
    moved(office, claim, "accept", "acceptance", ACCEPTED_ON)
    visited(office, claim)
    with clock.at(VISITED_ON), transaction.unit():
        registers.attest(
            Fact.PENSION_DRAWN, False, persons=[person_of(actor).id], source="市社保局名单", as_of=VISITED_ON,
            by=office.actor("acceptance"),
        )  # fmt: skip
    moved(office, claim, "check", "first_review", CHECKED_ON)
    moved(office, claim, "review", "second_review", REVIEWED_ON)
    return moved(office, claim, "approve", "approval", DECIDED_ON)


@staged
def cleared(office: Office, actor: Actor, **other: Any) -> Claim:
    """A claim whose notice is over."""
    claim = approved(office, actor, **other)
    posted(office, claim)
    with clock.at(PAYABLE_ON), transaction.unit():
        notices.clear_due()
    db.session.refresh(claim)
    return claim


@staged
def posted(office: Office, claim: Claim) -> Notice:
    """Post a claim's line."""
    with clock.at(POSTED_ON), transaction.unit():
        return notices.publish(list(claim.lines), "一次性创业补贴公示", by=office.actor("approval"))


@staged
def paid_founder(office: Office) -> Actor:
    """Return somebody who was paid the grant."""
    actor = founder(office)
    on_the_register(office, actor)
    paid(office, actor)
    return actor


@staged
def paid(office: Office, actor: Actor, **other: Any) -> Batch:
    """Everything owed to a founder planned, sent to the bank and answered."""
    cleared(office, actor, **other)
    payments.plan(PAYABLE_ON)
    batch = payments.released(office)
    payments.answer(office, batch)
    return batch


def photos_of(claim: Claim) -> int:
    """Count the photographs of a claim's application."""
    return len(queries.photos(application_of(claim).id))
