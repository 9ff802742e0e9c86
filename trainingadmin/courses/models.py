"""Tables of the catalogue: files that were sent, batches with their steps, items with their versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.courses.states import Assessment, CatalogueState, Group, open_to
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.database import Base, append_only, choice


class CatalogueUpload(Base):
    """A catalogue file as it was read; it counts only once it is imported."""

    __tablename__ = "catalogue_uploads"
    __table_args__ = (
        Index(
            "uq_catalogue_uploads_imported",
            "sha256",
            unique=True,
            sqlite_where=text("imported_at IS NOT NULL"),
            postgresql_where=text("imported_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    filename: Mapped[str]
    sha256: Mapped[str]
    annotated_sha256: Mapped[str | None] = mapped_column(default=None)
    batches: Mapped[int]
    lines: Mapped[int]
    findings: Mapped[list[Any]]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    imported_at: Mapped[datetime | None] = mapped_column(default=None)


class CatalogueBatch(Base):
    """A batch of items under one document number; its content never changes, a wrong one is dropped and sent anew."""

    __tablename__ = "catalogue_batches"
    __table_args__ = (
        Index(
            "uq_catalogue_batches_code_live",
            "code",
            unique=True,
            sqlite_where=text("state <> 'dropped'"),
            postgresql_where=text("state <> 'dropped'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str]
    document: Mapped[str]
    published_on: Mapped[date]
    title: Mapped[str]
    upload_id: Mapped[int] = mapped_column(ForeignKey("catalogue_uploads.id"), index=True)
    state: Mapped[CatalogueState] = mapped_column(choice(CatalogueState), default=CatalogueState.DRAFT)
    version: Mapped[int] = mapped_column(init=False)

    steps: Mapped[list[CatalogueStep]] = relationship(init=False, order_by="CatalogueStep.id")

    __mapper_args__ = {"version_id_col": version}


class CatalogueStep(Base):
    """What somebody did to a batch, kept for ever."""

    __tablename__ = "catalogue_steps"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("catalogue_batches.id"), index=True, init=False)
    move: Mapped[str]
    target: Mapped[CatalogueState] = mapped_column(choice(CatalogueState))
    account_id: Mapped[int]
    human: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


append_only(CatalogueStep.__table__)


class CatalogueItem(Base):
    """One version of an item, as a batch publishes it; hours are class hours, `subsidy` is a head.

    `groups` holds the codes of the groups between semicolons, `;poverty;migrant;`, so that one can be searched for.
    """

    __tablename__ = "catalogue_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "code", "version"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("theory_weight + practice_weight = 100", name="weights"),
        CheckConstraint("subsidy > 0 AND theory_hours + practice_hours > 0 AND version > 0", name="worth_something"),
        Index("ix_catalogue_items_code_valid_from", "code", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("catalogue_batches.id"), index=True)
    code: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    occupation_code: Mapped[str | None] = mapped_column(default=None)
    standard: Mapped[str]
    theory_hours: Mapped[int]
    practice_hours: Mapped[int]
    assessment: Mapped[Assessment] = mapped_column(choice(Assessment))
    pass_mark: Mapped[int]
    theory_weight: Mapped[int]
    practice_weight: Mapped[int]
    certificate_type: Mapped[str]
    subsidy: Mapped[Money]
    groups: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)

    batch: Mapped[CatalogueBatch] = relationship(init=False, lazy="joined", innerjoin=True)

    @property
    def hours(self) -> int:
        """Theory and practice together, in class hours."""
        return self.theory_hours + self.practice_hours

    @property
    def open_to(self) -> tuple[Group, ...]:
        """The groups this version is open to."""
        return open_to(self.groups)


append_only(CatalogueItem.__table__)
