"""Tables of scans, marks made by hand on the screen, roll-calls and late entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.checkins.states import Direction, LateState, Verdict
from trainingadmin.plumbing.database import Base, append_only, choice

_ACCEPTED = text("verdict = 'accepted'")


class Scan(Base):
    """One scan of a code by somebody's phone, taken or refused. Append-only.

    `scanned_at` is when the page of the code was opened, or the phone's own time where it had no network (`offline`);
    `at` when it reached us. The token is kept as a digest, device and address as keyed hashes, the address besides as
    its network; a place only where the person allowed it, in millionths of a degree and metres.
    """

    __tablename__ = "checkin_scans"
    __table_args__ = (
        UniqueConstraint("client_id"),
        Index(
            "uq_checkin_scans_accepted",
            "session_id",
            "enrolment_id",
            "direction",
            "token_digest",
            unique=True,
            sqlite_where=_ACCEPTED,
            postgresql_where=_ACCEPTED,
        ),
        CheckConstraint(
            "verdict NOT IN ('accepted', 'repeated') OR "
            "(session_id IS NOT NULL AND enrolment_id IS NOT NULL AND direction IS NOT NULL AND shown_at IS NOT NULL)",
            name="good_says_of_whom",
        ),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), default=None, index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"), default=None, index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"), default=None, index=True)
    direction: Mapped[Direction | None] = mapped_column(choice(Direction), default=None)
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    token_digest: Mapped[str]
    shown_at: Mapped[datetime | None] = mapped_column(default=None)
    scanned_at: Mapped[datetime]
    offline: Mapped[bool] = mapped_column(default=False)
    client_id: Mapped[str | None] = mapped_column(default=None)
    device: Mapped[str] = mapped_column(index=True)
    address: Mapped[str]
    network: Mapped[str]
    agent: Mapped[str]
    latitude: Mapped[int | None] = mapped_column(default=None)
    longitude: Mapped[int | None] = mapped_column(default=None)
    accuracy: Mapped[int | None] = mapped_column(default=None)
    at: Mapped[datetime] = mapped_column(index=True)


class HandMark(Base):
    """What a teacher noted by hand on the screen, once for each `client_id` however often it is sent. Append-only."""

    __tablename__ = "checkin_hand_marks"
    __table_args__ = (UniqueConstraint("client_id"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    status: Mapped[MarkStatus] = mapped_column(choice(MarkStatus))
    reason: Mapped[str]
    client_id: Mapped[str]
    noted_at: Mapped[datetime]
    late_synced: Mapped[bool]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class RollCall(Base):
    """A roll-call in the middle of a session: the seed draws `drawn` from `among`, for anybody to draw again."""

    __tablename__ = "roll_calls"
    __table_args__ = (CheckConstraint("called_at < ends_at", name="times"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    seed: Mapped[str]
    among: Mapped[list[Any]]
    drawn: Mapped[list[Any]]
    called_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

    session: Mapped[Session] = relationship(init=False)


class RollCallAnswer(Base):
    """How one who was drawn turned out: by the own phone in time, or as the teacher noted it with a reason."""

    __tablename__ = "roll_call_answers"
    __table_args__ = (
        UniqueConstraint("roll_call_id", "enrolment_id"),
        CheckConstraint("NOT by_hand OR reason <> ''", name="by_hand_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    roll_call_id: Mapped[int] = mapped_column(ForeignKey("roll_calls.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    present: Mapped[bool]
    by_hand: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")
    network: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class LateEntry(Base):
    """Marks entered after their time: `entries` count once a second person confirmed them."""

    __tablename__ = "late_entries"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    entries: Mapped[list[Any]]
    reason: Mapped[str]
    state: Mapped[LateState] = mapped_column(choice(LateState), default=LateState.WAITING, index=True)
    version: Mapped[int] = mapped_column(init=False)

    session: Mapped[Session] = relationship(init=False)
    steps: Mapped[list[LateStep]] = relationship(init=False, order_by="LateStep.id")

    __mapper_args__ = {"version_id_col": version}


class LateStep(Base):
    """Who entered, confirmed or declined a late entry, kept for ever."""

    __tablename__ = "late_entry_steps"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    late_entry_id: Mapped[int] = mapped_column(ForeignKey("late_entries.id"), index=True, init=False)
    move: Mapped[str]
    target: Mapped[LateState] = mapped_column(choice(LateState))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    human: Mapped[str]
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


for _table in (Scan, HandMark, RollCall, RollCallAnswer, LateStep):
    append_only(_table.__table__)
