"""Tables of the money: dues, batches, payments, bank answers, ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.cohorts.models import Enrolment
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.payments.states import BatchState, DueKind, DueState, PaymentState, TransferCode
from trainingadmin.people.models import Organisation, Person
from trainingadmin.plumbing.database import Base, Encrypted, append_only, choice


class Due(Base):
    """What is owed for one person and one reason, apart from whether and how it was paid.

    `amount` is earned, `offset` what the shares of others' advances in the same cohort and decided set-offs take
    from it; the bank pays the difference. What has to come back is a recovery: its `offset` is what was repaid, set
    off or written off. `period` tells several of one kind apart: the order of a recovery that was not planned.
    """

    __tablename__ = "dues"
    __table_args__ = (
        Index(
            "uq_dues_live",
            "enrolment_id",
            "kind",
            "period",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_dues_state_office_code", "state", "office_code"),
        CheckConstraint('amount > 0 AND "offset" >= 0 AND "offset" <= amount', name="sums"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[DueKind] = mapped_column(choice(DueKind))
    scheme: Mapped[str]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    claim_line_id: Mapped[int | None] = mapped_column(ForeignKey("claim_lines.id"), default=None, index=True)
    notice_number: Mapped[str] = mapped_column(default="")
    period: Mapped[str] = mapped_column(default="", server_default="")
    payee_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"))
    amount: Mapped[Money]
    offset: Mapped[Money] = mapped_column(default=ZERO)
    state: Mapped[DueState] = mapped_column(choice(DueState), default=DueState.OPEN)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)

    payee: Mapped[Organisation] = relationship(init=False)
    enrolment: Mapped[Enrolment] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}


class Offset(Base):
    """Which line's unearned advance was taken from which due. Append-only."""

    __tablename__ = "offsets"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    due_id: Mapped[int] = mapped_column(ForeignKey("dues.id"), index=True)
    claim_line_id: Mapped[int] = mapped_column(ForeignKey("claim_lines.id"), index=True)
    amount: Mapped[Money]
    at: Mapped[datetime]


append_only(Offset.__table__)


class BudgetLine(Base):
    """How much of one funding source an office may pay for one budget item in one year.

    `ceiling` is the sum of its appropriations; batches lock the row while they take from it.
    """

    __tablename__ = "budget_lines"
    __table_args__ = (
        UniqueConstraint("office_code", "year", "funding_source", "budget_item"),
        CheckConstraint("ceiling >= 0", name="ceiling"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"))
    year: Mapped[int]
    funding_source: Mapped[str]
    budget_item: Mapped[str]
    ceiling: Mapped[Money] = mapped_column(default=ZERO)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}


class Appropriation(Base):
    """Money given to a budget line, or taken from it where it is negative, by its document. Append-only."""

    __tablename__ = "appropriations"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    budget_line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"), index=True)
    amount: Mapped[Money]
    document: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(Appropriation.__table__)


class Batch(Base):
    """Payments of one kind and one funding source that go to the bank together.

    The release is bound to count, total and digest of the exact rows.
    """

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("(state IN ('released', 'settled')) = (released_by IS NOT NULL)", name="released_by"),
        CheckConstraint("released_by IS NULL OR released_by <> composed_by", name="two_people"),
        CheckConstraint("count > 0 AND total > 0", name="not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    scheme: Mapped[str]
    kind: Mapped[DueKind] = mapped_column(choice(DueKind))
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    funding_source: Mapped[str]
    budget_item: Mapped[str]
    budget_line_id: Mapped[int | None] = mapped_column(default=None, index=True)
    count: Mapped[int]
    total: Mapped[Money]
    digest: Mapped[str]
    state: Mapped[BatchState] = mapped_column(choice(BatchState), default=BatchState.COMPOSED, index=True)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), default=None)
    composed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    composed_human: Mapped[str]
    composed_name: Mapped[str]
    composed_at: Mapped[datetime]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    released_human: Mapped[str | None] = mapped_column(default=None)
    released_name: Mapped[str | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    payments: Mapped[list[Payment]] = relationship(init=False, order_by="Payment.position", back_populates="batch")

    __mapper_args__ = {"version_id_col": version}


class Payment(Base):
    """One row of a bank file: payee facts are copied when it is composed and never follow later changes.

    One live (pending or paid) payment per due, by index; a failed one is followed by a linked new one.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        Index(
            "uq_payments_live",
            "due_id",
            unique=True,
            sqlite_where=text("state IN ('pending', 'paid')"),
            postgresql_where=text("state IN ('pending', 'paid')"),
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    due_id: Mapped[int] = mapped_column(ForeignKey("dues.id"), index=True)
    position: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    payee_name: Mapped[str]
    payee_account: Mapped[str] = mapped_column(Encrypted)
    payee_bank: Mapped[str]
    amount: Mapped[Money]
    purpose: Mapped[str]
    state: Mapped[PaymentState] = mapped_column(choice(PaymentState), default=PaymentState.PENDING)
    failure: Mapped[str | None] = mapped_column(default=None)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), default=None, unique=True)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)

    due: Mapped[Due] = relationship(init=False)
    batch: Mapped[Batch] = relationship(init=False, back_populates="payments")
    person: Mapped[Person] = relationship(init=False)


class BankAnswer(Base):
    """A bank's answer file as it was imported; the same bytes twice change nothing."""

    __tablename__ = "bank_answers"
    __table_args__ = (UniqueConstraint("batch_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    filename: Mapped[str]
    sha256: Mapped[str]
    paid: Mapped[int]
    failed: Mapped[int]
    remarks: Mapped[list[Any]]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(BankAnswer.__table__)


class Transfer(Base):
    """One double entry in fen: balanced by construction, append-only, corrected only by a linked reversal.

    Accounts are named by path: "expense/<scheme>/<office>", "payable/<organisation id>",
    "receivable/<organisation id>", "clearing/<organisation id>", "written_off/<scheme>/<office>",
    "bank/<funding source>/<office>", "appropriation/<funding source>/<office>".
    """

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit <> credit", name="two_accounts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    client_id: Mapped[str] = mapped_column(unique=True)
    debit: Mapped[str] = mapped_column(index=True)
    credit: Mapped[str] = mapped_column(index=True)
    amount: Mapped[Money]
    code: Mapped[TransferCode] = mapped_column(choice(TransferCode))
    due_id: Mapped[int | None] = mapped_column(ForeignKey("dues.id"), default=None, index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), default=None, index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("transfers.id"), default=None, unique=True)
    account_id: Mapped[int]
    at: Mapped[datetime]


append_only(Transfer.__table__)
