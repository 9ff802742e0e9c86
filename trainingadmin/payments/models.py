"""Tables of the money: dues, batches, payments, bank answers, ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.cohorts.models import Enrolment
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.payments.states import BatchState, DueKind, DueState, PaymentState, StrayState, TransferCode, owner
from trainingadmin.people.models import Organisation, Person
from trainingadmin.plumbing.database import Base, Encrypted, append_only, choice, unique_where

_MONTH = ("person_id", "scheme", "period")


class Due(Base):
    """What is owed for one person and one reason, apart from whether and how it was paid.

    `person_id` is whom it is for; `payee_id` the organisation that is paid, none where that is the person. `about` and
    `title` are number and name of the filing or claim it came from, `position` its place there, all frozen.

    `amount` is earned, `offset` what the shares of others' advances in the same cohort and decided set-offs take
    from it; the bank pays the difference. What has to come back is a recovery: its `offset` is what was repaid, set
    off or written off. `period` tells several of one kind apart: the month of a monthly due, the order of a recovery
    that was not planned.
    """

    __tablename__ = "dues"
    __table_args__ = (
        unique_where("uq_dues_live", "enrolment_id", "kind", "period", where="state <> 'cancelled'"),
        unique_where("uq_dues_live_line", "claim_line_id", "kind", "period", where="state <> 'cancelled'"),
        # A month of 以工代训 is paid once a person, whoever the employer is.
        unique_where("uq_dues_live_month", *_MONTH, where="kind = 'monthly' AND state <> 'cancelled'"),
        Index("ix_dues_state_office_code", "state", "office_code"),
        CheckConstraint('amount > 0 AND "offset" >= 0 AND "offset" <= amount', name="sums"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[DueKind] = mapped_column(choice(DueKind))
    scheme: Mapped[str]
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), default=None, index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"), default=None, index=True)
    claim_line_id: Mapped[int | None] = mapped_column(ForeignKey("claim_lines.id"), default=None, index=True)
    notice_number: Mapped[str] = mapped_column(default="")
    period: Mapped[str] = mapped_column(default="", server_default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None, index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"))
    about: Mapped[str]
    title: Mapped[str]
    position: Mapped[int]
    amount: Mapped[Money]
    offset: Mapped[Money] = mapped_column(default=ZERO)
    state: Mapped[DueState] = mapped_column(choice(DueState), default=DueState.OPEN)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)

    payee: Mapped[Organisation | None] = relationship(init=False)
    person: Mapped[Person] = relationship(init=False)
    enrolment: Mapped[Enrolment | None] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}

    @property
    def owner(self) -> str:
        """Whose account in the books it is: an organisation's by its id, else the person's."""
        return owner(self.payee_id, self.person_id)

    @property
    def payee_name(self) -> str:
        """Who is paid."""
        return self.payee.name if self.payee is not None else self.person.name


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

    Check and release are bound to count, total and digest of the exact rows.
    """

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("(state IN ('released', 'settled')) = (released_by IS NOT NULL)", name="released_by"),
        CheckConstraint("released_by IS NULL OR released_by <> composed_by", name="two_people"),
        CheckConstraint("released_by IS NULL OR checked_by IS NOT NULL", name="checked_first"),
        CheckConstraint(
            "state NOT IN ('composed', 'checked') OR (state = 'checked') = (checked_by IS NOT NULL)", name="checked_by"
        ),
        CheckConstraint("checked_by IS NULL OR checked_by <> composed_by", name="checked_by_another"),
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
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    checked_human: Mapped[str | None] = mapped_column(default=None)
    checked_name: Mapped[str | None] = mapped_column(default=None)
    checked_at: Mapped[datetime | None] = mapped_column(default=None)
    released_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    released_human: Mapped[str | None] = mapped_column(default=None)
    released_name: Mapped[str | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    payments: Mapped[list[Payment]] = relationship(init=False, order_by="Payment.position", back_populates="batch")

    __mapper_args__ = {"version_id_col": version}


class BatchFile(Base):
    """Part of a batch that goes to the bank as one file: positions `first` to `last`, bound to a digest of their own. Append-only."""

    __tablename__ = "batch_files"
    __table_args__ = (
        UniqueConstraint("batch_id", "part"),
        CheckConstraint('"last" >= "first" AND total > 0', name="not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    part: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    total: Mapped[Money]
    digest: Mapped[str]

    @property
    def count(self) -> int:
        """How many payments it holds."""
        return self.last - self.first + 1


append_only(BatchFile.__table__)


class Payment(Base):
    """One row of a bank file: payee facts are copied when it is composed and never follow later changes.

    One live (pending or paid) payment per due, by index; a failed one is followed by a linked new one.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        unique_where("uq_payments_live", "due_id", where="state IN ('pending', 'paid')"),
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
    part: Mapped[int] = mapped_column(default=1, server_default="1")
    filename: Mapped[str]
    sha256: Mapped[str]
    paid: Mapped[int]
    failed: Mapped[int]
    remarks: Mapped[list[Any]]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(BankAnswer.__table__)


class StrayLine(Base):
    """A line of a bank's answer whose 序号 was not sent: nothing is booked until two people say which payment it is.

    `line_index` stands for what the line says, so that the same line in a later answer is the same stray.
    """

    __tablename__ = "stray_lines"
    __table_args__ = (
        UniqueConstraint("batch_id", "line_index"),
        CheckConstraint("(state IN ('proposed', 'matched')) = (payment_id IS NOT NULL)", name="payment"),
        CheckConstraint("(state = 'matched') = (decided_human IS NOT NULL)", name="decided"),
        CheckConstraint("decided_human IS NULL OR decided_human <> proposed_human", name="two_people"),
        CheckConstraint("state = 'open' OR note <> ''", name="has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    answer_id: Mapped[int] = mapped_column(ForeignKey("bank_answers.id"), index=True)
    line_index: Mapped[str]
    row: Mapped[int]
    position: Mapped[int]
    account: Mapped[str] = mapped_column(Encrypted)
    name: Mapped[str]
    amount: Mapped[Money]
    paid: Mapped[bool]
    reason: Mapped[str]
    state: Mapped[StrayState] = mapped_column(choice(StrayState), default=StrayState.OPEN, index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), default=None, unique=True)
    note: Mapped[str] = mapped_column(default="")
    proposed_human: Mapped[str | None] = mapped_column(default=None)
    proposed_name: Mapped[str | None] = mapped_column(default=None)
    proposed_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_human: Mapped[str | None] = mapped_column(default=None)
    decided_name: Mapped[str | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}


class AccountReview(Base):
    """A second look at an account that a payee entered after the bank sent money back. Append-only; the latest counts.

    `account_index` stands for holder, number and bank together, `owner` for the payee as in `Due.owner`.
    """

    __tablename__ = "account_reviews"
    __table_args__ = (
        Index("ix_account_reviews_owner_account_index", "owner", "account_index"),
        CheckConstraint("passed OR note <> ''", name="refused_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    owner: Mapped[str]
    account_index: Mapped[str]
    tail: Mapped[str]
    passed: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    human: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]


append_only(AccountReview.__table__)


class Transfer(Base):
    """One double entry in fen: balanced by construction, append-only, corrected only by a linked reversal.

    Accounts are named by path: "expense/<scheme>/<office>", "payable/<payee>", "receivable/<payee>",
    "clearing/<payee>" with an organisation's id or "person/<id>" as the payee, "written_off/<scheme>/<office>",
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
