"""Tables of people and organisations, and of signing in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.kernel.roles import Role
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing.database import Base, Encrypted, append_only, choice


class Office(Base):
    """A human-resources office of a district, or the city's bureau (GB/T 2260 code)."""

    __tablename__ = "offices"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")


class Person(Base):
    """One human being, found by the blind index of the ID number.

    `name_index` is the blind index of the name as it is compared, so that the database can tell the same name where
    lists keep names encrypted.
    """

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    id_number_index: Mapped[str] = mapped_column(unique=True)
    id_number: Mapped[str] = mapped_column(Encrypted)
    name: Mapped[str] = mapped_column(index=True)
    name_key: Mapped[str] = mapped_column(default="", index=True)
    name_index: Mapped[str] = mapped_column(default="", server_default="")
    born_on: Mapped[date]
    sex: Mapped[str]
    nation: Mapped[str] = mapped_column(default="")
    household: Mapped[str] = mapped_column(default="")
    phone_index: Mapped[str | None] = mapped_column(default=None, index=True)
    phone: Mapped[str | None] = mapped_column(Encrypted, default=None)
    created_at: Mapped[datetime]


class PayoutAccount(Base):
    """Where a person's money goes: their own social-security card account. Append-only; the latest counts.

    `number_index` tells the same account of two people apart from chance.
    """

    __tablename__ = "payout_accounts"
    __table_args__ = (Index("ix_payout_accounts_person_id_id", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    holder: Mapped[str]
    number: Mapped[str] = mapped_column(Encrypted)
    number_index: Mapped[str] = mapped_column(index=True)
    bank: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(PayoutAccount.__table__)


class Organisation(Base):
    """An enterprise or a training institution, by its unified social credit code."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[OrganisationKind] = mapped_column(choice(OrganisationKind))
    credit_code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None] = mapped_column(Encrypted, default=None)
    payee_name: Mapped[str] = mapped_column(default="")
    payee_account: Mapped[str | None] = mapped_column(Encrypted, default=None)
    payee_bank: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)

    office: Mapped[Office] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": version}


class Account(Base):
    """A way in: staff and operators by password, trainees by one-time code."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("login IS NULL OR password_hash IS NOT NULL", name="login_has_password"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    login: Mapped[str | None] = mapped_column(unique=True, default=None)
    password_hash: Mapped[str | None] = mapped_column(default=None)
    name: Mapped[str]
    office_code: Mapped[str | None] = mapped_column(ForeignKey("offices.code"), default=None)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), default=None, index=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    roles: Mapped[list[AccountRole]] = relationship(init=False, lazy="selectin", cascade="all, delete-orphan")


class AccountRole(Base):
    """A role that an account holds now."""

    __tablename__ = "account_roles"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, init=False)
    role: Mapped[Role] = mapped_column(choice(Role), primary_key=True)


class SignIn(Base):
    """A server-side session; only the hash of its token is kept."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    waits_since: Mapped[datetime | None] = mapped_column(default=None)
    """When the password was right and the second factor asked for: until it is shown nobody is signed in."""
    proven_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the person last proved who they are, after signing in."""


class SecondFactor(Base):
    """The secret an account shares with an authenticator app; counts once it was confirmed by a code."""

    __tablename__ = "second_factors"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(Encrypted)
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    last_counter: Mapped[int] = mapped_column(default=0)
    """The step of the last code that was used: neither it nor an earlier one is good again."""


class RecoveryCode(Base):
    """A way in without the phone, used once; only its keyed hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class FailedAttempt(Base):
    """A wrong password or code, counted per account and per address; the keys are hashes."""

    __tablename__ = "failed_attempts"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    subject: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class OneTimeCode(Base):
    """A code sent to a trainee's phone; hashed, short-lived, used once."""

    __tablename__ = "one_time_codes"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    code_hash: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class InboxMessage(Base):
    """A text message that the demo keeps for its developer inbox instead of sending."""

    __tablename__ = "inbox_messages"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    phone: Mapped[str] = mapped_column(Encrypted)
    body: Mapped[str] = mapped_column(Encrypted)
    at: Mapped[datetime]


class Relative(Base):
    """A relative that a member of staff declared: nobody handles their relatives' claims."""

    __tablename__ = "relatives"
    __table_args__ = (UniqueConstraint("account_id", "id_number_index"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    id_number_index: Mapped[str] = mapped_column(index=True)
    declared_at: Mapped[datetime]


class Delegation(Base):
    """A role that one member of staff hands to another for dated days; it counts once a second person agreed.

    The delegate acts in their own name and for their own human being, under a role that the delegator still holds.
    """

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("from_on <= to_on", name="days"),
        CheckConstraint("delegator_id <> delegate_id", name="two_people"),
        CheckConstraint("(agreed_by IS NULL) = (agreed_at IS NULL)", name="agreed"),
        CheckConstraint("agreed_by IS NULL OR agreed_by <> delegator_id", name="second_person"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_delegations_delegate_id_to_on", "delegate_id", "to_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    delegator_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    agreed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    delegator: Mapped[Account] = relationship(init=False, foreign_keys="Delegation.delegator_id", lazy="joined")
    delegate: Mapped[Account] = relationship(init=False, foreign_keys="Delegation.delegate_id", lazy="joined")
