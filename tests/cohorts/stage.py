"""Filings at every stage of the sample cohort (石棉, 2020–2022), made by the product's own actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tests.factories import Office
from tests.staging import staged
from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.actions import Plan, ResultEntry
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import DocumentKind, Outcome
from trainingadmin.plumbing import clock, transaction
from trainingadmin.registers import actions as registers
from trainingadmin.registers.models import Fact

SAMPLES = Path(__file__).parents[1] / "samples"
ROSTER = SAMPLES / "apprentices-石棉-2020-ok.xlsx"
MISTAKES = SAMPLES / "apprentices-mistakes.xlsx"
PDF = b"%PDF-1.4\n% an agreement\n%%EOF\n"

FILED_ON = date(2020, 4, 20)
ACCEPTED_ON = date(2020, 4, 22)
APPROVED_ON = date(2020, 4, 24)
STARTS_ON, ENDS_ON = date(2020, 5, 1), date(2022, 4, 30)
ISSUED_ON = date(2022, 5, 20)
VERIFIED_ON = date(2022, 6, 1)
COMPLETED_ON = date(2022, 6, 10)
MENTORS = ("易娟梅", "冯强春", "段敏正", "宋婷洁", "白颖婷")

# What an officer must have compared before a filing is clear.
_OF_PERSONS = (Fact.PENSION_DRAWN, Fact.CIVIL_SERVICE_PENSION)


def plan(office: Office, **changes: Any) -> Plan:
    """Return the plan of the sample cohort, with `changes`."""
    values: dict[str, Any] = {
        "title": "2020年机械加工学徒班",
        "occupation_codes": ("6-18-02-04", "6-31-01-02", "6-31-01-03"),
        "target_level": 3,
        "institution_id": office.institution.id,
        "starts_on": STARTS_ON,
        "ends_on": ENDS_ON,
        "plan_hours_per_year": 400,
        "mentors": MENTORS,
        "advance_percent": 50,
    }
    return Plan(**{**values, **changes})


@staged
def draft_cohort(office: Office, *, login: str = "enterprise", **changes: Any) -> Cohort:
    """A filing without papers or people."""
    with clock.at(FILED_ON), transaction.unit():
        return actions.file(plan(office, **changes), by=office.actor(login))


@staged
def enrolled_cohort(office: Office, *, roster: bytes | None = None, **changes: Any) -> Cohort:
    """A draft with both agreements and a roster, that of the sample file unless given: 30 people."""
    cohort = draft_cohort(office, **changes)
    by = office.actor("enterprise")
    with clock.at(FILED_ON), transaction.unit():
        for kind in (DocumentKind.TRAINING_AGREEMENT, DocumentKind.COOPERATION_AGREEMENT):
            actions.attach(cohort, kind, f"{kind.value}.pdf", PDF + kind.value.encode(), by=by)
        sent = actions.upload_roster(cohort, ROSTER.name, roster or ROSTER.read_bytes(), by=by)
        actions.enrol(sent, by=by)
    return cohort


@staged
def submitted_cohort(office: Office, **changes: Any) -> Cohort:
    """A filing at the acceptance desk."""
    cohort = enrolled_cohort(office, **changes)
    with clock.at(FILED_ON), transaction.unit():
        actions.move(cohort, "submit", by=office.actor("enterprise"))
    return cohort


@staged
def accepted_cohort(office: Office, **changes: Any) -> Cohort:
    """A filing at first review, with nothing compared with other departments yet."""
    cohort = submitted_cohort(office, **changes)
    with clock.at(ACCEPTED_ON), transaction.unit():
        actions.move(cohort, "accept", by=office.actor("acceptance"))
    return cohort


@staged
def attest_clear(office: Office, cohort: Cohort, *, on: date = ACCEPTED_ON, login: str = "acceptance") -> None:
    """Let an officer record that nobody and nothing of the filing was found on any list."""
    by, persons = office.actor(login), [one.person_id for one in queries.people(cohort.id)]
    with clock.at(on), transaction.unit():
        for fact in _OF_PERSONS:
            registers.attest(fact, False, persons=persons, source="市社保局名单", as_of=on, by=by)
        listed = Fact.ENTERPRISE_BLACKLISTED
        registers.attest(listed, False, organisation=cohort.enterprise_id, source="信用中国", as_of=on, by=by)


@staged
def approved_cohort(office: Office, advance_percent: int = 50, **changes: Any) -> Cohort:
    """A filing in training: everybody clear, the policy frozen, 8 000 yuan planned for each of 30 people."""
    cohort = accepted_cohort(office, advance_percent=advance_percent, **changes)
    attest_clear(office, cohort)
    with clock.at(APPROVED_ON), transaction.unit():
        actions.move(cohort, "approve", by=office.actor("first_review"))
    return cohort


def certificate_number(serial: int, *, level: int = 3, year: int = 2022) -> str:
    """Return a well-formed number of a 职业技能等级证书 that belongs to nobody."""
    return f"S000051000001{year % 100:02d}{level}{serial:06d}"


def passed(people: Sequence[Enrolment], *, ended_on: date = ENDS_ON, issued_on: date = ISSUED_ON) -> list[ResultEntry]:
    """Return results in which everybody passed at the target level."""
    return [
        ResultEntry(
            one.id,
            Outcome.PASSED,
            ended_on,
            certificate_number(one.id, level=one.level, year=issued_on.year),
            one.occupation,
            one.target_level,
            issued_on,
        )
        for one in people
    ]


@staged
def finished_cohort(office: Office, advance_percent: int = 50, **changes: Any) -> Cohort:
    """A filing whose people have all passed, every certificate verified; still to be completed."""
    cohort = approved_cohort(office, advance_percent, **changes)
    people = queries.people(cohort.id)
    with clock.at(ISSUED_ON), transaction.unit():
        actions.record_results(cohort, passed(people), by=office.actor("enterprise"))
    with clock.at(VERIFIED_ON), transaction.unit():
        ids = [one.id for one in people]
        actions.verify_results(cohort, ids, True, "国家职业技能等级证书查询", office.actor("acceptance"))
    return cohort


@staged
def completed_cohort(office: Office, advance_percent: int = 50, **changes: Any) -> Cohort:
    """A filing whose end is confirmed, with a training certificate on its way for everybody."""
    cohort = finished_cohort(office, advance_percent, **changes)
    with clock.at(COMPLETED_ON), transaction.unit():
        actions.move(cohort, "complete", by=office.actor("acceptance"))
    return cohort
