"""Anyone who scans a certificate learns whether it is valid."""

from __future__ import annotations

import base64
import random

from tests.certificates import stage
from tests.client import Browser
from tests.factories import Office
from trainingadmin.certificates import actions, jobs, printing
from trainingadmin.certificates.models import Certificate
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db

FORGERIES = 2000


def address_of(made: Certificate) -> str:
    return printing.verify_address(made.number, made.content_sha256).removeprefix("http://127.0.0.1:8000")


def test_a_sealed_certificate_is_valid_and_shows_a_masked_identity(browser: Browser, office: Office) -> None:
    made = stage.sealed(office)[0]
    page = browser.open(address_of(made))
    assert page.said("有效")
    assert page.said("511824********0012")


def test_a_revoked_one_says_so_with_the_reason(browser: Browser, office: Office) -> None:
    made = stage.sealed(office)[0]
    address = address_of(made)
    browser.sign_in("checker")
    browser.submit(browser.open(f"/certificates/{made.id}/revoke"), "/revoke", reason="收款人信息有误")
    page = browser.open(address)
    assert page.said("已作废")
    assert page.said("收款人信息有误")


def test_a_replaced_one_points_to_its_successor_which_is_valid(browser: Browser, office: Office) -> None:
    made = stage.sealed(office)[0]
    address = address_of(made)
    browser.sign_in("checker")
    browser.submit(browser.open(f"/certificates/{made.id}/replace"), "/replace", reason="纸面污损")
    assert browser.open(address).said("已补发")
    fresh = db.session.query(Certificate).filter_by(replaces_id=made.id).one()
    jobs.render([fresh.id])
    db.session.expire_all()
    assert fresh.number == made.number
    assert browser.open(address_of(fresh)).said("有效")


def test_forged_codes_are_not_accepted(browser: Browser, office: Office) -> None:
    made = stage.sealed(office)[0]
    right = address_of(made).rpartition("/")[2]
    dice = random.Random(20261123)
    accepted = 0
    for _ in range(FORGERIES):
        raw = bytearray(base64.urlsafe_b64decode(right))
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        accepted += printing.vouched(made.number, base64.urlsafe_b64encode(raw).decode()) is not None
    assert accepted == 0
    assert printing.vouched(made.number, right) is not None
    assert printing.vouched(made.number[:-1] + "9", right) is None
    assert browser.open(f"/v/{made.number}/{right[:-4]}AAAA", expect=404).said("查无此证")


def test_a_reason_is_needed_to_revoke(browser: Browser, office: Office) -> None:
    made = stage.sealed(office)[0]
    browser.sign_in("checker")
    browser.submit(browser.open(f"/certificates/{made.id}/revoke"), "/revoke", reason="", expect=422)


def test_a_stranger_cannot_download_or_see_it(browser: Browser, office: Office) -> None:
    made = stage.sealed(office)[0]
    browser.sign_in("other_enterprise")
    browser.open(f"/certificates/{made.id}", expect=404)
    assert browser.client.get(f"/certificates/{made.id}/download").status_code == 404
    browser.sign_in("enterprise")
    assert browser.download(f"/certificates/{made.id}/download").startswith(b"%PDF")


def test_only_a_valid_certificate_can_be_ended(browser: Browser, office: Office) -> None:
    made = stage.sealed(office)[0]
    with transaction.unit():
        actions.revoke(db.session.get_one(Certificate, made.id), "错误", by=office.actor("checker"))
    browser.sign_in("checker")
    page = browser.submit(browser.open(f"/certificates/{made.id}/revoke"), "/revoke", reason="再次", expect=422)
    assert page.said("只有有效的证书")
