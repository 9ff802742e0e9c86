"""What is done about an application: it is opened, photographed, visited by two officers, and closed unpaid."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from trainingadmin.applications import queries
from trainingadmin.applications.models import Application, Photo, SiteVisit
from trainingadmin.applications.states import PHOTO_LABELS, WANTED, PhotoKind
from trainingadmin.kernel.identifiers import CreditCode
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import REVIEWERS, Actor, Role
from trainingadmin.people import actions as people
from trainingadmin.people.models import Person
from trainingadmin.people.queries import payout_account
from trainingadmin.plumbing import clock, journal, serials
from trainingadmin.plumbing.database import db, locked
from trainingadmin.plumbing.storage import store

LARGEST = 5 * 1024 * 1024
MOST_PHOTOS = 30
# First bytes and media type.
_FORMS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,10})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What a person wants to be paid for: where it is registered, its code, name and place."""

    office_code: str
    credit_code: str
    name: str
    place: str

    def checked(self) -> Business:
        """Return it folded; refusals those of a credit code, `business-missing`, `place-missing`."""
        try:
            code = CreditCode.parse(self.credit_code).text
        except Malformed as wrong:
            raise Refusal(wrong.code, wrong.reason, field="credit_code") from None
        if not self.name.strip():
            raise Refusal("business-missing", N_("请填写营业执照上的名称。"), field="business")
        if not self.place.strip():
            raise Refusal("place-missing", N_("请填写实际经营地址，核查人员按此上门。"), field="place")
        return Business(
            office_code=self.office_code, credit_code=code, name=self.name.strip(), place=self.place.strip()
        )


