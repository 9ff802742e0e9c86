"""Claiming by the month: proved months are paid once, whatever the employer, and six at most."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.cohorts.counting import statements
from tests.cohorts.refused import refused
from tests.factories import Office
from tests.notices import stage as notices_stage
from tests.payments import stage as payments_stage
from tests.wages import stage
from trainingadmin.claims import actions as claims
from trainingadmin.claims import evidence
from trainingadmin.claims.evidence import Judged
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.kernel.money import Money
from trainingadmin.notices import actions as notices
from trainingadmin.payments.states import DueKind
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.wages import actions

CLAIMED_ON = date(2020, 9, 21)
REVIEW = (("accept", "acceptance"), ("check", "first_review"), ("review", "second_review"), ("approve", "approval"))
JUNE, JULY, AUGUST = stage.MONTHS


def judged(cohort: Cohort) -> list[Judged]:
    with clock.at(CLAIMED_ON):
        return evidence.judge(cohort, CLAIMED_ON).lines


def outcome(one: Judged, code: str) -> str:
    return one.decision.finding(code).outcome.value


def submitted(office: Office, cohort: Cohort) -> Claim:
    with clock.at(CLAIMED_ON), transaction.unit():
        claim = claims.open_claim(cohort, by=office.actor("enterprise"))
        claims.submit(claim, by=office.actor("enterprise"))
    return claim


def approved(office: Office, cohort: Cohort) -> Claim:
    claim = submitted(office, cohort)
    for day, (move, login) in enumerate(REVIEW, start=22):
        with clock.at(date(2020, 9, day)), transaction.unit():
            claims.move(claim, move, by=office.actor(login))
    return claim


def test_twelve_people_and_three_months_are_7_200_yuan(office: Office) -> None:
    claim = approved(office, stage.proved(office))
    assert (claim.state, claim.entitlement, claim.applicant) == (
        ClaimState.APPROVED, Money.yuan(7200), office.enterprise.name,
    )  # fmt: skip


def test_each_month_is_a_due_of_its_own_to_the_enterprise_and_the_books_agree(office: Office) -> None:
    claim = approved(office, stage.proved(office))
    notices_stage.posted_notice(office, claim)
    with clock.at(notices_stage.PAYABLE_ON), transaction.unit():
        notices.clear_due()
    payments_stage.plan(notices_stage.PAYABLE_ON)
    dues = payments_stage.dues(DueKind.MONTHLY)
    assert len(dues) == 36
    assert {(due.amount, due.payee_id) for due in dues} == {(Money.yuan(200), office.enterprise.id)}
    assert {due.period for due in dues} == {"2020-06", "2020-07", "2020-08"}
    batch = payments_stage.settled(office)
    assert (batch.count, batch.total) == (36, Money.yuan(7200))
    db.session.refresh(claim)
    assert claim.state is ClaimState.PAID
    payments_stage.proved()


def test_a_month_without_its_scan_is_not_paid(office: Office) -> None:
    lines = judged(stage.proved(office, months=[JUNE]))
    assert {one.decision.entitlement for one in lines} == {Money.yuan(200)}
    assert {tuple(one.evidence.particulars["months"]) for one in lines} == {("2020-06",)}


def test_nobody_without_any_month_is_paid(office: Office) -> None:
    lines = judged(stage.approved(office))
    assert {outcome(one, "no-months") for one in lines} == {"fail"}


def test_a_month_that_another_claim_pays_is_dropped_and_named(office: Office) -> None:
    first = approved(office, stage.proved(office, months=[JUNE, JULY]))
    again = stage.proved(office)
    one = judged(again)[0]
    assert outcome(one, "month-paid") == "warn"
    assert one.decision.entitlement == Money.yuan(200)
    assert one.evidence.sources["months_paid_before"]["numbers"] == [first.number]
    assert one.evidence.particulars["months"] == ["2020-08"]


def test_a_month_in_another_training_is_dropped(office: Office) -> None:
    cohort = stage.proved(office)
    other = payments_stage.approved_cohort(office, 0)
    worker = cohorts.people(cohort.id)[0]
    with transaction.unit():
        db.session.add(Enrolment(**_apprentice(other, worker, date(2020, 7, 20), date(2022, 7, 19))))
    first, *others = judged(cohort)
    assert outcome(first, "month-in-other-training") == "warn"
    assert first.decision.entitlement == Money.yuan(200)
    assert {one.decision.entitlement for one in others} == {Money.yuan(600)}


def _apprentice(cohort: Cohort, worker: Enrolment, first: date, last: date) -> dict[str, Any]:
    texts = ("category", "post", "education", "insured_unit", "insured_since", "mentor", "teacher")
    return {
        **dict.fromkeys(texts, ""),
        "cohort_id": cohort.id,
        "person_id": worker.person_id,
        "position": 1,
        "contract_from": first,
        "contract_to": last,
        "occupation_code": "6-18-02-04",
        "occupation": "焊工",
        "target_level": 3,
        "starts_on": first,
        "ends_on": last,
        "filed_months": 24,
    }


def test_somebody_insured_elsewhere_waits_for_a_human(office: Office) -> None:
    lines = judged(stage.proved(office, data=None, title="以工代训"))
    assert {outcome(one, "insured-elsewhere") for one in lines} == {"pass"}
    held = stage.enrolled(office, stage.roster(1, changes={0: {"insured_unit": "别家公司"}}), title="二班")
    assert [outcome(one, "insured-elsewhere") for one in judged(held)] == ["unknown"]


def test_what_was_proved_after_the_claim_keeps_it_from_being_approved_until_it_is_judged_again(office: Office) -> None:
    cohort = stage.proved(office, months=[JUNE, JULY])
    claim = submitted(office, cohort)
    for day, (move, login) in enumerate(REVIEW[:3], start=22):
        with clock.at(date(2020, 9, day)), transaction.unit():
            claims.move(claim, move, by=office.actor(login))
    with clock.at(date(2020, 9, 25)), transaction.unit():
        actions.attach(cohort, AUGUST, "八月.pdf", stage.PDF, by=office.actor("enterprise"))
    with refused("facts-changed", on=date(2020, 9, 25)):
        claims.move(claim, "approve", by=office.actor("approval"))


def test_evidence_costs_as_many_statements_for_three_as_for_twelve(office: Office) -> None:

    few = stage.proved(office, stage.wages(3), title="三人")
    with statements() as first:
        judged(few)
    many = stage.proved(office, title="十二人")
    with statements() as second:
        judged(many)
    assert len(first) == len(second)
