"""Gathering the facts of a claim, and saying where each comes from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import event, select

from tests.claims import small
from tests.factories import Office
from trainingadmin.claims import evidence
from trainingadmin.claims.models import ClaimLine
from trainingadmin.claims.states import LineState
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState, Outcome
from trainingadmin.kernel.money import Money
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact
from trainingadmin.schemes.apprenticeship_terms import Facts


def gather(cohort: Cohort) -> Sequence[evidence.Evidence]:
    return evidence.gather(cohort, small.CLAIMED_ON)


def facts_of(cohort: Cohort) -> Facts:
    facts = gather(cohort)[0].facts
    assert isinstance(facts, Facts)
    return facts


def outcome(cohort: Cohort, code: str) -> str:
    return evidence.judge(cohort, small.CLAIMED_ON).lines[0].decision.finding(code).outcome.value


def first(cohort: Cohort) -> Enrolment:
    return db.session.scalars(
        select(Enrolment).where(Enrolment.cohort_id == cohort.id).order_by(Enrolment.position)
    ).first()  # type: ignore[return-value]


def result_of(cohort: Cohort) -> Result:
    return db.session.get_one(Result, first(cohort).id)


def test_everybody_of_a_clean_cohort_is_eligible(office: Office) -> None:
    judged = evidence.judge(small.cohort_of(office), small.CLAIMED_ON)
    assert [one.decision.verdict.value for one in judged.lines] == ["eligible"] * 3
    assert {one.decision.entitlement for one in judged.lines} == {Money.yuan(8000)}


def test_every_fact_that_is_told_names_its_source(office: Office) -> None:
    for told in gather(small.cohort_of(office)):
        given = set(told.facts.to_json()) - {"case", "scheme", "stage"}
        assert given <= set(told.sources)


def test_an_attested_fact_names_list_date_and_officer(office: Office) -> None:
    source = gather(small.cohort_of(office))[0].sources["pension_drawn"]
    assert source["from"] == "attestation"
    assert (source["source"], source["as_of"], source["who"]) == ("市社保局名单", "2022-06-10", "acceptance")


def test_a_verified_certificate_names_the_register_and_who_looked(office: Office) -> None:
    source = gather(small.cohort_of(office))[0].sources["certificate"]
    assert source == {
        "from": "verification",
        "source": "国家职业技能等级证书查询",
        "who": "acceptance",
        "on": "2022-06-10",
    }


def test_the_number_of_queries_is_the_same_for_three_people_and_thirty(office: Office) -> None:
    few, many = small.cohort_of(office, 3), small.cohort_of(office, 30, first=100)
    assert queries_of(few) == queries_of(many) <= 7


def queries_of(cohort: Cohort) -> int:
    db.session.expire_all()
    _ = cohort.operator.name
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        evidence.judge(cohort, small.CLAIMED_ON)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().startswith("SELECT") for statement in seen)


def test_an_unchecked_fact_is_unknown_and_says_that_nobody_looked(office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        newcomer = Person(
            id_number_index="x",
            id_number="511824198506019991",
            name="新人",
            born_on=date(1985, 6, 1),
            sex="male",
            created_at=clock.now(),
        )
        db.session.add(newcomer)
        db.session.flush()
        first(cohort).person_id = newcomer.id
    told = gather(cohort)[0]
    assert facts_of(cohort).pension_drawn is None
    assert told.sources["pension_drawn"] == {"from": "unattested"}
    assert outcome(cohort, "retired") == "unknown"


def test_a_missing_result_leaves_the_certificate_unknown(office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        db.session.delete(result_of(cohort))
    assert facts_of(cohort).certificate is None
    assert outcome(cohort, "certificate-missing") == "unknown"


def test_a_failed_test_is_no_certificate(office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        result = result_of(cohort)
        result.outcome, result.certificate_number = Outcome.FAILED, None
    assert facts_of(cohort).no_certificate is True
    assert outcome(cohort, "certificate-missing") == "fail"


def test_an_unverified_certificate_is_unknown_and_a_false_one_fails(office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        result_of(cohort).verified = None
    assert outcome(cohort, "certificate-unverified") == "unknown"
    with transaction.unit():
        result_of(cohort).verified = False
    assert outcome(cohort, "certificate-unverified") == "fail"


def test_one_who_left_earns_nothing_and_his_advance_is_told(office: Office) -> None:
    cohort = small.cohort_of(office, advance=4000)
    with transaction.unit():
        one = first(cohort)
        one.state, one.left_on = EnrolmentState.LEFT, date(2021, 1, 31)
        db.session.delete(result_of(cohort))
    decision = evidence.judge(cohort, small.CLAIMED_ON).lines[0].decision
    assert decision.finding("left-early").outcome.value == "fail"
    assert decision.balance == Money.yuan(-4000)
    assert facts_of(cohort).ended_on == date(2021, 1, 31)


def test_an_approved_extension_lets_the_months_count(office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        first(cohort).extended_months = 4
        result_of(cohort).ended_on = date(2022, 8, 31)
        result_of(cohort).issued_on = date(2022, 6, 1)
    assert evidence.judge(cohort, small.CLAIMED_ON).lines[0].decision.entitlement == Money.yuan(9333)


def test_an_advance_on_its_way_leaves_the_balance_open(office: Office) -> None:
    cohort = small.cohort_of(office, advance=4000)
    with transaction.unit():
        first(cohort).advance_paid = None
    assert evidence.judge(cohort, small.CLAIMED_ON).lines[0].decision.balance is None


def test_a_woman_near_retirement_is_judged_by_the_class_her_post_gives(office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        her = first(cohort).person
        her.sex, her.born_on = "female", date(1968, 1, 1)
    assert facts_of(cohort).retirement_class is None
    assert outcome(cohort, "retired") == "unknown"
    with transaction.unit():
        first(cohort).retirement_class = "F55"
    assert outcome(cohort, "retired") == "pass"


def test_a_young_woman_needs_no_class(office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        first(cohort).person.sex = "female"
    assert facts_of(cohort).retirement_class == "F50"
    assert outcome(cohort, "retired") == "pass"


@pytest.mark.parametrize(("unit", "told"), [("雅安示例机械制造有限公司", True), ("别的单位", False), ("", None)])
def test_the_roster_says_who_insures_until_an_officer_does(office: Office, unit: str, told: bool | None) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        other = Person(
            id_number_index="y",
            id_number="511824198506019992",
            name="某人",
            born_on=date(1985, 6, 1),
            sex="male",
            created_at=clock.now(),
        )
        db.session.add(other)
        db.session.flush()
        first(cohort).person_id, first(cohort).insured_unit = other.id, unit
    assert facts_of(cohort).insured_by_applicant is told
    assert outcome(cohort, "insured-elsewhere") == ("pass" if told else "unknown")
    with transaction.unit():
        registers.attest(
            Fact.INSURED_BY_APPLICANT, True, persons=[other.id], organisation=cohort.enterprise_id,
            source="劳务派遣协议", as_of=small.CHECKED_ON, by=office.actor("first_review"),
        )  # fmt: skip
    assert outcome(cohort, "insured-elsewhere") == "pass"


@pytest.mark.parametrize("state", [LineState.APPROVED, LineState.IN_NOTICE, LineState.PAYING, LineState.PAID])
def test_the_same_training_is_not_paid_for_twice(office: Office, state: LineState) -> None:
    claim = small.walked(office, small.cohort_of(office), until="approve")
    again = small.cohort_of(office)
    with transaction.unit():
        for line in db.session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim.id)):
            line.state = state
    told = gather(again)[0]
    assert told.sources["paid_before"] == {"from": "claims", "numbers": [claim.number]}
    assert facts_of(again).trainings_this_year == 1
    assert outcome(again, "same-level-paid") == "fail"


def test_a_refused_line_of_another_claim_does_not_count(office: Office) -> None:
    small.act(office, small.submitted(office, small.cohort_of(office)), "accept", "acceptance")
    again = small.cohort_of(office)
    assert facts_of(again).paid_before == ()
    assert outcome(again, "same-level-paid") == "pass"


def test_another_occupation_paid_this_year_counts_against_the_cap_alone(office: Office) -> None:
    small.walked(office, small.cohort_of(office, occupation="电工"), until="approve")
    again = small.cohort_of(office)
    assert outcome(again, "same-level-paid") == "pass"
    assert facts_of(again).trainings_this_year == 1


def test_a_blacklisted_firm_fails_for_everybody(office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        registers.attest(
            Fact.ENTERPRISE_BLACKLISTED,
            True,
            organisation=cohort.enterprise_id,
            source="信用中国",
            as_of=small.CHECKED_ON,
            by=office.actor("acceptance"),
        )
    judged = evidence.judge(cohort, small.CLAIMED_ON).lines
    assert {one.decision.finding("enterprise-blacklisted").outcome.value for one in judged} == {"fail"}


def test_what_is_frozen_holds_no_id_number_and_its_digest_is_reproducible(office: Office) -> None:
    cohort = small.cohort_of(office)
    judged = evidence.judge(cohort, small.CLAIMED_ON)
    content = evidence.frozen(judged.lines[0], judged.version)
    assert first(cohort).person.id_number not in str(content)
    assert evidence.digest(content) == evidence.digest(dict(reversed(content.items())))
    assert evidence.digest(content) != evidence.digest({**content, "entitlement": "8000.01"})
