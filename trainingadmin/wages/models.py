"""Tables of wages: what each person was paid for each month, and the scans that prove it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.database import Base, append_only


class WageProof(Base):
    """What one person was paid for one month, named by its first day. Append-only: the latest of a month counts.

    An amount of nothing, with its reason, strikes the month out again.
    """

    __tablename__ = "wage_proofs"
    __table_args__ = (
        CheckConstraint("amount > 0 OR (amount = 0 AND reason <> '')", name="struck_has_reason"),
        Index("ix_wage_proofs_enrolment_id_month", "enrolment_id", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    month: Mapped[date]
    amount: Mapped[Money]
    paid_on: Mapped[date | None] = mapped_column(default=None)
    voucher: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("roster_uploads.id"), default=None)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(WageProof.__table__)


class WagePaper(Base):
    """A scan that proves a month's wages: the bank's answer or the signed list. Its bytes are in the store."""

    __tablename__ = "wage_papers"
    __table_args__ = (UniqueConstraint("cohort_id", "month", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    month: Mapped[date]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
