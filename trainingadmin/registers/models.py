"""Tables of what was checked with other departments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.plumbing.database import Base, append_only, choice
from trainingadmin.registers.states import Fact, FlagCode

__all__ = ["Attestation", "Fact", "Flag", "FlagCode"]


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


class Flag(Base):
    """Something the bureau wants seen about a person or an organisation while it lasts; `reference` is what it is about."""

    __tablename__ = "flags"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_subject"),
        Index(
            "ix_flags_live", "code", sqlite_where=text("ended_on IS NULL"), postgresql_where=text("ended_on IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[FlagCode] = mapped_column(choice(FlagCode))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), default=None, index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None, index=True)
    reference: Mapped[str]
    since_on: Mapped[date]
    ended_on: Mapped[date | None] = mapped_column(default=None)
