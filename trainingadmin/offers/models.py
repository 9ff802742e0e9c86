"""Tables of offers, and of what the nightly search has looked at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.database import Base, Encrypted


class Offer(Base):
    """What one person, or a firm for one person, could claim; `key` names the occasion, so that none is found twice.

    `findings` and `sources` are those of the why card on `possible_on`; what is unknown there has still to be shown.
    At most one of the three ends is set.
    """

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("dismissed_at IS NULL OR reason <> ''", name="dismissed_has_reason"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(unique=True)
    scheme: Mapped[str]
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), default=None, index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None, index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), default=None, index=True)
    name: Mapped[str] = mapped_column(Encrypted)
    title: Mapped[str]
    possible_on: Mapped[date]
    amount: Mapped[Money]
    policy_code: Mapped[str]
    findings: Mapped[list[Any]]
    sources: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None] = mapped_column(default=None)
    expired_at: Mapped[datetime | None] = mapped_column(default=None)
    dismissed_at: Mapped[datetime | None] = mapped_column(default=None)
    dismissed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    reason: Mapped[str] = mapped_column(default="")


class Look(Base):
    """A cohort, or a stretch of a business register, and the day it was last searched."""

    __tablename__ = "offer_looks"

    kind: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    looked_on: Mapped[date]
