"""The worked cases of 30 apprentices, from filing to the bank, by the actions of every stage."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from tests.claims import stage as claims_stage
from tests.cohorts import stage as cohorts_stage
from tests.factories import Office
from tests.notices import stage as notices_stage
from tests.payments import stage
from tests.payments.stage import YUAN
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts.actions import ResultEntry
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import Outcome
from trainingadmin.kernel.money import ZERO, total
from trainingadmin.ledger.queries import balances
from trainingadmin.notices import actions as notices
from trainingadmin.payments import entries
from trainingadmin.payments.states import DueKind
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


def paid_ahead(office: Office) -> Cohort:
    """A filing of 30 approved with half of 240 000 yuan ahead, which the bank has paid."""
    cohort = cohorts_stage.approved_cohort(office)
    stage.plan(cohorts_stage.APPROVED_ON)
    batch = stage.settled(office)
    assert (batch.count, batch.total) == (30, YUAN(120_000))
    return cohort


def cleared(office: Office, cohort: Cohort, certified: int) -> Claim:
    """The claim of that filing after its notice: `certified` of the 30 have their certificate."""
    people, by = stage.enrolments(cohort), office.actor("enterprise")
    failed = [ResultEntry(one.id, Outcome.FAILED, cohorts_stage.ENDS_ON) for one in people[certified:]]
    with clock.at(cohorts_stage.ISSUED_ON), transaction.unit():
        cohorts.record_results(cohort, [*cohorts_stage.passed(people[:certified]), *failed], by=by)
    with clock.at(cohorts_stage.VERIFIED_ON), transaction.unit():
        ids = [one.id for one in people[:certified]]
        cohorts.verify_results(cohort, ids, True, "国家职业技能等级证书查询", office.actor("acceptance"))
    with clock.at(cohorts_stage.COMPLETED_ON), transaction.unit():
        cohorts.move(cohort, "complete", by=office.actor("acceptance"))
        claims_stage.attend(office, cohort)
    claims_stage.attest_rest(office, cohort)
    claim = claims_stage.approved_claim(office, cohort)
    notices_stage.posted_notice(office, claim)
    with clock.at(notices_stage.PAYABLE_ON), transaction.unit():
        notices.clear_due()
    db.session.refresh(claim)
    return claim


@pytest.fixture
def cohort(office: Office) -> Cohort:
    return paid_ahead(office)


def test_with_26_of_30_certified_the_bank_pays_88_000_more(office: Office, cohort: Cohort) -> None:
    claim = cleared(office, cohort, 26)
    assert stage.plan(date(2022, 6, 27)) == 0
    stage.plan(notices_stage.PAYABLE_ON)
    batch = stage.settled(office)
    assert batch.total == YUAN(88_000)
    db.session.refresh(claim)
    assert claim.state is ClaimState.PAID
    lines = [line.state for line in stage.lines(claim)]
    assert (lines.count(LineState.PAID), lines.count(LineState.REFUSED)) == (26, 4)
    assert balances.balance(entries.bank(stage.FUND, "511824")) == -YUAN(208_000)
    assert balances.balance(entries.payable(str(claim.payee_id))) == ZERO
    stage.proved()


def test_with_only_12_certified_nothing_is_paid_and_24_000_come_back(office: Office, cohort: Cohort) -> None:
    claim = cleared(office, cohort, 12)
    stage.plan(notices_stage.PAYABLE_ON)
    assert total(due.amount for due in stage.dues(DueKind.RECOVERY)) == YUAN(24_000)
    assert balances.balance(entries.receivable(str(claim.payee_id))) == YUAN(24_000)
    assert balances.balance(entries.expense(stage.SCHEME, "511824")) == YUAN(96_000)
    db.session.refresh(claim)
    assert claim.state is ClaimState.PAID
    stage.proved()


def test_every_paid_line_of_the_chain_is_certified_with_what_led_to_it(office: Office, cohort: Cohort) -> None:
    cleared(office, cohort, 26)
    stage.plan(notices_stage.PAYABLE_ON)
    batch = stage.settled(office)
    issued = select(Certificate).filter_by(kind=CertificateKind.PAYMENT, group=f"batch:{batch.id}")
    certificates = list(db.session.scalars(issued.order_by(Certificate.id)))
    assert len(certificates) == batch.count == 22
    content = json.loads(certificates[0].content)
    assert content["attachments"] == 2
    assert content["hands"]["approved"] == "approval"
    assert content["notice"]["outcome"] == "无异议"
    told = {one["label"]: one["text"] for one in content["particulars"]}
    assert (told["职业（工种）"], told["培训起止"]) == ("焊工", "2020-05-01 – 2022-04-30")
    assert [line["amount"] for line in content["lines"]] == ["8,000.00", "4,000.00", "4,000.00"]
