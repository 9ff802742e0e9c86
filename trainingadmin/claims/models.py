"""Tables of claims, lines, assessments and steps."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.applications.models import Application
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.people.models import Office, Organisation, Person
from trainingadmin.plumbing.database import Base, append_only, choice, unique_where

_DEAD = "state IN ('not_accepted', 'refused', 'withdrawn')"


class Verdict(StrEnum):
    """What the scheme says of a line."""

    ELIGIBLE = "eligible"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Claim(Base):
    """One request for the subsidy of one filing or of one person's application. Sums are those of its latest assessments.

    `title` and `applicant` are frozen when it is opened: what lists show. `payee_id` is the organisation that is paid;
    none where every line's person is.
    """

    __tablename__ = "claims"
    __table_args__ = (
        unique_where("uq_claims_live_cohort", "cohort_id", where=f"NOT ({_DEAD})"),
        unique_where("uq_claims_live_application", "application_id", where=f"NOT ({_DEAD})"),
        CheckConstraint("(cohort_id IS NULL) <> (application_id IS NULL)", name="one_subject"),
        CheckConstraint("entitlement >= 0 AND advance >= 0", name="sums"),
        CheckConstraint("state = 'draft' OR policy_digest IS NOT NULL", name="submitted_has_policy"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    scheme: Mapped[str]
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), default=None)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), default=None)
    title: Mapped[str]
    applicant: Mapped[str]
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None, index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    state: Mapped[ClaimState] = mapped_column(choice(ClaimState), default=ClaimState.DRAFT, index=True)
    claimed_on: Mapped[date]
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    judged_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its lines were last judged, whether or not that changed anything."""
    policy_code: Mapped[str | None] = mapped_column(default=None)
    policy_digest: Mapped[str | None] = mapped_column(default=None)
    entitlement: Mapped[Money] = mapped_column(default=ZERO)
    advance: Mapped[Money] = mapped_column(default=ZERO)
    balance: Mapped[Money] = mapped_column(default=ZERO)
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)

    cohort: Mapped[Cohort | None] = relationship(init=False, lazy="joined")
    application: Mapped[Application | None] = relationship(init=False)
    payee: Mapped[Organisation | None] = relationship(init=False, lazy="joined")
    office: Mapped[Office] = relationship(init=False)
    lines: Mapped[list[ClaimLine]] = relationship(init=False, order_by="ClaimLine.id", back_populates="claim")
    steps: Mapped[list[ClaimStep]] = relationship(init=False, order_by="ClaimStep.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> Cohort | Application:
        """What is claimed for."""
        found = self.cohort or self.application
        assert found is not None
        return found


class ClaimLine(Base):
    """One person in one claim, with the sums of the latest assessment.

    `particulars` are what the scheme says of the line, `owed` the sums it makes due, `beside` those of them that are not
    part of the entitlement; all are frozen with the decision.
    """

    __tablename__ = "claim_lines"
    __table_args__ = (
        UniqueConstraint("claim_id", "person_id"),
        CheckConstraint("(verdict = 'eligible') OR entitlement = 0", name="only_eligible_earn"),
        CheckConstraint(
            "(state NOT IN ('approved', 'in_notice', 'cleared', 'paying', 'paid')) OR verdict = 'eligible'",
            name="only_eligible_go_on",
        ),
        Index("ix_claim_lines_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"), default=None, index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    position: Mapped[int]
    particulars: Mapped[dict[str, Any]]
    owed: Mapped[list[Any]]
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    entitlement: Mapped[Money]
    advance: Mapped[Money]
    balance: Mapped[Money]
    beside: Mapped[Money] = mapped_column(default=ZERO)
    state: Mapped[LineState] = mapped_column(choice(LineState), default=LineState.OPEN)
    frozen_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(init=False)

    claim: Mapped[Claim] = relationship(init=False, back_populates="lines")
    enrolment: Mapped[Enrolment | None] = relationship(init=False)
    person: Mapped[Person] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}


class Assessment(Base):
    """One judgement of one line: facts, their sources, findings, policy and digest. Append-only.

    `occasion` says why it was made: submission, a new attestation, a verified certificate, approval.
    """

    __tablename__ = "assessments"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    line_id: Mapped[int] = mapped_column(ForeignKey("claim_lines.id"), index=True)
    policy_code: Mapped[str]
    policy_digest: Mapped[str]
    facts: Mapped[dict[str, Any]]
    sources: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    entitlement: Mapped[Money]
    advance: Mapped[Money | None]
    digest: Mapped[str]
    occasion: Mapped[str]
    account_id: Mapped[int]
    at: Mapped[datetime]


append_only(Assessment.__table__)


class ClaimStep(Base):
    """A move of a claim, or of one of its lines when `line_id` is set; kept for ever."""

    __tablename__ = "claim_steps"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("claim_lines.id"), default=None, index=True)
    move: Mapped[str]
    target: Mapped[str]
    account_id: Mapped[int]
    human: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


append_only(ClaimStep.__table__)


class SubmissionDevice(Base):
    """From which device a person submitted a claim of their own, as a mark that names nobody. Append-only.

    The mark is the one that a check-in from the same device leaves.
    """

    __tablename__ = "submission_devices"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    device: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


append_only(SubmissionDevice.__table__)


class Declaration(Base):
    """What a person states of themselves for a scheme that pays persons; the latest counts. Append-only.

    `facts` are JSON under the names of the scheme's facts, `office_code` the place where they would apply, code and
    name those of the business they would apply for, as far as they named one.
    """

    __tablename__ = "declarations"
    __table_args__ = (Index("ix_declarations_person_id_scheme", "person_id", "scheme"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    scheme: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"))
    credit_code: Mapped[str] = mapped_column(default="", server_default="")
    business: Mapped[str] = mapped_column(default="", server_default="")
    place: Mapped[str] = mapped_column(default="", server_default="")
    facts: Mapped[dict[str, Any]]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    office: Mapped[Office] = relationship(init=False, lazy="joined")


append_only(Declaration.__table__)


class Reminder(Base):
    """A person's wish to be told by message on the first day on which they may apply."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("person_id", "scheme", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    scheme: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    due_on: Mapped[date] = mapped_column(index=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)

    person: Mapped[Person] = relationship(init=False)
