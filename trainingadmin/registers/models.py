"""Tables of what was checked with other departments, of the lists they sent, and of what people ruled on each match."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.plumbing.database import Base, Encrypted, append_only, choice
from trainingadmin.registers.states import Fact, FlagCode, Register

__all__ = ["Attestation", "Fact", "Flag", "FlagCode", "RegisterList", "RegisterRow", "Ruling"]


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


class RegisterList(Base):
    """One file of another department as it was read; a version of its register once it is imported.

    `topic` tells lists of one kind apart: the group a status list is of. `as_of` is the day the department took
    the list from its books. A file that could not be read whole stays as an upload and is never in force.
    """

    __tablename__ = "register_lists"
    __table_args__ = (
        CheckConstraint("imported_at IS NULL OR (kind IS NOT NULL AND as_of IS NOT NULL)", name="imported_is_read"),
        Index("ix_register_lists_office_code_kind_as_of", "office_code", "kind", "as_of"),
        Index(
            "uq_register_lists_imported",
            "office_code",
            "sha256",
            unique=True,
            sqlite_where=text("imported_at IS NOT NULL"),
            postgresql_where=text("imported_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[Register | None] = mapped_column(choice(Register))
    topic: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    as_of: Mapped[date | None] = mapped_column(default=None)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"))
    filename: Mapped[str]
    sha256: Mapped[str]
    annotated_sha256: Mapped[str | None] = mapped_column(default=None)
    lines: Mapped[int]
    findings: Mapped[list[Any]]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    imported_at: Mapped[datetime | None] = mapped_column(default=None)


class RegisterRow(Base):
    """One line of an imported list; its person is known by the blind index of the number alone.

    `legacy` marks a number of 15 digits, indexed as the 18 it became; `odd` names what is wrong with the dates.
    `name_index` is the blind index of the name, empty for lines of lists that were imported before it was kept.
    `digest` covers what the line says, so that a ruling holds for the same line in the next version.
    """

    __tablename__ = "register_rows"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    list_id: Mapped[int] = mapped_column(ForeignKey("register_lists.id"), index=True)
    row: Mapped[int]
    id_index: Mapped[str | None] = mapped_column(default=None, index=True)
    id_number: Mapped[str | None] = mapped_column(Encrypted, default=None)
    name: Mapped[str] = mapped_column(Encrypted)
    name_index: Mapped[str] = mapped_column(default="", server_default="")
    legacy: Mapped[bool] = mapped_column(default=False)
    odd: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date | None] = mapped_column(default=None)
    to_on: Mapped[date | None] = mapped_column(default=None)
    word: Mapped[str] = mapped_column(default="")
    standing: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    credit_code: Mapped[str | None] = mapped_column(default=None, index=True)
    details: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(index=True)


append_only(RegisterRow.__table__)


class Ruling(Base):
    """What an officer found out about one line and one person or organisation: it is so, or it is not.

    Append-only; the latest counts, for this line and for the same line in later versions of the list.
    """

    __tablename__ = "register_rulings"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_subject"),
        Index("ix_register_rulings_person_id_digest", "person_id", "digest"),
        Index("ix_register_rulings_organisation_id_digest", "organisation_id", "digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    row_id: Mapped[int] = mapped_column(ForeignKey("register_rows.id"))
    digest: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), default=None)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None)
    confirmed: Mapped[bool]
    note: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(Ruling.__table__)
