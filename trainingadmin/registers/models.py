"""Tables of what was checked with other departments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.plumbing.database import Base, append_only, choice
from trainingadmin.registers.states import Fact

__all__ = ["Attestation", "Fact"]


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
