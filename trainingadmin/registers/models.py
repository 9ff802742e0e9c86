"""Tables of what was checked with other departments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.database import Base, append_only, choice


class Fact(StrEnum):
    """Facts that no file of an applicant can prove; names as the schemes know them."""

    PENSION_DRAWN = "pension_drawn"
    CIVIL_SERVICE_PENSION = "civil_service_pension"
    INSURED_BY_APPLICANT = "insured_by_applicant"
    IN_OTHER_TRAINING = "in_other_training"
    CROSS_FUND_PAID = "cross_fund_paid"
    ENTERPRISE_BLACKLISTED = "enterprise_blacklisted"


class About(StrEnum):
    """Whom a fact is about."""

    PERSON = "person"
    ORGANISATION = "organisation"
    BOTH = "both"


ABOUT: Mapping[Fact, About] = {
    Fact.PENSION_DRAWN: About.PERSON,
    Fact.CIVIL_SERVICE_PENSION: About.PERSON,
    Fact.IN_OTHER_TRAINING: About.PERSON,
    Fact.INSURED_BY_APPLICANT: About.BOTH,
    Fact.CROSS_FUND_PAID: About.PERSON,
    Fact.ENTERPRISE_BLACKLISTED: About.ORGANISATION,
}
CLEAR: Mapping[Fact, bool] = {fact: fact is Fact.INSURED_BY_APPLICANT for fact in Fact}
FACT_LABELS: Mapping[Fact, str] = {
    Fact.PENSION_DRAWN: N_("领取养老金"),
    Fact.CIVIL_SERVICE_PENSION: N_("参加机关事业单位养老保险"),
    Fact.IN_OTHER_TRAINING: N_("正在参加其他补贴性培训"),
    Fact.INSURED_BY_APPLICANT: N_("由申请企业参保"),
    Fact.CROSS_FUND_PAID: N_("同一证书已领技能提升补贴"),
    Fact.ENTERPRISE_BLACKLISTED: N_("企业列入失信名单"),
}


class Attestation(Base):
    """A fact about a person or an organisation, checked by a named officer against a named, dated source.

    Append-only: a later one for the same fact and subject takes the place of an earlier one. With both a
    person and an organisation it is about the two together (insured by this enterprise).
    """

    __tablename__ = "attestations"
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR organisation_id IS NOT NULL", name="has_subject"),
        Index("ix_attestations_person_fact", "person_id", "fact"),
        Index("ix_attestations_organisation_fact", "organisation_id", "fact"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    fact: Mapped[Fact] = mapped_column(choice(Fact))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), default=None)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None)
    value: Mapped[bool]
    source: Mapped[str]
    as_of: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(Attestation.__table__)
