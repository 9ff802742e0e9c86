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


def replaced(browser: Browser, one: Certificate) -> Certificate:
    browser.submit(browser.open(f"/certificates/{one.id}/replace"), "/replace", reason="纸面污损")
    fresh = db.session.query(Certificate).filter_by(replaces_id=one.id).one()
    jobs.render([fresh.id])
    db.session.expire_all()
    return fresh


def test_of_two_replacements_of_one_day_each_is_told_from_the_other(browser: Browser, office: Office) -> None:
    made = stage.sealed(office)[0]
    browser.sign_in("checker")
    second = replaced(browser, made)
    third = replaced(browser, second)
    page = browser.open(address_of(third))
    assert page.said("本证书由本系统签发")
    assert page.said("第 2 次补发")
    assert browser.open(address_of(second)).said("由补发件代替")
    assert browser.open(f"/certificates/{third.id}").said("第 2 次补发")


def test_replacements_that_were_issued_alike_lead_to_the_newest(browser: Browser, office: Office) -> None:
    browser.sign_in("checker")
    second = replaced(browser, stage.sealed(office)[0])
    third = replaced(browser, second)
    with transaction.unit():  # as they were before a replacement said which one it is
        third.content, third.content_sha256 = second.content, second.content_sha256
    assert address_of(third) == address_of(second)
    assert browser.open(address_of(third)).said("本证书由本系统签发")


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
