"""The demo's founders: one whose grant two officers have just looked at, one who may apply now on the phone."""

from __future__ import annotations

import struct
import zlib
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from trainingadmin.applications import actions as applications
from trainingadmin.applications.actions import Seen
from trainingadmin.applications.states import WANTED
from trainingadmin.claims import actions as claims
from trainingadmin.claims import applicants
from trainingadmin.claims.actions import Named
from trainingadmin.claims.models import Claim
from trainingadmin.demo import lists
from trainingadmin.demo.bureau import DISTRICT, actor, morning
from trainingadmin.demo.rosters import Apprentice
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.people import actions as people
from trainingadmin.people import sessions
from trainingadmin.people.models import Account, Person
from trainingadmin.people.queries import person_by_id_number
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.schemes import entrepreneurship_grant

GRANT = entrepreneurship_grant.SCHEME.name
_PLACE = "石棉县新棉街道示例路 8 号"
_CARD, _BANK = "6228480402564890018", "示例农村商业银行石棉支行"
_WIDTH, _HEIGHT = 240, 180


def founders_on_the_phone() -> None:
    """Let two founders be people who sign in: the first may apply now, the last has applied and was visited."""
    may, applied = lists.founders()[0], lists.founders()[-1]
    with transaction.unit():
        enter(may, "13800000061")
        enter(applied, "13800000065")
    _claim(applied)


def enter(one: Apprentice, phone: str) -> Person:
    """Know a founder by their ID number, with a phone to sign in by."""
    number = IdNumber.parse(one.id_number)
    found = people.add_person(number.text, one.name, number.born_on, number.sex.value, phone=phone)
    people.open_account(one.name, [Role.TRAINEE], person_id=found.id, by=SYSTEM)
    return found


def signed_in(one: Apprentice) -> tuple[Actor, Person]:
    """Return a founder as who acts and as who they are."""
    found = person_by_id_number(one.id_number)
    assert found is not None
    account = db.session.scalars(select(Account).where(Account.person_id == found.id)).one()
    return sessions.as_actor(account), found


def _claim(one: Apprentice) -> None:
    """Apply as the registers have it, add photographs and the account, be accepted and visited."""
    today = clock.today()
    applied_on = max(today - timedelta(days=9), today.replace(day=1))
    with clock.at(morning(applied_on)), transaction.unit():
        claim = _applied(*signed_in(one))
    with clock.at(morning(applied_on)), transaction.unit():
        claims.move(claim, "accept", by=actor("shouli"))
    with clock.at(morning(min(today, applied_on + timedelta(days=1)))), transaction.unit():
        seen = Seen(
            place=_PLACE, passed=True, remark="正常营业，与填报一致", latitude="29.2340", longitude="102.3590",
            photos=[picture(3)],
        )  # fmt: skip
        assert claim.application is not None
        applications.visit(claim.application, seen, by=actor("chushen"))


def _applied(by: Actor, person: Person) -> Claim:
    told = applicants.prefill(GRANT, person)
    facts: dict[str, Any] = {**told.facts, "earlier_entities": 0, "household_paid_before": False}
    code, name, _ = told.business
    claims.declare(GRANT, person, facts, told.office_code or DISTRICT, business=Named(code, name, _PLACE), by=by)
    claim = claims.open_own(GRANT, person, by=by)
    assert claim.application is not None
    for shade, kind in enumerate(WANTED):
        applications.add_photo(claim.application, kind, picture(shade), by=by)
    people.set_payout(person, person.name, _CARD, _BANK, by=by)
    claims.submit(claim, by=by)
    return claim


def picture(scene: int) -> bytes:
    """Draw a PNG that stands for a photograph: sky, a house front with its sign, a pavement."""
    sky, wall = (205 + 5 * scene, 222, 236), (196, 178 - 12 * scene, 150)
    rows = b"".join(b"\0" + b"".join(bytes(_dot(x, y, sky, wall)) for x in range(_WIDTH)) for y in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def _dot(x: int, y: int, sky: tuple[int, int, int], wall: tuple[int, int, int]) -> tuple[int, int, int]:
    if y < 40:
        return sky
    if y > 150:
        return (150, 150, 148)
    if 52 < y < 76 and 30 < x < 210:
        return (176, 40, 36)
    if 92 < y <= 150 and (40 < x < 110 or 130 < x < 200):
        return (88, 110, 122)
    return wall
