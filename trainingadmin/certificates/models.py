"""The table of certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.plumbing.database import Base, Encrypted, choice


class Certificate(Base):
    """One numbered document, frozen content first and signed bytes later.

    `subject` names what it certifies ("payment:12", "enrolment:7"); one live certificate each, by index.
    `content` is the JSON the template prints, so that it can be rendered when every other row has changed;
    `content_sha256` is what the code in its QR vouches for. `public` is all that strangers may see of it.
    `group` ties it to the page that shows its progress ("batch:5", "cohort:3").
    """

    __tablename__ = "certificates"
    __table_args__ = (
        Index(
            "uq_certificates_live",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state NOT IN ('replaced', 'revoked')"),
            postgresql_where=text("state NOT IN ('replaced', 'revoked')"),
        ),
        Index("ix_certificates_group_state", "group", "state"),
        CheckConstraint("(state IN ('pending', 'failed')) = (sha256 IS NULL)", name="sealed_has_bytes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[CertificateKind] = mapped_column(choice(CertificateKind))
    number: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    group: Mapped[str]
    content: Mapped[str] = mapped_column(Encrypted)
    state: Mapped[CertificateState] = mapped_column(choice(CertificateState), default=CertificateState.PENDING)
    holder_person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), default=None, index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None, index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    lease_token: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(default=None)
    sha256: Mapped[str | None] = mapped_column(default=None, unique=True)
    content_sha256: Mapped[str]
    issued_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_reason: Mapped[str | None] = mapped_column(default=None)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"), default=None)
    public: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Bundle(Base):
    """Many documents that somebody wants in one go: more than a page waits for, so workers pack them in volumes."""

    __tablename__ = "bundles"
    __table_args__ = (CheckConstraint("total > 0", name="not_empty"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    language: Mapped[str]
    total: Mapped[int]
    asked_at: Mapped[datetime]


class Volume(Base):
    """One ZIP of a bundle: which documents, chosen when it was asked for; its hash once it is packed."""

    __tablename__ = "bundle_volumes"
    __table_args__ = (
        UniqueConstraint("bundle_id", "position"),
        Index(
            "ix_bundle_volumes_wanted",
            "bundle_id",
            sqlite_where=text("sha256 IS NULL"),
            postgresql_where=text("sha256 IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id"))
    position: Mapped[int]
    certificate_ids: Mapped[list[Any]]
    sha256: Mapped[str | None] = mapped_column(default=None)
    packed_at: Mapped[datetime | None] = mapped_column(default=None)
