"""Claims at every stage of the sample cohort, made by the product's own actions through four people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time

from sqlalchemy import select

from tests.cohorts.stage import ENDS_ON, STARTS_ON, attest_clear, completed_cohort
from tests.factories import Office
from tests.staging import staged
from trainingadmin.attendance.actions import Noted, marking
from trainingadmin.attendance.models import MarkSource, MarkStatus, Session
from trainingadmin.claims import actions
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.kernel.money import ZERO
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact

CLAIMED_ON = date(2022, 6, 13)
RECEIVED_ON = date(2022, 6, 14)
CHECKED_ON = date(2022, 6, 15)
REVIEWED_ON = date(2022, 6, 16)
DECIDED_ON = date(2022, 6, 17)

# Who moves a claim on from submission to approval, and when.
REVIEW = (
    ("accept", "acceptance", RECEIVED_ON),
    ("check", "first_review", CHECKED_ON),
    ("review", "second_review", REVIEWED_ON),
    ("approve", "approval", DECIDED_ON),
)


def attend(office: Office, cohort: Cohort, *, absent: Collection[int] = (), minutes: int = 480) -> None:
    """Hold one session of 480 minutes for every shift group, credited in full but for `absent` enrolments."""
    people = list(db.session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)))
    sessions = {group: _session(cohort, group) for group in {one.shift_group for one in people}}
    db.session.add_all(sessions.values())
    db.session.flush()
    noted = [
        Noted(
            sessions[one.shift_group].id,
            one.id,
            MarkStatus.ABSENT if one.id in absent else MarkStatus.PRESENT,
            0 if one.id in absent else minutes,
            MarkSource.IMPORT,
        )
        for one in people
    ]
    marking._enter(cohort.id, noted, marking._Act(office.actor("enterprise").id, "", None))


def _session(cohort: Cohort, group: str) -> Session:
    return Session(
        cohort_id=cohort.id,
        shift_group=group,
        held_on=STARTS_ON,
        starts_at=time(8, 30),
        ends_at=time(17, 30),
        course="安全生产",
        teacher="示例教师",
        planned_minutes=480,
    )


@staged
def claimable_cohort(office: Office, advance_percent: int = 0, **changes: object) -> Cohort:
    """A completed cohort with attendance, everything attested and any advance paid."""
    cohort = completed_cohort(office, advance_percent, **changes)
    with clock.at(ENDS_ON), transaction.unit():
        attend(office, cohort)
        settle_advances(cohort)
    attest_rest(office, cohort)
    return cohort


def settle_advances(cohort: Cohort) -> None:
    """Note that the bank paid every planned advance in full."""
    for one in db.session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)):
        one.advance_paid = one.advance or ZERO
    db.session.flush()


@staged
def attest_rest(office: Office, cohort: Cohort, *, on: date = CLAIMED_ON, login: str = "acceptance") -> None:
    """Let an officer record that everybody is insured by the firm, clear of other funds and other trainings."""
    attest_clear(office, cohort, on=on, login=login)
    by = office.actor(login)
    persons = list(db.session.scalars(select(Enrolment.person_id).where(Enrolment.cohort_id == cohort.id)))
    with clock.at(on), transaction.unit():
        for fact in (Fact.IN_OTHER_TRAINING, Fact.CROSS_FUND_PAID):
            registers.attest_all(fact, persons=persons, source="省职业培训平台", as_of=on, by=by)
        insured = Fact.INSURED_BY_APPLICANT
        firm = cohort.enterprise_id
        registers.attest_all(insured, persons=persons, organisation=firm, source="市社保局参保名单", as_of=on, by=by)


@staged
def draft_claim(office: Office, cohort: Cohort | None = None, *, advance_percent: int = 0) -> Claim:
    """A draft of 30 people, all eligible for 8 000 yuan."""
    cohort = cohort or claimable_cohort(office, advance_percent)
    with clock.at(CLAIMED_ON), transaction.unit():
        return actions.open_claim(cohort, by=office.actor("enterprise"))


@staged
def submitted_claim(office: Office, cohort: Cohort | None = None, *, advance_percent: int = 0) -> Claim:
    """A claim at the acceptance desk."""
    claim = draft_claim(office, cohort, advance_percent=advance_percent)
    with clock.at(CLAIMED_ON), transaction.unit():
        actions.submit(claim, by=office.actor("enterprise"))
    return claim


@staged
def move_on(office: Office, claim: Claim, *, until: str = "approve") -> Claim:
    """Move a submitted claim on, each step by its own officer, up to and including `until`."""
    for name, login, on in REVIEW:
        with clock.at(on), transaction.unit():
            actions.move(claim, name, by=office.actor(login))
        if name == until:
            break
    return claim


@staged
def accepted_claim(office: Office, cohort: Cohort | None = None, *, advance_percent: int = 0) -> Claim:
    """A claim at first review."""
    return move_on(office, submitted_claim(office, cohort, advance_percent=advance_percent), until="accept")


@staged
def reviewed_claim(office: Office, cohort: Cohort | None = None, *, advance_percent: int = 0) -> Claim:
    """A claim at the approver's desk."""
    return move_on(office, submitted_claim(office, cohort, advance_percent=advance_percent), until="review")


@staged
def approved_claim(office: Office, cohort: Cohort | None = None, *, advance_percent: int = 0) -> Claim:
    """A claim approved by four people: 30 lines of 8 000 yuan, less the advance, ready for a notice."""
    return move_on(office, submitted_claim(office, cohort, advance_percent=advance_percent))


def lines_of(claim: Claim) -> list[ClaimLine]:
    """Return the lines of a claim in roster order, as they are now."""
    rows = select(ClaimLine).where(ClaimLine.claim_id == claim.id).order_by(ClaimLine.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))
