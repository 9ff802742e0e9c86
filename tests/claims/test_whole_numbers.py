"""Whole numbers of the people of a claim: masked as a rule, told for a purpose, and every look on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.claims import small
from tests.client import Browser, Page, values_of
from tests.factories import Office
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people import actions
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.clock import LOCAL

PURPOSE = "与身份证复印件核对"


@pytest.fixture(autouse=True)
def _in_june_2022() -> Iterator[None]:
    with clock.at(datetime(2022, 6, 14, 9, tzinfo=LOCAL)):
        yield


@pytest.fixture
def line(office: Office) -> tuple[str, Person]:
    """The page of one person in a submitted claim, and who it is."""
    claim = small.submitted(office, small.cohort_of(office))
    with transaction.unit(reads=True):
        first = claim.lines[0]
        return f"/claims/lines/{first.id}", first.person


def test_a_reviewer_says_what_for_and_sees_them_once(browser: Browser, line: tuple[str, Person]) -> None:
    page, whose = line
    browser.sign_in("first_review")
    asked = browser.open(browser.open(page).links("/numbers")[0])
    assert whose.id_number not in asked.text
    told = browser.submit(asked, "/numbers", purpose=PURPOSE)
    assert told.said(whose.id_number)
    assert whose.id_number not in browser.open(page).text
    again = browser.post(f"{page}/numbers", {"purpose": PURPOSE, "_key": key_of(asked)}, expect=409)
    assert whose.id_number not in again.text


def key_of(page: Page) -> str:
    form = page.form("/numbers")
    return str(values_of(form)["_key"])


def test_without_a_purpose_nothing_is_told(browser: Browser, line: tuple[str, Person]) -> None:
    page, whose = line
    browser.sign_in("first_review")
    asked = browser.open(f"{page}/numbers")
    for purpose in ("", "   "):
        refused = browser.submit(asked, "/numbers", purpose=purpose, expect=422)
        assert refused.said("请写明查看用途")
        assert whose.id_number not in refused.text


def test_supervision_reads_who_looked_at_whom_and_what_for(browser: Browser, line: tuple[str, Person]) -> None:
    page, whose = line
    browser.sign_in("first_review")
    browser.submit(browser.open(f"{page}/numbers"), "/numbers", purpose=PURPOSE)
    browser.open("/disclosures", expect=403)
    browser.sign_in("supervisor")
    record = browser.open("/disclosures")
    assert record.said(f"{whose.name}{mask_id(whose.id_number)}")
    assert record.said(PURPOSE)
    assert whose.id_number not in record.text


@pytest.mark.parametrize(("login", "status"), [("enterprise", 403), ("preparer", 403), ("other_office", 404)])
def test_who_does_not_judge_the_claim_is_not_told(
    browser: Browser, line: tuple[str, Person], login: str, status: int
) -> None:
    browser.sign_in(login)
    browser.open(f"{line[0]}/numbers", expect=status)
    browser.post(f"{line[0]}/numbers", {"purpose": PURPOSE}, expect=status)


def test_the_journal_keeps_the_purpose_and_never_a_number(office: Office, line: tuple[str, Person]) -> None:
    whose = actions.masked(line[1])
    with transaction.unit():
        actions.disclose(whose, f" {PURPOSE} ", by=office.actor("first_review"))
    entry = journal.of(whose.subject)[-1]
    assert (entry.verb, entry.detail) == ("disclose", {"purpose": PURPOSE})
    with pytest.raises(Refusal, match="purpose-missing"):
        actions.disclose(whose, " ", by=office.actor("first_review"))


def test_a_firms_account_is_told_with_the_one_beside_it(office: Office) -> None:
    office.enterprise.payee_account = "6222020000000000033"
    told = actions.masked(office.enterprise).beside(("被退回的账号", "6222020000000000111"), ("没有的", None))
    assert [number for _, number in told.numbers if number.startswith("6222")] == [
        "6222020000000000033",
        "6222020000000000111",
    ]
    assert "没有的" not in dict(told.numbers)
