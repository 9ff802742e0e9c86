"""A cohort of a few people written straight into the tables, for tests that need many claims rather than real papers."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import count

from sqlalchemy import select

from tests.factories import Office, person
from tests.staging import staged
from trainingadmin import schemes
from trainingadmin.attendance.actions import Noted, marking
from trainingadmin.attendance.models import MarkSource, MarkStatus, Session
from trainingadmin.claims import actions
from trainingadmin.claims.models import Claim
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import CohortState, Outcome
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import ABOUT, About, Fact

FILED_ON = date(2020, 4, 20)
STARTS_ON, ENDS_ON = date(2020, 5, 1), date(2022, 4, 30)
ISSUED_ON = date(2022, 5, 20)
CHECKED_ON = date(2022, 6, 10)
CLAIMED_ON = date(2022, 6, 13)
_numbers = count(500)


@staged
def cohort_of(office: Office, people: int = 3, *, advance: int = 0, first: int = 1, occupation: str = "焊工") -> Cohort:
    """A cohort in training whose `people` all attended, passed and are clear; `advance` yuan each was paid ahead."""
    with clock.at(CHECKED_ON), transaction.unit():
        cohort = _cohort(office)
        apprentices = [
            _enrolment(cohort, position, _apprentice(first + position - 1, position), advance, occupation)
            for position in range(1, people + 1)
        ]
        db.session.add_all(apprentices)
        db.session.flush()
        db.session.add_all(_result(office, one) for one in apprentices)
        _attend(office, cohort, apprentices)
        db.session.flush()
        if apprentices:
            attest(office, cohort, apprentices)
    return cohort


def _apprentice(serial: int, position: int) -> Person:
    # An ID number has room for 999 serials a day of birth.
    return person(serial % 1000, f"学徒{position}", born_on=date(1985, 6, 1) + timedelta(days=serial // 1000))


def _cohort(office: Office) -> Cohort:
    version = schemes.version_on("apprenticeship", FILED_ON)
    cohort = Cohort(
        number=f"XT-511824-2020-{next(_numbers):03d}",
        title="2020年焊工学徒班",
        enterprise_id=office.enterprise.id,
        institution_id=office.institution.id,
        office_code=office.enterprise.office_code,
        occupation_codes=["6-18-02-04"],
        target_level=3,
        starts_on=STARTS_ON,
        ends_on=ENDS_ON,
        plan_hours_per_year=400,
        mentors=["张明"],
        state=CohortState.APPROVED,
        filed_on=FILED_ON,
        policy_code=version.code,
        policy_digest=version.digest,
        policy=version.to_json(),
        created_by=office.actor("enterprise").id,
        created_at=clock.now(),
    )
    db.session.add(cohort)
    db.session.flush()
    return cohort


def _enrolment(cohort: Cohort, position: int, who: Person, advance: int, occupation: str) -> Enrolment:
    return Enrolment(
        cohort_id=cohort.id,
        person_id=who.id,
        position=position,
        category="在岗",
        post="焊工",
        education="高中",
        contract_from=date(2019, 1, 1),
        contract_to=date(2024, 12, 31),
        insured_unit="",
        insured_since="2019-01",
        occupation_code="6-18-02-04",
        occupation=occupation,
        target_level=3,
        mentor="张明",
        teacher="示例教师",
        starts_on=STARTS_ON,
        ends_on=ENDS_ON,
        filed_months=24,
        planned=Money.yuan(8000),
        advance=Money.yuan(advance),
        advance_paid=Money.yuan(advance) if advance else ZERO,
    )


def _result(office: Office, one: Enrolment) -> Result:
    return Result(
        enrolment_id=one.id,
        outcome=Outcome.PASSED,
        certificate_number=f"S000051000001223{one.id:06d}",
        occupation=one.occupation,
        level=3,
        issued_on=ISSUED_ON,
        ended_on=ENDS_ON,
        verified=True,
        verified_source="国家职业技能等级证书查询",
        verified_by=office.actor("acceptance").id,
        verified_at=clock.now(),
        entered_by=office.actor("enterprise").id,
        entered_at=clock.now(),
    )


def _attend(office: Office, cohort: Cohort, apprentices: list[Enrolment]) -> None:
    session = Session(
        cohort_id=cohort.id,
        shift_group="",
        held_on=STARTS_ON,
        starts_at=time(8, 30),
        ends_at=time(17, 30),
        course="安全生产",
        teacher="示例教师",
        planned_minutes=480,
    )
    db.session.add(session)
    db.session.flush()
    for one in apprentices:
        mark(office, session.id, one.id, 480)


def mark(office: Office, session_id: int, enrolment_id: int, minutes: int) -> None:
    """Note what one person is credited for a session, whatever the filing's state; the last word counts."""
    session = db.session.get_one(Session, session_id)
    status = MarkStatus.PRESENT if minutes else MarkStatus.ABSENT
    noted = Noted(session_id, enrolment_id, status, minutes, MarkSource.REGISTER)
    marking._enter(session.cohort_id, [noted], marking._Act(office.actor("institution").id, "", None))


def attest(office: Office, cohort: Cohort, apprentices: list[Enrolment]) -> None:
    """Let an officer find everybody clear on every list."""
    told = {"source": "市社保局名单", "as_of": CHECKED_ON, "by": office.actor("acceptance")}
    persons = [one.person_id for one in apprentices]
    for fact in Fact:
        if ABOUT[fact] is About.ORGANISATION:
            registers.attest(fact, False, organisation=cohort.enterprise_id, **told)  # type: ignore[arg-type]
        else:
            registers.attest_all(fact, persons=persons, organisation=cohort.enterprise_id, **told)  # type: ignore[arg-type]


@staged
def draft(office: Office, cohort: Cohort) -> Claim:
    """A draft for the cohort."""
    with clock.at(CLAIMED_ON), transaction.unit():
        return actions.open_claim(cohort, by=office.actor("enterprise"))


@staged
def submitted(office: Office, cohort: Cohort) -> Claim:
    """A submitted claim for the cohort."""
    claim = draft(office, cohort)
    with clock.at(CLAIMED_ON), transaction.unit():
        actions.submit(claim, by=office.actor("enterprise"))
    return claim


@staged
def act(office: Office, claim: Claim, name: str, login: str, *, on: date = CLAIMED_ON, note: str = "") -> Claim:
    """Make one move of a claim."""
    with clock.at(on), transaction.unit():
        actions.move(claim, name, by=office.actor(login), note=note)
    return claim


STAGES = (("accept", "acceptance"), ("check", "first_review"), ("review", "second_review"), ("approve", "approval"))


@staged
def walked(office: Office, cohort: Cohort, *, until: str) -> Claim:
    """A claim moved on up to and including `until`."""
    claim = submitted(office, cohort)
    for name, login in STAGES:
        act(office, claim, name, login)
        if name == until:
            break
    return claim


def people_of(cohort: Cohort) -> list[Enrolment]:
    """The people of a cohort in roster order."""
    rows = select(Enrolment).where(Enrolment.cohort_id == cohort.id).order_by(Enrolment.position)
    return list(db.session.scalars(rows))
