"""Tables of orders to give money back, of the people behind them, and of what closed them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.people.models import Organisation, Person
from trainingadmin.plumbing.database import Base, append_only, choice
from trainingadmin.recoveries.states import ActKind, ActState, Cause, OrderState


class RecoveryOrder(Base):
    """What an organisation has to give back of one filing's money, or a person of their own, and by when.

    A person's is what one claim line paid them. `about` and `title` are number and name of the filing or claim,
    frozen. `closed` is what was repaid, set off or written off. `planned`: the shortfall of a claim, else a finding.
    """

    __tablename__ = "recovery_orders"
    __table_args__ = (
        CheckConstraint("amount > 0 AND closed >= 0 AND closed <= amount", name="sums"),
        CheckConstraint("(state IN ('issued', 'settled')) = (issued_by IS NOT NULL)", name="issued_by"),
        CheckConstraint("issued_by IS NULL OR issued_by <> drafted_by", name="two_people"),
        CheckConstraint("(state = 'settled') = (closed = amount)", name="settled_is_closed"),
        CheckConstraint("(payee_id IS NULL) <> (person_id IS NULL)", name="one_payee"),
        CheckConstraint(
            "(person_id IS NULL) = (claim_line_id IS NULL) AND (cohort_id IS NOT NULL OR claim_line_id IS NOT NULL)",
            name="one_origin",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), default=None, index=True)
    claim_line_id: Mapped[int | None] = mapped_column(ForeignKey("claim_lines.id"), default=None, index=True)
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None, index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), default=None, index=True)
    about: Mapped[str]
    title: Mapped[str]
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    scheme: Mapped[str]
    funding_source: Mapped[str]
    planned: Mapped[bool]
    reason: Mapped[str]
    amount: Mapped[Money]
    closed: Mapped[Money] = mapped_column(default=ZERO)
    due_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[OrderState] = mapped_column(choice(OrderState), default=OrderState.DRAFTED, index=True)
    drafted_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    drafted_human: Mapped[str]
    drafted_name: Mapped[str]
    drafted_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    issued_human: Mapped[str | None] = mapped_column(default=None)
    issued_name: Mapped[str | None] = mapped_column(default=None)
    issued_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    payee: Mapped[Organisation | None] = relationship(init=False)
    person: Mapped[Person | None] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}

    @property
    def left(self) -> Money:
        """What has still to come back."""
        return self.amount - self.closed

    @property
    def payee_name(self) -> str:
        """Who has to give it back."""
        owes = self.payee or self.person
        assert owes is not None
        return owes.name


class RecoveryLine(Base):
    """One person's part of an order; `due_id` is the recovery it asks for, of a withdrawn order none."""

    __tablename__ = "recovery_lines"
    __table_args__ = (UniqueConstraint("order_id", "person_id"), CheckConstraint("amount > 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("recovery_orders.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"), default=None, index=True)
    position: Mapped[int]
    due_id: Mapped[int | None] = mapped_column(ForeignKey("dues.id"), default=None, unique=True)
    cause: Mapped[Cause] = mapped_column(choice(Cause))
    amount: Mapped[Money]


class RecoveryAct(Base):
    """What closes part of an order once a second person agreed: a repayment by its bank evidence, a set-off, a waiver.

    A repayment's `reference` is the bank's number of the transfer: money that came in is recorded once.
    """

    __tablename__ = "recovery_acts"
    __table_args__ = (
        Index(
            "uq_recovery_acts_reference",
            "reference",
            unique=True,
            sqlite_where=text("state <> 'rejected'"),
            postgresql_where=text("state <> 'rejected'"),
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided_by"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(kind = 'repayment') = (sha256 IS NOT NULL)", name="repayment_has_evidence"),
        CheckConstraint("(kind = 'set_off') = (bearing_cohort_id IS NOT NULL)", name="set_off_has_bearer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("recovery_orders.id"), index=True)
    kind: Mapped[ActKind] = mapped_column(choice(ActKind))
    amount: Mapped[Money]
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    reference: Mapped[str | None] = mapped_column(default=None)
    sha256: Mapped[str | None] = mapped_column(default=None)
    filename: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(default="")
    bearing_cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), default=None)
    state: Mapped[ActState] = mapped_column(choice(ActState), default=ActState.PROPOSED)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    proposed_human: Mapped[str]
    proposed_name: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    decided_name: Mapped[str | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}


class Dismissal(Base):
    """A human's decision that nobody asks back what an office paid of one origin for somebody reported dead. Append-only.

    The origin is a filing or a claim line, as of an order. A row from before origins were told apart names neither
    office nor origin: nobody can tell which money was meant, so it stays on record and silences nothing.
    """

    __tablename__ = "recovery_dismissals"
    __table_args__ = (
        CheckConstraint(
            "(cohort_id IS NULL OR claim_line_id IS NULL)"
            " AND (office_code IS NULL) = (cohort_id IS NULL AND claim_line_id IS NULL)",
            name="one_origin",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    row_id: Mapped[int] = mapped_column(ForeignKey("register_rows.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    office_code: Mapped[str | None] = mapped_column(ForeignKey("offices.code"), default=None)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), default=None)
    claim_line_id: Mapped[int | None] = mapped_column(ForeignKey("claim_lines.id"), default=None)
    reason: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    human: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]


append_only(Dismissal.__table__)
