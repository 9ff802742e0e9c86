"""Tables of sessions and marks."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column, relationship

from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.columns import SmallChoice, TimeOfDay
from trainingadmin.plumbing.database import Base, append_only, choice
from trainingadmin.plumbing.revisions import counted


class SessionKind(StrEnum):
    """How a session teaches."""

    THEORY = "theory"
    PRACTICE = "practice"
    ONLINE = "online"


KIND_LABELS = {
    SessionKind.THEORY: N_("理论"),
    SessionKind.PRACTICE: N_("实训"),
    SessionKind.ONLINE: N_("线上"),
}


class MarkStatus(StrEnum):
    """What was noted of one person in one session."""

    PRESENT = "present"
    ABSENT = "absent"
    LEAVE = "leave"


STATUS_LABELS = {MarkStatus.PRESENT: N_("到"), MarkStatus.ABSENT: N_("缺勤"), MarkStatus.LEAVE: N_("请假")}
STATUS_TONES = {MarkStatus.PRESENT: "ok", MarkStatus.ABSENT: "bad", MarkStatus.LEAVE: "warn"}


class MarkSource(StrEnum):
    """How a mark came to be."""

    IMPORT = "import"
    REGISTER = "register"
    CORRECTION = "correction"
    CHECKIN = "checkin"


SOURCE_LABELS = {
    MarkSource.IMPORT: N_("文件导入"),
    MarkSource.REGISTER: N_("点名登记"),
    MarkSource.CORRECTION: N_("更正"),
    MarkSource.CHECKIN: N_("扫码签到"),
}


class Session(Base):
    """A planned class of one shift group (or of all, when `shift_group` is empty)."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("cohort_id", "shift_group", "held_on", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("planned_minutes > 0", name="planned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    shift_group: Mapped[str]
    held_on: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[time]
    ends_at: Mapped[time]
    course: Mapped[str]
    teacher: Mapped[str]
    kind: Mapped[SessionKind] = mapped_column(choice(SessionKind), default=SessionKind.THEORY)
    planned_minutes: Mapped[int]

    cohort: Mapped[Cohort] = relationship(init=False)


_STATUS, _SOURCE, _KIND = SmallChoice(MarkStatus), SmallChoice(MarkSource), SmallChoice(SessionKind)


class Roll(Base):
    """One act of noting people in one session: how, why, by whom and when. Append-only; a later one goes before."""

    __tablename__ = "rolls"
    __table_args__ = (
        UniqueConstraint("id", "session_id"),
        CheckConstraint(f"source {_SOURCE.rule}", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    source: Mapped[MarkSource] = mapped_column(_SOURCE)
    reason: Mapped[str] = mapped_column(default="")
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("attendance_uploads.id"), default=None)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(Roll.__table__)


class Mark(Base):
    """One note of one person in one session, written by `actions.write_marks` alone.

    Append-only: the one of the latest roll is the effective one. Kept small, as there are millions: what a whole
    roll shares is in the roll, what is suspect of the few in `mark_doubts`. Person and session are found by their
    filing's rolls; that the enrolment exists is held by its row in `person_months`.
    """

    __tablename__ = "marks"
    __table_args__ = (
        ForeignKeyConstraint(["roll_id", "session_id"], ["rolls.id", "rolls.session_id"]),
        CheckConstraint(f"status {_STATUS.rule}", name="status"),
        CheckConstraint("credited_minutes >= 0", name="credited"),
    )

    roll_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    enrolment_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    session_id: Mapped[int]
    in_at: Mapped[time | None] = mapped_column(TimeOfDay, default=None)
    out_at: Mapped[time | None] = mapped_column(TimeOfDay, default=None)
    status: Mapped[MarkStatus] = mapped_column(_STATUS)
    credited_minutes: Mapped[int] = mapped_column(SmallInteger)

    roll: Mapped[Roll] = relationship(init=False, lazy="joined", innerjoin=True, viewonly=True)
    doubt: Mapped[MarkDoubt | None] = relationship(init=False, lazy="joined", viewonly=True)

    @property
    def source(self) -> MarkSource:
        """How the mark came to be."""
        return self.roll.source

    @property
    def reason(self) -> str:
        """Why it was corrected, or made late."""
        return self.roll.reason

    @property
    def at(self) -> datetime:
        """When it was made."""
        return self.roll.at

    @property
    def flags(self) -> list[Any]:
        """What is suspect about it, as `evidence.flagged` keeps it."""
        return self.doubt.flags if self.doubt else []


append_only(Mark.__table__)


class MarkDoubt(Base):
    """What is suspect about one mark, with the evidence to judge it by."""

    __tablename__ = "mark_doubts"
    __table_args__ = (ForeignKeyConstraint(["roll_id", "enrolment_id"], ["marks.roll_id", "marks.enrolment_id"]),)

    roll_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    enrolment_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    flags: Mapped[list[Any]]


append_only(MarkDoubt.__table__)


class MonthSums(MappedAsDataclass, kw_only=True):
    """What effective marks of a month add up to: sessions by status, and minutes planned for, credited and on leave."""

    present: Mapped[int]
    absent: Mapped[int]
    leave: Mapped[int]
    planned_minutes: Mapped[int]
    credited_minutes: Mapped[int]
    leave_minutes: Mapped[int]


class PersonMonth(MonthSums, Base):
    """The effective marks of one person in one month, kind of session and shift group (the session's)."""

    __tablename__ = "person_months"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[SessionKind] = mapped_column(_KIND, primary_key=True)
    shift_group: Mapped[str] = mapped_column(primary_key=True)


class CohortMonth(MonthSums, Base):
    """The effective marks of one filing in one month and kind of session: what reports over all filings read."""

    __tablename__ = "cohort_months"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True, index=True)
    kind: Mapped[SessionKind] = mapped_column(_KIND, primary_key=True)


class AttendanceRevision(Base):
    """How often the sessions, the people or the sums of a filing changed; the database counts, see `revisions`."""

    __tablename__ = "attendance_revisions"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    revision: Mapped[int]


counted(AttendanceRevision.__table__, "cohort_id", Session.__table__, Enrolment.__table__, CohortMonth.__table__)


class AttendanceUpload(Base):
    """An attendance file as it was read: dry run first, import by a second click, or an annotated copy.

    `sha256` and `annotated_sha256` are in the store; `findings` masks personal values; `counts` is what the dry
    run found (sessions, people, minutes, marks new, same and changed); `added` is how many marks the import wrote.
    """

    __tablename__ = "attendance_uploads"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    filename: Mapped[str]
    sha256: Mapped[str]
    annotated_sha256: Mapped[str | None] = mapped_column(default=None)
    lines: Mapped[int]
    findings: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    added: Mapped[int] = mapped_column(default=0)
    imported_at: Mapped[datetime | None] = mapped_column(default=None)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
