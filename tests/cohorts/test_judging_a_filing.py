"""What a filing's people and the filing as a whole are judged by."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cohorts import rosters, stage
from tests.cohorts.counting import statements
from tests.factories import Office
from trainingadmin.cohorts import evidence, queries
from trainingadmin.cohorts.evidence import Check, Judged
from trainingadmin.cohorts.models import Cohort
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers import actions as registers
from trainingadmin.registers.models import Fact
from trainingadmin.schemes import Outcome, Verdict


def judged(cohort: Cohort) -> list[Judged]:
    with clock.at(stage.FILED_ON):
        return evidence.filing_findings(cohort)


def outcome(one: Judged, code: str) -> Outcome:
    return one.decision.finding(code).outcome


def one_with(office: Office, **changes: Value) -> Judged:
    return judged(stage.enrolled_cohort(office, roster=rosters.made_up(1, changes={0: changes})))[0]


def test_the_sample_people_wait_only_for_what_other_departments_know(office: Office) -> None:
    found = judged(stage.enrolled_cohort(office))
    assert {one.decision.verdict for one in found} == {Verdict.UNKNOWN}
    missing = {finding.code for one in found for finding in one.decision.findings if finding.outcome is Outcome.UNKNOWN}
    assert missing == {"retired", "civil-service-pension", "enterprise-blacklisted"}
    assert {one.decision.version.code for one in found} == {"YA-2020"}


def test_attested_people_are_eligible_for_the_rate_of_their_level(office: Office) -> None:
    cohort = stage.enrolled_cohort(office)
    stage.attest_clear(office, cohort, on=stage.FILED_ON)
    found = judged(cohort)
    assert {one.decision.verdict for one in found} == {Verdict.ELIGIBLE}
    assert {str(one.planned) for one in found} == {"8000.00"}


def test_insured_by_another_unit_is_left_to_a_person(office: Office) -> None:
    assert outcome(one_with(office, insured_unit="别的公司"), "insured-elsewhere") is Outcome.UNKNOWN


def test_no_unit_in_the_roster_is_not_known(office: Office) -> None:
    one = one_with(office, insured_unit="")
    assert outcome(one, "insured-elsewhere") is Outcome.UNKNOWN
    assert one.decision.finding("insured-elsewhere").missing == ("insured_by_applicant",)


def test_what_an_officer_found_goes_before_what_the_roster_says(office: Office) -> None:
    cohort = stage.enrolled_cohort(office, roster=rosters.made_up(2, changes={0: {"insured_unit": "别的公司"}}))
    first, second = (one.person_id for one in queries.people(cohort.id))
    with clock.at(stage.FILED_ON), transaction.unit():
        told = {"organisation": cohort.enterprise_id, "source": "社保局", "as_of": stage.FILED_ON}
        by = office.actor("acceptance")
        registers.attest(Fact.INSURED_BY_APPLICANT, True, persons=[first], by=by, **told)  # type: ignore[arg-type]
        registers.attest(Fact.INSURED_BY_APPLICANT, False, persons=[second], by=by, **told)  # type: ignore[arg-type]
    assert [outcome(one, "insured-elsewhere") for one in judged(cohort)] == [Outcome.PASS, Outcome.UNKNOWN]


def test_running_in_another_filing_at_the_same_time_is_refused(office: Office) -> None:
    stage.submitted_cohort(office, roster=rosters.made_up(2))
    second = stage.enrolled_cohort(office, title="二班", roster=rosters.made_up(2, first=1001))
    assert [outcome(one, "in-other-training") for one in judged(second)] == [Outcome.FAIL, Outcome.PASS]


def test_a_training_after_the_other_one_is_no_overlap(office: Office) -> None:
    later: dict[str, Value] = {"starts_on": date(2022, 5, 1), "ends_on": date(2023, 4, 30)}
    stage.submitted_cohort(office, roster=rosters.made_up(1))
    second = stage.enrolled_cohort(office, title="二班", roster=rosters.made_up(1, changes={0: later}))
    assert outcome(judged(second)[0], "in-other-training") is Outcome.PASS


def test_a_draft_elsewhere_is_no_running_training(office: Office) -> None:
    stage.enrolled_cohort(office, roster=rosters.made_up(1))
    second = stage.enrolled_cohort(office, title="二班", roster=rosters.made_up(1))
    assert outcome(judged(second)[0], "in-other-training") is Outcome.PASS


def test_an_officer_may_know_of_a_training_that_we_do_not(office: Office) -> None:
    cohort = stage.enrolled_cohort(office, roster=rosters.made_up(1))
    with clock.at(stage.FILED_ON), transaction.unit():
        persons = [queries.people(cohort.id)[0].person_id]
        by = office.actor("acceptance")
        fact = Fact.IN_OTHER_TRAINING
        registers.attest(fact, True, persons=persons, source="就业局", as_of=stage.FILED_ON, by=by)
    assert outcome(judged(cohort)[0], "in-other-training") is Outcome.FAIL


@pytest.mark.parametrize(
    ("born_on", "kind"),
    [
        (date(1990, 6, 1), "F50"),  # both ages lie beyond the training
        (date(1971, 6, 1), None),  # 50 in the middle of it, 55 beyond it
        (date(1968, 6, 1), None),  # 50 before it, 55 beyond it
        (date(1960, 6, 1), "F50"),  # both reached before it begins
    ],
)
def test_the_post_of_a_woman_is_asked_for_only_where_it_matters(
    office: Office, born_on: date, kind: str | None
) -> None:
    cohort = stage.enrolled_cohort(office, roster=rosters.made_up(1))
    one = queries.people(cohort.id)[0]
    one.person.born_on, one.person.sex = born_on, "female"
    assert evidence.retirement_class(one) == kind
    one.retirement_class = "F55"
    assert evidence.retirement_class(one) == "F55"
    db.session.rollback()


def test_men_retire_under_their_one_class(office: Office) -> None:
    cohort = stage.enrolled_cohort(office, roster=rosters.made_up(2))
    assert [evidence.retirement_class(one) for one in queries.people(cohort.id)] == ["F50", "M60"]


def test_judging_costs_the_same_statements_for_3_people_and_for_300(office: Office) -> None:
    counted = []
    for count, first in ((3, 2000), (300, 3000)):
        cohort = stage.enrolled_cohort(office, title=f"{count}人班", roster=rosters.made_up(count, first=first))
        with statements() as seen:
            assert len(judged(cohort)) == count
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 7


def checks(cohort: Cohort) -> dict[str, Check]:
    with clock.at(stage.FILED_ON):
        return {check.code: check for check in evidence.filing_checks(cohort, queries.people(cohort.id))}


def test_a_bare_draft_lacks_papers_and_people(office: Office) -> None:
    found = checks(stage.draft_cohort(office))
    failing = {code for code, check in found.items() if check.outcome is Outcome.FAIL}
    assert failing == {"documents-missing", "roster-missing"}
    assert "学徒培养协议" in found["documents-missing"].in_words("value")


def test_the_sample_filing_passes_every_check(office: Office) -> None:
    assert {check.outcome for check in checks(stage.enrolled_cohort(office)).values()} == {Outcome.PASS}


def test_asking_for_more_than_half_ahead_is_a_warning(office: Office) -> None:
    check = checks(stage.enrolled_cohort(office, advance_percent=60))["advance-max"]
    assert (check.outcome, check.in_words("value")) == (Outcome.WARN, "60%")


@pytest.mark.parametrize(
    ("count", "mentors", "classes", "ratio"),
    [
        (40, 5, Outcome.PASS, Outcome.PASS),
        (40, 4, Outcome.PASS, Outcome.FAIL),  # ten apprentices a mentor in the one class
        (41, 5, Outcome.WARN, Outcome.WARN),  # nine: within the limit if two classes share them
        (41, 2, Outcome.WARN, Outcome.FAIL),  # twenty-one: more than eight in each of two classes
    ],
)
def test_ratios_hold_for_a_class_and_never_for_a_file(
    office: Office, count: int, mentors: int, classes: Outcome, ratio: Outcome
) -> None:
    names = ("赵导师", "钱导师", "孙导师", "李导师", "周导师")
    changes: dict[int, dict[str, Value]] = {at: {"mentor": names[at % mentors]} for at in range(count)}
    cohort = stage.enrolled_cohort(office, roster=rosters.made_up(count, changes=changes), mentors=names)
    found = checks(cohort)
    assert (found["class-max"].outcome, found["mentor-ratio"].outcome) == (classes, ratio)
    assert found["mentor-unlisted"].outcome is Outcome.PASS


def test_a_mentor_outside_the_plan_is_a_warning(office: Office) -> None:
    found = checks(stage.enrolled_cohort(office, roster=rosters.made_up(1, changes={0: {"mentor": "陌生人"}})))
    assert found["mentor-unlisted"].outcome is Outcome.WARN


def test_the_summary_counts_what_stands_in_the_way(office: Office) -> None:
    stage.submitted_cohort(office, roster=rosters.made_up(2))
    told = evidence.summary(judged(stage.enrolled_cohort(office, title="二班", roster=rosters.made_up(3, first=1001))))
    assert (told.eligible, told.unknown, told.refused) == (0, 2, 1)
    assert told.codes[0] == ("in-other-training", Outcome.FAIL, 1)
