"""Putting right what a claim rests on: papers are added and results corrected while it lies with the applicant."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.claims import small
from tests.client import Browser
from tests.cohorts import stage as filings
from tests.cohorts.refused import refused
from tests.factories import Office
from trainingadmin.certificates.models import Certificate
from trainingadmin.claims import actions
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts import queries
from trainingadmin.cohorts.actions import ResultEntry
from trainingadmin.cohorts.models import Result
from trainingadmin.cohorts.states import DocumentKind
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

ON = small.CLAIMED_ON


def returned(office: Office) -> Claim:
    """A claim that came back after its training was completed; the first certificate was not found."""
    cohort = small.cohort_of(office)
    with clock.at(ON), transaction.unit():
        db.session.get_one(Result, small.people_of(cohort)[0].id).verified = False
        cohorts.move(cohort, "complete", by=office.actor("acceptance"))
    claim = small.submitted(office, cohort)
    with clock.at(ON), transaction.unit():
        actions.move(claim, "return", by=office.actor("acceptance"), note="请补充第 1 号的证书复印件，并核对证书编号")
    return claim


def mended(claim: Claim, place: int = 0) -> ResultEntry:
    assert claim.cohort is not None
    entry = filings.passed(small.people_of(claim.cohort), ended_on=small.ENDS_ON, issued_on=small.ISSUED_ON)[place]
    return replace(entry, occupation="焊工", certificate_number=filings.certificate_number(777))


def test_a_result_that_was_not_found_is_corrected_and_judged_anew_when_sent_again(office: Office) -> None:
    claim = returned(office)
    assert claim.cohort is not None
    before = claim.lines[0].verdict
    with clock.at(ON), transaction.unit():
        assert actions.correct_result(claim, mended(claim), by=office.actor("enterprise")) == 1
    assert claim.lines[0].verdict is before
    with clock.at(ON), transaction.unit():
        first = small.people_of(claim.cohort)[0].id
        assert cohorts.verify_results(claim.cohort, [first], True, "查询系统", office.actor("acceptance")) == 1
    with transaction.unit(reads=True):
        subject = f"enrolment:{first}"
        assert db.session.scalars(select(Certificate).filter_by(subject=subject)).one().group
    with clock.at(ON), transaction.unit():
        actions.submit(claim, by=office.actor("enterprise"))
    assert (before.value, claim.lines[0].verdict.value) == ("refused", "eligible")


def test_whoever_was_found_true_stays_as_they_are(office: Office) -> None:
    claim = returned(office)
    assert claim.cohort is not None
    with refused("result-verified", on=ON):
        actions.correct_result(claim, mended(claim, 1), by=office.actor("enterprise"))
    second = small.people_of(claim.cohort)[1].id
    with refused("result-verified", on=ON):
        cohorts.verify_results(claim.cohort, [second], False, "查询系统", office.actor("acceptance"))


@pytest.mark.parametrize("login", ["other_enterprise", "acceptance"])
def test_nobody_else_puts_a_claim_right(office: Office, login: str) -> None:
    claim = returned(office)
    codes = {
        "other_enterprise": ("claim-not-yours", "claim-not-yours"),
        "acceptance": ("not-yours", "not-the-enterprise"),
    }
    with refused(codes[login][0], on=ON):
        actions.correct_result(claim, mended(claim), by=office.actor(login))
    with refused(codes[login][1], on=ON):
        actions.add_paper(claim, DocumentKind.OTHER, "a.pdf", filings.PDF, by=office.actor(login))


def test_nothing_is_changed_while_officers_look_at_it(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    for act in (
        lambda: actions.correct_result(claim, mended(claim), by=office.actor("enterprise")),
        lambda: actions.add_paper(claim, DocumentKind.OTHER, "a.pdf", filings.PDF, by=office.actor("enterprise")),
    ):
        with refused("claim-sent", on=ON):
            act()


def test_the_return_leads_to_the_papers_and_what_may_be_corrected(browser: Browser, office: Office) -> None:
    claim = returned(office)
    with clock.at(ON):
        browser.sign_in("enterprise")
        page = browser.open(f"/claims/{claim.id}")
        page = browser.open(page.links(f"/claims/{claim.id}/papers")[0])
        paper = (io.BytesIO(filings.PDF), "证书复印件.pdf")
        page = browser.submit(page, "", paper=paper, kind="other")
        assert page.said("证书复印件.pdf")
        (link,) = page.links("/result")
        form = browser.open(link)
        assert browser.submit(form, "", certificate_number="", expect=422).said("考核合格的必须填写")
        page = browser.submit(form, "", certificate_number=filings.certificate_number(778))
        assert page.said("未核验")
        browser.submit(browser.open(f"/claims/{claim.id}"), "/move", move="submit")
        db.session.expire_all()
        assert claim.state is ClaimState.SUBMITTED
        browser.sign_in("acceptance")
        page = browser.open(f"/claims/{claim.id}/papers")
        assert not page.forms() or not [form for form in page.forms() if form.get("enctype")]
        assert browser.open(page.links("/papers/")[-1]).status == 200
        assert claim.cohort_id is not None
        assert browser.open(f"/cohorts/{claim.cohort_id}/results").said("登记所选学徒的核验结果")


def test_a_paper_stays_with_the_filing(office: Office) -> None:
    claim = returned(office)
    with clock.at(ON), transaction.unit():
        actions.add_paper(claim, DocumentKind.OTHER, "证书.pdf", filings.PDF, by=office.actor("enterprise"))
    assert claim.cohort_id is not None
    assert [one.filename for one in queries.documents(claim.cohort_id)] == ["证书.pdf"]
