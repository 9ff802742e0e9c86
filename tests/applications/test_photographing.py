"""Photographs and the account: what is taken in, what is refused, who sees them."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.applications import stage
from tests.factories import Office
from trainingadmin.applications import actions
from trainingadmin.applications.states import PhotoKind
from trainingadmin.claims.models import Claim
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people import actions as people
from trainingadmin.people.queries import payout_account, payout_accounts
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def founder(office: Office) -> Actor:
    """Somebody with a shop."""
    return stage.founder(office)


@pytest.fixture
def claim(founder: Actor) -> Claim:
    """A draft."""
    return stage.draft(founder)


def add(claim: Claim, by: Actor, data: bytes, kind: PhotoKind = PhotoKind.LICENCE) -> None:
    with transaction.unit():
        actions.add_photo(stage.application_of(claim), kind, data, by=by)


def test_the_same_photograph_twice_is_one(claim: Claim, founder: Actor) -> None:
    add(claim, founder, stage.picture())
    add(claim, founder, stage.picture())
    assert stage.photos_of(claim) == 1


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"", PhotoKind.LICENCE, "file-missing"),
        (b"GIF89a", PhotoKind.LICENCE, "file-kind"),
        (b"%PDF-1.7", PhotoKind.SITE, "file-kind"),
        (b"\xff\xd8\xff" + bytes(actions.LARGEST), PhotoKind.SITE, "file-too-big"),
        (stage.picture(), PhotoKind.VISIT, "photo-kind"),
    ],
)
def test_what_is_no_photograph_of_the_business_is_refused(
    claim: Claim, founder: Actor, data: bytes, kind: PhotoKind, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        add(claim, founder, data, kind)


def test_there_is_an_end_to_photographs(claim: Claim, founder: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_PHOTOS", 1)
    add(claim, founder, stage.picture(1))
    with pytest.raises(Refusal, match="photos-many"):
        add(claim, founder, stage.picture(2))


def test_nobody_photographs_for_another(office: Office, claim: Claim) -> None:
    with pytest.raises(Refusal, match="apply-self"):
        add(claim, office.actor("acceptance"), stage.picture())


def pay_to(actor: Actor, holder: str = "石开业", number: str = stage.CARD, bank: str = stage.BANK) -> None:
    with transaction.unit():
        people.set_payout(stage.person_of(actor), holder, number, bank, by=actor)


def test_the_last_account_counts_and_the_ones_before_are_kept(founder: Actor) -> None:
    pay_to(founder)
    pay_to(founder, number="6228 4804 0263 7874 213")
    found = payout_account(founder.person_id or 0)
    assert found is not None
    assert found.number == "6228480402637874213"
    assert payout_accounts([founder.person_id or 0]) == {founder.person_id: found}
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("DELETE FROM payout_accounts"))
    db.session.rollback()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"holder": "别人"}, "payout-holder", "holder"),
        ({"number": ""}, "account-missing", "number"),
        ({"number": "6228x"}, "account-format", "number"),
        ({"number": "622848040256"}, "card-length", "number"),
        ({"number": "6228480402564890019"}, "card-digit", "number"),
        ({"bank": " "}, "bank-missing", "bank"),
    ],
)
def test_a_wrong_account_is_refused_beside_its_field(
    founder: Actor, changes: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(Refusal, match=code) as refused:
        pay_to(founder, **changes)
    assert refused.value.field == field


def test_nobody_enters_an_account_for_another(office: Office, founder: Actor) -> None:
    with pytest.raises(Refusal, match="apply-self"), transaction.unit():
        people.set_payout(stage.person_of(founder), "石开业", stage.CARD, stage.BANK, by=office.actor("preparer"))
