"""A payee's yearly statement: what was paid and came back, in digits and words, numbered, kept and verifiable."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from tests.client import Browser
from tests.factories import Office
from tests.payments import stage
from trainingadmin.certificates import jobs, printing
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.ledger import actions
from trainingadmin.ledger.queries import yearly
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import store

ASKED_ON = date(2022, 8, 1)


@pytest.fixture
def paid(office: Office) -> Office:
    """Three people paid ahead in 2020, and the balance of two of them in 2022."""
    stage.prepaid_claim(office, 3, uncertified=(3,))
    stage.plan()
    stage.settled(office)
    return office


def stated(office: Office, year: int = 2022, login: str = "enterprise") -> int:
    by = office.actor(login)
    with clock.at(ASKED_ON), transaction.unit():
        payee = yearly.holder("organisation", office.enterprise.id, actor=by)
        return actions.state_year(payee, year, by=by)


def content(certificate_id: int) -> dict[str, object]:
    told: dict[str, object] = json.loads(db.session.get_one(Certificate, certificate_id).content)
    return told


def test_it_adds_up_what_the_books_say_in_digits_and_in_words(paid: Office) -> None:
    told = content(stated(paid))
    payee = yearly.holder("organisation", paid.enterprise.id, actor=paid.actor("enterprise"))
    given, back = yearly.sums(yearly.booked(payee, 2022))
    assert told["paid"] == {"figures": "16,000.00", "words": "人民币壹万陆仟元整", "count": 2}
    assert (str(given), str(back)) == ("16000.00", "0.00")
    assert told["back"] == {"figures": "0.00", "words": "人民币零元整", "count": 0}
    assert (told["year"], told["until_on"]) == ("2022", "2022-08-01")


def test_it_is_printed_signed_kept_and_verified_like_any_certificate(paid: Office, browser: Browser) -> None:
    made = db.session.get_one(Certificate, stated(paid))
    assert made.kind is CertificateKind.STATEMENT
    assert made.number.startswith("DZ-511824-2022-")
    jobs.render([made.id])
    db.session.expire_all()
    assert made.sha256
    assert store().read(made.sha256).startswith(b"%PDF")
    address = printing.verify_address(made.number, made.content_sha256).removeprefix("http://127.0.0.1:8000")
    page = browser.open(address)
    assert page.said("年度对账单")
    assert page.said("16,000.00")
    assert page.said("统一社会信用代码"), "a firm has no ID number"


def test_it_is_the_same_document_until_something_new_is_booked(paid: Office) -> None:
    first = stated(paid)
    assert stated(paid) == first
    stage.cleared_claim(paid, stage.approved_cohort(paid, 1, advance=0))
    stage.plan()
    stage.settled(paid)
    assert stated(paid) != first
    assert db.session.scalars(select(Certificate.state).where(Certificate.id == first)).one() != "replaced"


def test_a_year_without_money_has_none(paid: Office) -> None:
    with pytest.raises(Refusal) as refusal:
        stated(paid, 2031)
    assert refusal.value.code == "nothing-booked"


def test_the_firm_gets_it_from_its_page(paid: Office, browser: Browser) -> None:
    browser.sign_in("enterprise")
    page = browser.open(f"/ledger/years/organisation/{paid.enterprise.id}")
    assert page.said("16,000.00")
    (year, *_others) = yearly.years("organisation", paid.enterprise.id)
    shown = browser.submit(page, f"/{year}")
    assert shown.said("年度对账单")
    assert shown.said("生成中")


@pytest.mark.parametrize("login", ["other_enterprise", "institution"])
def test_others_do_not_see_a_firms_years(paid: Office, browser: Browser, login: str) -> None:
    browser.sign_in(login)
    browser.open(f"/ledger/years/organisation/{paid.enterprise.id}", expect=404)
    browser.post(f"/ledger/years/organisation/{paid.enterprise.id}/2022", expect=404)


def test_finance_of_the_district_may_and_a_reviewer_may_not(paid: Office, browser: Browser) -> None:
    browser.sign_in("preparer")
    browser.open(f"/ledger/years/organisation/{paid.enterprise.id}")
    browser.open("/ledger/years/person/1", expect=404)
    browser.sign_in("acceptance")
    browser.open(f"/ledger/years/organisation/{paid.enterprise.id}", expect=403)
