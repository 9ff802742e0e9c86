"""What the sample lists say of the sample people, as the samples' own table has it."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from tests.cohorts import stage
from tests.factories import Office
from tests.registers import lists
from tests.sample_files import CLASS_ROSTER, sample
from trainingadmin.cohorts import evidence as filings
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, transaction
from trainingadmin.registers import evidence, queries
from trainingadmin.registers.evidence import Asked
from trainingadmin.registers.queries import Found
from trainingadmin.registers.states import Fact, Match, Register
from trainingadmin.registers.why import nowhere

OPENED_ON = date(2020, 5, 11)


@pytest.fixture
def trainees(office: Office) -> dict[int, int]:
    """Every person of the sample class, by their number in it."""
    page = openpyxl.load_workbook(io.BytesIO(sample(CLASS_ROSTER))).worksheets[0]
    found = {}
    with transaction.unit():
        for row in page.iter_rows(min_row=5, max_row=29, values_only=True):
            number = IdNumber.parse(str(row[4]))
            one = people.add_person(number.text, str(row[1]), number.born_on, number.sex.value)
            found[int(str(row[0]))] = one.id
    lists.import_samples(office)
    return found


@pytest.fixture
def filing(office: Office) -> Cohort:
    """The sample filing at first review, with the four lists imported."""
    cohort = stage.accepted_cohort(office)
    lists.import_samples(office)
    return cohort


def found_of(office: Office, kind: Register, persons: dict[int, int]) -> dict[int, list[Found]]:
    """Return the lines of one kind about the people, by their number."""
    by_id = {one: at for at, one in persons.items()}
    told: dict[int, list[Found]] = {}
    for line in queries.everybody(queries.current(office.actor("acceptance"))):
        if line.kind is kind and line.person_id in by_id:
            told.setdefault(by_id[line.person_id], []).append(line)
    return told


def test_statuses_hold_on_the_opening_day_but_for_the_one_that_ended(office: Office, trainees: dict[int, int]) -> None:
    told = evidence.gather([Asked(one, OPENED_ON) for one in trainees.values()], office.enterprise, "511824")
    covering = {
        at
        for at, one in trainees.items()
        if any(line.to_on is None or line.to_on >= OPENED_ON for line in told.groups(Asked(one, OPENED_ON)) or [])
    }
    assert covering == {1, 5, 6, 13, 14, 17, 18}
    named = found_of(office, Register.STATUS, trainees)
    assert set(named) == covering | {25}  # neither 22, who is on no line, nor 2, whose namesake is
    assert named[25][0].to_on == date(2020, 4, 30)


def test_a_pensioner_is_a_hit_and_a_namesake_is_nothing(office: Office, trainees: dict[int, int]) -> None:
    assert {at: line.outcome for at, (line,) in found_of(office, Register.PENSION, trainees).items()} == {9: Match.HIT}


def test_the_dead_are_a_hit(office: Office, trainees: dict[int, int]) -> None:
    told = found_of(office, Register.DEATH, trainees)
    assert {at: (line.outcome, line.from_on) for at, (line,) in told.items()} == {16: (Match.HIT, date(2020, 5, 16))}


def test_the_one_who_calls_himself_unemployed_is_found_insured(office: Office, trainees: dict[int, int]) -> None:
    told = found_of(office, Register.INSURANCE, trainees)
    assert {at: (line.from_on, line.unit) for at, (line,) in told.items()} == {
        4: (date(2019, 9, 1), office.other_enterprise.name)
    }


def outcomes(cohort: Cohort, code: str) -> dict[int, str]:
    with clock.at(lists.IMPORTED_ON):
        judged = filings.filing_findings(cohort)
    return {one.enrolment.position: one.decision.finding(code).outcome.value for one in judged}


def unlike(found: dict[int, str], usual: str = "pass") -> dict[int, str]:
    return {at: outcome for at, outcome in found.items() if outcome != usual}


def test_of_thirty_apprentices_26_are_insured_by_the_applicant(filing: Cohort) -> None:
    held = {15: "unknown", 21: "unknown", 27: "unknown", 30: "unknown"}
    assert unlike(outcomes(filing, "insured-elsewhere")) == held


def test_a_member_of_the_civil_service_pension_is_refused(filing: Cohort) -> None:
    assert unlike(outcomes(filing, "civil-service-pension")) == {27: "fail"}


def test_a_number_under_another_name_is_a_suspect_and_a_stopped_survivors_benefit_is_clear(filing: Cohort) -> None:
    assert {at: outcome for at, outcome in outcomes(filing, "retired").items() if at in (13, 21)} == {
        13: "unknown",
        21: "pass",
    }


def test_a_namesake_among_the_dead_is_no_hit(filing: Cohort) -> None:
    assert unlike(outcomes(filing, "contract-other-party")) == {}


def test_the_card_names_list_day_and_line(filing: Cohort, office: Office) -> None:
    with clock.at(lists.IMPORTED_ON):
        judged = {one.enrolment.position: one for one in filings.filing_findings(filing)}
        told = {
            at: {
                item["code"]: "；".join(source["text"] for source in item["sources"])
                for item in filings.why(judged[at], nowhere)
            }
            for at in (1, 13, 27)
        }
    assert "养老待遇名单 2020-06-10 快照，未列入" in told[1]["retired"]
    assert "养老待遇名单 2020-06-10 快照第 5 行，疑似，待人工核实" in told[13]["retired"]
    assert told[27]["civil-service-pension"] == "参保名单 2020-05-31 快照第 44 行"


def test_facts_of_no_list_stay_as_they_were(filing: Cohort, office: Office) -> None:
    told = evidence.gather([Asked(1, OPENED_ON)], office.enterprise, "511824")
    assert told.of(Fact.CROSS_FUND_PAID, Asked(1, OPENED_ON)) is None
    assert told.of(Fact.ENTERPRISE_BLACKLISTED, Asked(1, OPENED_ON)) is None
