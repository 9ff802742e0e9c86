"""Tables of sessions and marks."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.database import Base, append_only, choice


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


SOURCE_LABELS = {
    MarkSource.IMPORT: N_("文件导入"),
    MarkSource.REGISTER: N_("点名登记"),
    MarkSource.CORRECTION: N_("更正"),
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


class Mark(Base):
    """One note of one person in one session. Append-only: the latest is the effective one."""

    __tablename__ = "marks"
    __table_args__ = (
        Index("ix_marks_session_id_enrolment_id", "session_id", "enrolment_id"),
        Index("ix_marks_enrolment_id", "enrolment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    status: Mapped[MarkStatus] = mapped_column(choice(MarkStatus))
    in_at: Mapped[time | None] = mapped_column(default=None)
    out_at: Mapped[time | None] = mapped_column(default=None)
    credited_minutes: Mapped[int]
    flags: Mapped[list[Any]] = mapped_column(default_factory=list)
    source: Mapped[MarkSource] = mapped_column(choice(MarkSource))
    reason: Mapped[str] = mapped_column(default="")
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("attendance_uploads.id"), default=None)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(Mark.__table__)


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
