"""Tables of filings, their rosters, papers, changes and results."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.cohorts.states import (
    ChangeKind,
    ChangeState,
    CohortState,
    DocumentKind,
    EnrolmentState,
    Outcome,
    UploadKind,
)
from trainingadmin.kernel.money import Money
from trainingadmin.people.models import Organisation, Person
from trainingadmin.plumbing.database import Base, Encrypted, append_only, choice


class Cohort(Base):
    """A filing: one enterprise's apprentices trained together under one plan.

    `policy_code`, `policy_digest` and `policy` are frozen at approval: the version of the scheme's numbers
    in force on `filed_on`. `advance` is the sum that may be paid ahead.
    """

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("target_level BETWEEN 1 AND 5", name="level"),
        CheckConstraint(
            "(state NOT IN ('approved', 'completed')) OR policy_digest IS NOT NULL", name="approved_has_policy"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    scheme: Mapped[str] = mapped_column(default="apprenticeship")
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    occupation_codes: Mapped[list[Any]]
    target_level: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    plan_hours_per_year: Mapped[int]
    mentors: Mapped[list[Any]]
    advance_percent: Mapped[int] = mapped_column(default=0)
    state: Mapped[CohortState] = mapped_column(choice(CohortState), default=CohortState.DRAFT, index=True)
    filed_on: Mapped[date | None] = mapped_column(default=None)
    policy_code: Mapped[str | None] = mapped_column(default=None)
    policy_digest: Mapped[str | None] = mapped_column(default=None)
    policy: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    planned: Mapped[Money | None] = mapped_column(default=None)
    advance: Mapped[Money | None] = mapped_column(default=None)
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)

    enterprise: Mapped[Organisation] = relationship(init=False, foreign_keys=[enterprise_id], lazy="joined")
    institution: Mapped[Organisation] = relationship(init=False, foreign_keys=[institution_id], lazy="joined")
    steps: Mapped[list[CohortStep]] = relationship(init=False, order_by="CohortStep.id")

    __mapper_args__ = {"version_id_col": version}


class CohortStep(Base):
    """A move of a filing's lifecycle, kept for ever."""

    __tablename__ = "cohort_steps"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True, init=False)
    move: Mapped[str]
    target: Mapped[CohortState] = mapped_column(choice(CohortState))
    account_id: Mapped[int]
    human: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


append_only(CohortStep.__table__)


class Document(Base):
    """A paper uploaded to a filing; its bytes are in the store under `sha256`."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("cohort_id", "kind", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind))
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class RosterUpload(Base):
    """A roster or sheet of results as it was read: dry run first, import by a second click, or an annotated copy.

    `sha256` and `annotated_sha256` are in the store; `findings` masks personal values.
    """

    __tablename__ = "roster_uploads"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    kind: Mapped[UploadKind] = mapped_column(choice(UploadKind), default=UploadKind.ROSTER)
    filename: Mapped[str]
    sha256: Mapped[str]
    annotated_sha256: Mapped[str | None] = mapped_column(default=None)
    people: Mapped[int]
    findings: Mapped[list[Any]]
    imported_at: Mapped[datetime | None] = mapped_column(default=None)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class Enrolment(Base):
    """One apprentice in one filing, as the roster stated it.

    `advance` is this person's share of the cohort's advance, `advance_paid` what the bank confirmed of it:
    None while it is still on its way, zero where none was planned or it was cancelled. `retirement_class` is
    stated where her post decides at which age a woman retires ("F55", "F50"); empty leaves it to the default.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        Index("ix_enrolments_cohort_id_position", "cohort_id", "position"),
        CheckConstraint("target_level BETWEEN 1 AND 5", name="level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    position: Mapped[int]
    category: Mapped[str]
    post: Mapped[str]
    education: Mapped[str]
    contract_from: Mapped[date]
    contract_to: Mapped[date]
    insured_unit: Mapped[str]
    insured_since: Mapped[str]
    occupation_code: Mapped[str]
    occupation: Mapped[str]
    target_level: Mapped[int]
    prior_level: Mapped[int | None] = mapped_column(default=None)
    prior_certificate: Mapped[str] = mapped_column(default="")
    mentor: Mapped[str]
    teacher: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    filed_months: Mapped[int]
    extended_months: Mapped[int] = mapped_column(default=0)
    remark: Mapped[str] = mapped_column(default="")
    shift_group: Mapped[str] = mapped_column(default="")
    retirement_class: Mapped[str] = mapped_column(default="")
    state: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState), default=EnrolmentState.ACTIVE)
    left_on: Mapped[date | None] = mapped_column(default=None)
    planned: Mapped[Money | None] = mapped_column(default=None)
    advance: Mapped[Money | None] = mapped_column(default=None)
    advance_paid: Mapped[Money | None] = mapped_column(default=None)
    joined_on: Mapped[date | None] = mapped_column(default=None)
    """From when on someone who took another's place is taught: sessions before that are not theirs."""

    cohort: Mapped[Cohort] = relationship(init=False)
    person: Mapped[Person] = relationship(init=False)


class Change(Base):
    """A change after approval: leaving, an extension, another mentor, somebody in an apprentice's place.

    `newcomer` is what the roster would say of the person who comes, as JSON of texts.
    """

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"), default=None)
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind))
    effective_on: Mapped[date]
    months: Mapped[int] = mapped_column(default=0)
    mentor: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    state: Mapped[ChangeState] = mapped_column(choice(ChangeState), default=ChangeState.REQUESTED)
    requested_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decision_note: Mapped[str] = mapped_column(default="")
    newcomer: Mapped[str | None] = mapped_column(Encrypted, default=None)


class Result(Base):
    """How one apprentice's assessment ended, and what the bureau found when it checked the certificate.

    `verified`: None until an officer compared it with the issuing register, then whether it agreed.
    """

    __tablename__ = "results"
    __table_args__ = (
        CheckConstraint("(outcome = 'passed') = (certificate_number IS NOT NULL)", name="passed_has_certificate"),
    )

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    certificate_number: Mapped[str | None] = mapped_column(default=None, index=True)
    occupation: Mapped[str | None] = mapped_column(default=None)
    level: Mapped[int | None] = mapped_column(default=None)
    issued_on: Mapped[date | None] = mapped_column(default=None)
    ended_on: Mapped[date]
    verified: Mapped[bool | None] = mapped_column(default=None)
    verified_source: Mapped[str] = mapped_column(default="")
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    entered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime]

    enrolment: Mapped[Enrolment] = relationship(init=False)
