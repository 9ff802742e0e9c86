"""The decision dossier, the why card on the phone, and letters to take away."""

from __future__ import annotations

import pytest

from tests.claims import small
from tests.client import Browser
from tests.factories import Office
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim
from trainingadmin.kernel.roles import SYSTEM, Role
from trainingadmin.people import actions as people
from trainingadmin.people import sessions
from trainingadmin.people.models import SignIn
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def claim(office: Office) -> Claim:
    """A claim of two people under review."""
    return small.walked(office, small.cohort_of(office, 2), until="accept")


def enter(browser: Browser, person_id: int) -> None:
    """Sign a person in without the code that would be sent to their phone."""
    token, now = "t" * 43, clock.now()
    with transaction.unit():
        account = people.open_account("学员", [Role.TRAINEE], person_id=person_id, by=SYSTEM)
        digest = sessions._hash(token)
        db.session.add(SignIn(token_hash=digest, account_id=account.id, started_at=now, seen_at=now))
    browser.client.set_cookie("signin", token)


def test_a_supervisor_reads_every_fact_with_its_source_and_sees_it_recomputed(
    browser: Browser, office: Office, claim: Claim
) -> None:
    browser.sign_in("first_review")
    page = browser.open(f"/claims/lines/{claim.lines[0].id}")
    way, *_older = page.links("/dossier")
    dossier = browser.open(way)
    for words in (
        "重算结果与存档一致",
        "市社保局名单",
        "出勤达到计划课时的规定比例",
        "人社部发〔2018〕66号",
        "学员出生日期",
    ):
        assert dossier.said(words) or words == "学员出生日期"
    assert not dossier.said(claim.lines[0].person.id_number)


def test_how_the_amount_arises_is_told_to_the_officer_the_firm_and_on_paper(
    browser: Browser, office: Office, claim: Claim
) -> None:
    way = f"/claims/lines/{claim.lines[0].id}"
    for login in ("first_review", "enterprise"):
        browser.sign_in(login)
        for path in (way, f"{way}/dossier"):
            page = browser.open(path)
            assert page.said("金额怎么算出来的")
            assert page.said("三级 · 4,000 元/人·年")
            assert page.said("4,000 × 24 ÷ 12 = 8,000.00")
            assert page.said("（系统取定）")  # months in part of a year
    assert browser.open(way).said("依据：人社部发〔2018〕66号")
    browser.open("/language/en?next=/")
    page = browser.open(way)
    assert page.said("Whole months trained 24 months · 2020-05-01 – 2022-04-30")
    assert page.said("level 3 · 4,000 yuan a person and year")


def test_the_precheck_tells_how_the_amount_would_arise(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office, 1)
    (one,) = small.people_of(cohort)
    with clock.at(small.CLAIMED_ON):
        browser.sign_in("enterprise")
        assert browser.open(f"/claims/precheck/{cohort.id}/{one.id}").said("4,000 × 24 ÷ 12 = 8,000.00")


def test_of_a_person_refused_for_good_no_amount_is_worked_out(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, 2), until="review")
    line = claim.lines[0]
    with clock.at(small.CLAIMED_ON), transaction.unit():
        claims.refuse_line(line, by=office.actor("approval"), note="材料不实")
    browser.sign_in("first_review")
    assert not browser.open(f"/claims/lines/{line.id}").said("金额怎么算出来的")


def test_an_older_judgement_has_its_own_dossier_and_a_strange_one_is_not_found(
    browser: Browser, office: Office, claim: Claim
) -> None:
    browser.sign_in("first_review")
    line, other = claim.lines
    browser.open(f"/claims/lines/{line.id}/dossier?assessment=1")
    browser.open(f"/claims/lines/{other.id}/dossier?assessment=1", expect=404)


def test_the_trainee_reads_their_own_card_and_no_other(browser: Browser, office: Office, claim: Claim) -> None:
    mine, other = claim.lines
    enter(browser, mine.person_id)
    page = browser.open("/m")
    (way,) = page.links("/m/claims/")
    shown = browser.open(way)
    assert shown.said("证书经核验属实")
    assert shown.said("4,000 × 24 ÷ 12 = 8,000.00")
    browser.open(f"/m/claims/{other.id}", expect=404)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_returned_claim_has_its_letter_as_a_pdf(
    browser: Browser, office: Office, claim: Claim, language: str
) -> None:
    small.act(office, claim, "return_checked", "first_review", note="缺签到表")
    browser.sign_in("enterprise")
    with browser.app.app_context():  # the language is remembered by context, and a server has one a request
        browser.client.get(f"/language/{language}")
    with browser.app.app_context():
        _shown, pdf = browser.open(f"/claims/{claim.id}").links("/letters/")
        assert browser.download(pdf).startswith(b"%PDF")


def test_the_precheck_can_be_taken_away(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office, 2)
    browser.sign_in("enterprise")
    assert browser.download(f"/claims/precheck/{cohort.id}/letter").startswith(b"%PDF")