def begin(scheme: str, person: Person, business: Business, facts: Mapping[str, Any], *, by: Actor) -> Application:
    """Open a person's application for one business. Refusals `apply-self`, those of `Business.checked`, and

    `person-paid` or `entity-paid` when one is open or was paid before: once in a life, kept by the database.
    """
    refuse_others(person, by)
    business = business.checked()
    db.session.execute(locked(select(Person.id).where(Person.id == person.id)))
    refuse_second(scheme, person.id, business.credit_code)
    number = serials.take("application", business.office_code, clock.today().year)[0]
    made = Application(
        number=f"CY-{business.office_code}-{clock.today().year}-{number:04d}",
        scheme=scheme,
        person_id=person.id,
        office_code=business.office_code,
        credit_code=business.credit_code,
        business=business.name,
        place=business.place,
        facts=dict(facts),
        stated_on=clock.today(),
        created_by=by.id,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    journal.record("apply", _subject(made), by=by, scheme=scheme, number=made.number)
    return made


def refuse_second(scheme: str, person_id: int, credit_code: str) -> None:
    """Refuse whoever applied or was paid before (`person-paid`), and a business somebody did (`entity-paid`)."""
    if (mine := queries.live(scheme, person_id)) is not None:
        reason = N_("您已经申领过这项补贴（%(number)s），每人一生只能申领一次。")
        raise Refusal("person-paid", reason, number=mine.number)
    if queries.taken(scheme, credit_code) is not None:
        reason = N_("这个经营主体已经有人申领过这项补贴，每个经营主体只能申领一次。")
        raise Refusal("entity-paid", reason, field="credit_code")


def restate(application: Application, business: Business, facts: Mapping[str, Any], *, by: Actor) -> None:
    """Correct what was stated while the claim is a draft or returned; refusals as `begin`."""
    refuse_others(application.person, by)
    business = business.checked()
    if business.credit_code != application.credit_code:
        other = queries.taken(application.scheme, business.credit_code)
        if other is not None and other.id != application.id:
            raise Refusal(
                "entity-paid", N_("这个经营主体已经有人申领过这项补贴，每个经营主体只能申领一次。"), field="credit_code"
            )
    application.credit_code, application.business, application.place = (
        business.credit_code,
        business.name,
        business.place,
    )
    application.facts, application.stated_on = dict(facts), clock.today()
    journal.record("restate", _subject(application), by=by)


def close(application: Application, *, by: Actor) -> None:
    """Note that nothing will be paid for an application: person and business may apply again."""
    application.closed_at = clock.now()
    journal.record("close-application", _subject(application), by=by)


def refuse_unready(application: Application) -> None:
    """Refuse to submit without photographs (`photos-missing`) or without an account to pay to (`payout-missing`)."""
    there = queries.photo_kinds(application.id)
    missing = [PHOTO_LABELS[kind] for kind in WANTED if kind not in there]
    lacks_account = payout_account(application.person_id) is None
    if missing:
        what = (*missing, N_("本人社会保障卡账户")) if lacks_account else tuple(missing)
        raise Refusal("photos-missing", N_("还缺：%(what)s，补齐后才能提交。"), what=what)
    if lacks_account:
        raise Refusal("payout-missing", N_("请先填写本人社会保障卡账户，补贴只能拨入本人账户。"))


# Photographs ----------------------------------------------------------------------------------------------------------


def add_photo(application: Application, kind: PhotoKind, data: bytes, *, by: Actor) -> Photo:
    """Keep an applicant's photograph (JPG or PNG by its bytes, at most 5 MB); the same twice is one.

    Refusals `apply-self`, `application-closed`, `photo-kind`, `photos-many`, `file-missing`, `file-too-big`, `file-kind`.
    """
    refuse_others(application.person, by)
    if application.closed_at is not None:
        raise Refusal("application-closed", N_("本次申领已经办结，不能再改动。"))
    if kind not in WANTED:
        raise Refusal("photo-kind", N_("请选择照片的内容。"), field="kind")
    return _keep(application, kind, None, data, by)


def _keep(application: Application, kind: PhotoKind, visit_id: int | None, data: bytes, by: Actor) -> Photo:
    media_type = _form(data)
    known = queries.photos(application.id)
    sha256 = hashlib.sha256(data).hexdigest()
    if (same := next((one for one in known if (one.kind, one.sha256) == (kind, sha256)), None)) is not None:
        return same
    if len(known) >= MOST_PHOTOS:
        raise Refusal("photos-many", N_("最多 %(most)s 张照片。"), field="photo", most=MOST_PHOTOS)
    photo = Photo(
        application_id=application.id,
        visit_id=visit_id,
        kind=kind,
        sha256=store().keep(data),
        media_type=media_type,
        size=len(data),
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(photo)
    db.session.flush()
    journal.record("add-photo", _subject(application), by=by, kind=kind.value, sha256=photo.sha256)
    return photo


def _form(data: bytes) -> str:
    if not data:
        raise Refusal("file-missing", N_("请选择或拍摄照片。"), field="photo")
    if len(data) > LARGEST:
        raise Refusal("file-too-big", N_("照片超过 5 MB，请调低拍摄尺寸后重试。"), field="photo")
    for magic, media_type in _FORMS:
        if data.startswith(magic):
            return media_type
    raise Refusal("file-kind", N_("只接受 JPG 或 PNG 照片。"), field="photo")


# Visits ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Seen:
    """What an officer found at the place."""

    place: str
    passed: bool
    remark: str
    latitude: str = ""
    longitude: str = ""
    photos: Sequence[bytes] = field(default=())


def visit(application: Application, seen: Seen, *, by: Actor) -> SiteVisit:
    """Record a visit by one of the two officers; it counts once the other confirms it.

    Refusals `move-role`, `relative`, `application-closed`, `place-missing`, `remark-missing` when not passed,
    `coordinates`, and those of photographs, of which one at least is needed.
    """
    _refuse_officer(application, by)
    if not seen.place.strip():
        raise Refusal("place-missing", N_("请填写核查地点。"), field="place")
    if not seen.passed and not seen.remark.strip():
        raise Refusal("remark-missing", N_("没有通过的，请写明现场情况。"), field="remark")
    latitude, longitude = _coordinates(seen)
    made = SiteVisit(
        application_id=application.id,
        place=seen.place.strip(),
        latitude=latitude,
        longitude=longitude,
        passed=seen.passed,
        remark=seen.remark.strip(),
        visited_by=by.id,
        visited_human=by.human,
        visited_name=by.name_as(Role.FIRST_REVIEW, Role.ACCEPTANCE),
        visited_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    for data in seen.photos or [b""]:
        _keep(application, PhotoKind.VISIT, made.id, data, by)
    journal.record("visit-site", _subject(application), by=by, visit=made.id, passed=seen.passed)
    return made


def _coordinates(seen: Seen) -> tuple[str | None, str | None]:
    both = (seen.latitude.strip(), seen.longitude.strip())
    if both == ("", ""):
        return None, None
    sound = all(_DEGREES.fullmatch(one) for one in both) and abs(float(both[0])) <= 90 and abs(float(both[1])) <= 180
    if not sound:
        raise Refusal("coordinates", N_("定位不是有效的经纬度，请清空后重新定位。"), field="latitude")
    return both


def confirm_visit(application: Application, found: SiteVisit, *, by: Actor) -> None:
    """Confirm as the second officer who was there what the first recorded.

    Refusals `move-role`, `relative`, `application-closed`, `visit-confirmed`, `visit-same-person`.
    """
    _refuse_officer(application, by)
    if found.confirmed_at is not None:
        raise Refusal("visit-confirmed", N_("这次核查已经确认过。"))
    if found.visited_human == by.human:
        raise Refusal("visit-same-person", N_("须由同行的另一名核查人员确认。"))
    found.confirmed_by, found.confirmed_human, found.confirmed_name = (
        by.id,
        by.human,
        by.name_as(Role.FIRST_REVIEW, Role.ACCEPTANCE),
    )
    found.confirmed_at = clock.now()
    db.session.flush()
    journal.record("confirm-visit", _subject(application), by=by, visit=found.id, passed=found.passed)


def _refuse_officer(application: Application, by: Actor) -> None:
    if not by.has(*REVIEWERS):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    people.refuse_relatives([application.person_id], by=by)
    if application.closed_at is not None:
        raise Refusal("application-closed", N_("本次申领已经办结，不能再改动。"))


def refuse_others(person: Person, by: Actor) -> None:
    """Refuse whoever is not the person themselves (`apply-self`)."""
    if not by.has(Role.TRAINEE) or by.person_id != person.id:
        raise Refusal("apply-self", N_("只能由本人为自己申领。"))


def _subject(application: Application) -> str:
    return f"applications:{application.id}"
