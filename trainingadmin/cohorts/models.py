"""Tables of filings, their rosters, papers, changes and results."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, case
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.cohorts.states import (
    CLASS_SCHEME,
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
    """A filing: people trained together, an enterprise's apprentices or workers, or a class of an institution.

    What only apprentices have (level, hours a year) is empty for the others. For a class `enterprise_id` is the employer
    whose order it trains for, if any; people trained at work have no institution. `operator` is who files, runs and
    claims it.

    `policy_code`, `policy_digest` and `policy` are frozen at approval: the version of the scheme's numbers in force
    on `filed_on`, for a class on its opening day. `advance` is the sum that may be paid ahead.
    """

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("target_level BETWEEN 1 AND 5", name="level"),
        CheckConstraint(
            "(state NOT IN ('approved', 'completed')) OR policy_digest IS NOT NULL", name="approved_has_policy"
        ),
        CheckConstraint(
            "scheme <> 'apprenticeship' OR (enterprise_id IS NOT NULL AND institution_id IS NOT NULL "
            "AND target_level IS NOT NULL AND plan_hours_per_year IS NOT NULL)",
            name="apprentices_whole",
        ),
        CheckConstraint("scheme <> 'special_skill' OR institution_id IS NOT NULL", name="class_whole"),
        CheckConstraint("scheme <> 'work_as_training' OR enterprise_id IS NOT NULL", name="work_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    scheme: Mapped[str] = mapped_column(default="apprenticeship")
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    occupation_codes: Mapped[list[Any]]
    target_level: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    plan_hours_per_year: Mapped[int | None]
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

    enterprise: Mapped[Organisation | None] = relationship(init=False, foreign_keys=[enterprise_id], lazy="joined")
    institution: Mapped[Organisation | None] = relationship(init=False, foreign_keys=[institution_id], lazy="joined")
    steps: Mapped[list[CohortStep]] = relationship(init=False, order_by="CohortStep.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_class(self) -> bool:
        """Whether this is a class of a training institution, not a filing of apprentices."""
        return self.scheme == CLASS_SCHEME

    @hybrid_property
    def operator_id(self) -> int:
        """Who files, runs and claims it: the enterprise of apprentices, the institution of a class."""
        found = self.institution_id if self.is_class else self.enterprise_id
        assert found is not None
        return found

    @operator_id.inplace.expression
    @classmethod
    def _operator_id(cls) -> ColumnElement[int]:
        return case((cls.scheme == CLASS_SCHEME, cls.institution_id), else_=cls.enterprise_id)

    @property
    def operator(self) -> Organisation:
        """The organisation of `operator_id`."""
        found = self.institution if self.is_class else self.enterprise
        assert found is not None
        return found


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
    """One person in one filing, as the roster stated it; contract and level are those of apprentices alone.

    `advance` is this person's share of the cohort's advance, `advance_paid` what the bank confirmed of it:
    None while it is still on its way, zero where none was planned or it was cancelled. `retirement_class` is
    stated where her post decides at which age a woman retires ("F55", "F50"); empty leaves it to the default.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        Index("ix_enrolments_cohort_id_position", "cohort_id", "position"),
        CheckConstraint("target_level BETWEEN 1 AND 5", name="level"),
        CheckConstraint(
            "(contract_from IS NULL) = (contract_to IS NULL) AND (contract_from IS NULL) = (target_level IS NULL)",
            name="apprentice_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    position: Mapped[int]
    category: Mapped[str]
    post: Mapped[str]
    education: Mapped[str]
    contract_from: Mapped[date | None]
    contract_to: Mapped[date | None]
    insured_unit: Mapped[str]
    insured_since: Mapped[str]
    occupation_code: Mapped[str]
    occupation: Mapped[str]
    target_level: Mapped[int | None]
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
    prior_training: Mapped[str] = mapped_column(default="")
    card_number: Mapped[str | None] = mapped_column(Encrypted, default=None)
    """The social-security card that a class's roster states: what a living allowance would be paid to."""

    cohort: Mapped[Cohort] = relationship(init=False)
    person: Mapped[Person] = relationship(init=False)

    @property
    def level(self) -> int:
        """The level an apprentice is trained to."""
        assert self.target_level is not None
        return self.target_level


class Change(Base):
    """A change after approval: leaving, an extension, another mentor, somebody in an apprentice's place.

    `newcomer` is what the roster would say of the person who comes, as JSON of texts; `details` what else a change
    of a class says: the session that is moved and to where, the new teacher or place.
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
    details: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


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
    certificate_number: Mapped[str | None] = mapped_column(default=None, index=True, unique=True)
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
