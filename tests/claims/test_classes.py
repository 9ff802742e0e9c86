"""The claim of a class against the registers: from what lists say of its members to the findings and their cards."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from tests.attendance import stage as attendance
from tests.claims import small
from tests.classes import stage
from tests.client import Browser
from tests.factories import Office
from tests.registers import lists
from tests.sample_files import CLASS_ATTENDANCE, CLASS_ROSTER, sample
from tests.staging import staged
from trainingadmin.attendance import actions as marks
from trainingadmin.claims import actions, evidence
from trainingadmin.claims.models import Claim, ClaimLine, Verdict
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.classes import actions as classes
from trainingadmin.classes import evidence as classes_evidence
from trainingadmin.classes.models import TrainingClass
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments.queries import planning
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact
from trainingadmin.schemes.special_skill import SCHEME

CLAIMED_ON = date(2020, 7, 2)


@pytest.fixture
def ended(office: Office) -> TrainingClass:
    """The class of the sample, taught, examined and over, with the four lists imported."""
    return over(office, stage.approved(office))


@staged
def over(office: Office, found: TrainingClass) -> TrainingClass:
    upload = attendance.uploaded(office, found.cohort, CLASS_ATTENDANCE, login="institution")
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        marks.import_sheet(upload, by=office.actor("institution"))
    stage.scored(office, found)
    with clock.at(stage.COMPLETED_ON), transaction.unit():
        classes.move(found, "complete", by=office.actor("acceptance"))
    lists.import_samples(office)
    return found


def judged(found: TrainingClass) -> dict[int, Any]:
    with clock.at(CLAIMED_ON):
        told = evidence.judge(found.cohort, CLAIMED_ON)
    return {one.evidence.position: one for one in told.lines}


def failing(one: Any) -> list[str]:
    return [finding.condition.code for finding in one.decision.findings if finding.outcome.value != "pass"]


@staged
def claimed(office: Office, found: TrainingClass) -> Claim:
    with clock.at(CLAIMED_ON), transaction.unit():
        return actions.open_claim(found.cohort, by=office.actor("institution"))


def lines(claim: Claim) -> dict[int, ClaimLine]:
    found = db.session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim.id))
    return {one.position: one for one in found}


def test_of_the_sample_class_those_pass_whom_attendance_lets_pass(ended: TrainingClass) -> None:
    told = judged(ended)
    assert {at: failing(one) for at, one in told.items() if failing(one)} == {
        11: ["attendance-low"],
        14: ["attendance-low"],
        16: ["attendance-low"],
        22: ["attendance-low"],
    }


def test_nobody_attends_after_their_death_and_the_card_names_the_line(
    browser: Browser, office: Office, ended: TrainingClass
) -> None:
    dead = judged(ended)[16]
    assert (dead.evidence.facts.credited_minutes, dead.evidence.facts.days_attended) == (5 * 360, 5)
    assert dead.evidence.sources["credited_minutes"]["kind"] == "death"
    claim = claimed(office, ended)
    browser.sign_in("institution")
    assert browser.open(f"/claims/precheck/{ended.cohort_id}/16").said("死亡名单 2020-06-30 快照第")
    assert lines(claim)[16].entitlement == Money(0)


def test_a_pensioner_is_for_the_reviewer_to_judge(browser: Browser, office: Office, ended: TrainingClass) -> None:
    told = judged(ended)
    assert [failing(told[at]) for at in (4, 9)] == [[], []]
    claim = claimed(office, ended)
    browser.sign_in("first_review")
    with clock.at(CLAIMED_ON), transaction.unit():
        actions.move(claim, "submit", by=office.actor("institution"))
    named = {at: one.person.name for at, one in lines(claim).items()}
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("外部名单上有 2 条")
    assert all(page.said(named[at]) for at in (9, 16))
    of_nine = browser.open(f"/claims/lines/{lines(claim)[9].id}")
    assert of_nine.said("外部名单上有 1 条")
    assert of_nine.said("养老待遇")
    assert not browser.open(f"/claims/lines/{lines(claim)[1].id}").said("外部名单上有")
    browser.sign_in("institution")
    assert not browser.open(f"/claims/{claim.id}").said("外部名单上有")


def test_what_lists_do_not_bear_out_is_asked_about_when_the_class_opens(browser: Browser, office: Office) -> None:
    lists.import_samples(office)
    found = stage.submitted(office)
    with clock.at(lists.IMPORTED_ON):
        told = {one.enrolment.position: one for one in classes_evidence.findings(found)}
    asked = {at for at, one in told.items() if one.status.value == "unknown"}
    assert asked & {1, 5, 6, 13, 14, 17, 18} == set()
    assert asked == {4, 9, 22, 25}  # of 9 there is no list of those watched
    assert {at for at, one in told.items() if one.insured} == {4}
    browser.sign_in("acceptance")
    with clock.at(lists.IMPORTED_ON):
        page = browser.open(f"/classes/{found.cohort_id}/people/{told[4].enrolment.id}")
    assert page.said("参保名单显示此人开班日在参保")


def test_the_item_is_paid_for_once_and_the_year_has_a_cap(office: Office, ended: TrainingClass) -> None:
    paid = claimed(office, ended)
    with transaction.unit():
        for line in lines(paid).values():
            good = line.verdict is Verdict.ELIGIBLE and line.position != 7
            line.state = LineState.PAID if good else LineState.REFUSED
    again = twin(office)
    told = judged(again)
    assert failing(told[1])[:1] == ["attendance-low"]
    assert {at: "item-paid" in failing(told[at]) for at in (1, 7)} == {1: True, 7: False}
    assert (told[1].evidence.facts.trainings_this_year, told[7].evidence.facts.trainings_this_year) == (1, 0)
    assert told[1].evidence.sources["paid_before_item"] == {"from": "claims", "numbers": [paid.number]}


def test_a_class_fills_the_cap_of_an_apprentice_and_bars_no_occupation(office: Office, ended: TrainingClass) -> None:
    training = small.cohort_of(office, 1, occupation="焊工")
    walked = small.walked(office, small.cohort_of(office, 1, first=50), until="approve")
    with transaction.unit():
        (one,) = people(training.id)
        (line,) = lines(walked).values()
        line.person_id, line.enrolment_id = one.person_id, people(ended.cohort_id)[0].id
        walked.cohort_id = ended.cohort_id
    (told,) = evidence.judge(training, small.CLAIMED_ON).lines
    facts, sources = told.evidence.facts.to_json(), told.evidence.sources
    assert (facts["trainings_this_year"], facts["paid_before"]) == (1, [])
    assert sources["trainings_this_year"] == {"from": "claims", "numbers": [walked.number]}


def test_another_living_allowance_than_the_officers_saw_is_not_approved(office: Office, ended: TrainingClass) -> None:
    claim = claimed(office, ended)
    for name, login in (("submit", "institution"), *small.STAGES[:3]):
        with clock.at(CLAIMED_ON), transaction.unit():
            actions.move(claim, name, by=office.actor(login))
    with transaction.unit():
        seen = lines(claim)[1]
        assert [one["kind"] for one in seen.owed] == ["balance", "allowance"]
        seen.owed = [seen.owed[0], {**seen.owed[1], "amount": "450.00"}]
    with pytest.raises(Refusal, match="facts-changed"), clock.at(CLAIMED_ON), transaction.unit():
        actions.move(claim, "approve", by=office.actor("approval"))
    with clock.at(CLAIMED_ON), transaction.unit():
        assert actions.recheck(claim, by=office.actor("approval")) == (0, 1)
        actions.move(claim, "approve", by=office.actor("approval"))


@pytest.mark.parametrize(("others", "refused"), [(2, False), (3, True)])
def test_other_trainings_of_the_year_fill_the_cap(
    office: Office, ended: TrainingClass, others: int, refused: bool
) -> None:
    """The yearly cap is three; what was claimed in another year leaves room."""
    one = people(ended.cohort_id)[0]
    for number in range(others + 1):
        training = small.cohort_of(office, 1, first=1, occupation=("焊工", "电工", "钳工", "车工")[number])
        walked = small.walked(office, training, until="approve")
        with transaction.unit():
            (line,) = lines(walked).values()
            line.person_id = one.person_id
            walked.claimed_on = date(2019 if number == others else 2020, 6, 1)
    told = judged(ended)[1]
    assert told.evidence.facts.trainings_this_year == others
    assert ("cap-person-year" in failing(told)) is refused


def test_of_two_classes_held_at_once_one_alone_is_paid_though_both_are_over(
    office: Office, ended: TrainingClass
) -> None:
    paid = claimed(office, ended)
    with transaction.unit():
        for one in people(ended.cohort_id)[:2]:
            one.ends_on = date(2020, 6, 8)
        for line in lines(paid).values():
            line.state = LineState.APPROVED if line.verdict is Verdict.ELIGIBLE else LineState.REFUSED
    told = judged(twin(office))
    assert {at for at, one in told.items() if "in-other-training" in failing(one)} == {1, 2}
    assert told[1].evidence.sources["in_other_training"] == {"from": "claims", "numbers": [paid.number]}


def test_two_classes_at_once_count_for_neither(office: Office) -> None:
    first = stage.approved(office)
    again = twin(office)
    assert "in-other-training" not in failing(judged(again)[1])
    with transaction.unit():
        for one in people(first.cohort_id)[:2]:
            one.ends_on = date(2020, 6, 8)
    told = judged(again)
    assert {at for at, one in told.items() if "in-other-training" in failing(one)} == {1, 2}
    assert told[1].evidence.sources["in_other_training"] == {"from": "filings"}
    assert {at for at, one in judged(first).items() if "in-other-training" in failing(one)} == {1, 2}


def test_the_allowance_is_owed_whatever_the_result_but_for_nothing_else(office: Office, ended: TrainingClass) -> None:
    claim = claimed(office, ended)
    told = lines(claim)
    assert (told[1].beside, told[11].beside) == (Money.yuan(500), Money.yuan(500))
    assert (told[11].verdict.value, told[11].entitlement) == ("refused", Money(0))
    with transaction.unit():
        registers.attest(
            Fact.CIVIL_SERVICE_PENSION,
            True,
            persons=[told[2].person_id],
            source="市社保局名单",
            as_of=CLAIMED_ON,
            by=office.actor("acceptance"),
        )
    member = judged(ended)[2]
    assert failing(member) == ["civil-service-pension"]
    assert SCHEME.owed(member.decision) == ()


def test_one_whom_an_officer_refuses_is_paid_no_allowance(office: Office, ended: TrainingClass) -> None:
    claim = claimed(office, ended)
    with clock.at(CLAIMED_ON), transaction.unit():
        actions.move(claim, "submit", by=office.actor("institution"))
    for day, (login, move) in enumerate(
        (("acceptance", "accept"), ("first_review", "check"), ("second_review", "review")), start=3
    ):
        with clock.at(date(2020, 7, day)), transaction.unit():
            actions.move(claim, move, by=office.actor(login))
    with clock.at(date(2020, 7, 6)), transaction.unit():
        actions.refuse_line(lines(claim)[1], by=office.actor("approval"), note="签到由他人代签，已核实")
        actions.move(claim, "approve", by=office.actor("approval"))
    told = lines(claim)
    assert (told[1].state, told[1].owed, told[1].beside) == (LineState.REFUSED, [], Money(0))
    assert (told[11].state, told[11].beside) == (LineState.REFUSED, Money.yuan(500))
    with transaction.unit():
        claim.state = ClaimState.CLEARED
    owed = {at.line.position: [one.kind for one in at.owed] for at in planning.lines([claim.id], date(2020, 8, 1))}
    assert (owed[1], owed[11]) == ([], ["allowance"])


def twin(office: Office) -> TrainingClass:
    """The same people once more in June, on the same item."""
    first, last = date(2020, 6, 8), date(2020, 6, 19)
    plan = stage.timetable(first=first, last=last)
    return stage.submitted(office, renumbered(), plan=plan, assess_on=last, starts_on=first, ends_on=last)


def renumbered() -> bytes:
    """The sample's roster as that of another class."""
    book = openpyxl.load_workbook(io.BytesIO(sample(CLASS_ROSTER)))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == stage.NUMBER:
                cell.value = stage.NUMBER.replace("T001", "T002")
    out = io.BytesIO()
    book.save(out)
    book.close()
    return out.getvalue()
