"""Certificates are found by whom they are for, and lead to what was paid."""

from __future__ import annotations

import pytest

from tests.certificates import stage
from tests.client import Browser
from tests.factories import Office
from tests.payments import stage as payments
from trainingadmin.certificates import queries
from trainingadmin.certificates.models import Certificate
from trainingadmin.plumbing.database import db


def numbers(office: Office, q: str, login: str = "checker") -> list[str]:
    return [row.number for row in db.session.execute(queries.listing(office.actor(login), q=q))]


@pytest.mark.parametrize("q", ["王䶮", "示例机械", "新型学徒制", "wang"])
def test_one_is_found_by_holder_organisation_and_project(office: Office, q: str) -> None:
    stage.issued(office)
    assert len(numbers(office, q)) == 1
    assert numbers(office, q, "other_office") == []


@pytest.mark.parametrize("q", ["511824", "李", "%", "_"])
def test_nothing_else_finds_it_and_no_number_of_an_id(office: Office, q: str) -> None:
    stage.issued(office)
    assert [one for one in numbers(office, q) if q not in one] == []


def paid(office: Office) -> Certificate:
    payments.cleared_claim(office, payments.approved_cohort(office, 1, advance=0))
    payments.plan()
    payments.settled(office)
    return db.session.query(Certificate).one()


@pytest.mark.parametrize(("login", "parts"), [("checker", 3), ("acceptance", 1), ("enterprise", 1)])
def test_a_payment_certificate_leads_to_due_batch_and_claim_for_who_may_see_them(
    office: Office, browser: Browser, login: str, parts: int
) -> None:
    found = paid(office)
    browser.sign_in(login)
    page = browser.open(f"/certificates/{found.id}")
    links = [page.links(part) for part in ("/claims/", "/payments/dues/", f"/payments/{found.group.partition(':')[2]}")]
    assert [bool(one) for one in links] == [True, parts == 3, parts == 3]


def test_the_hash_of_the_file_is_shown_whole(office: Office, browser: Browser) -> None:
    (found,) = stage.sealed(office)
    browser.sign_in("checker")
    assert browser.open(f"/certificates/{found.id}").said(found.sha256 or "")
