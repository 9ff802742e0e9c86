"""Tables of public notices and objections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.claims.models import ClaimLine
from trainingadmin.notices.states import NoticeState, ObjectionState
from trainingadmin.plumbing.database import Base, Encrypted, append_only, choice


class Notice(Base):
    """A posted notice: its window is fixed when it is posted, its body frozen and hashed.

    It ends at 24:00 of `closes_on`; payment may start on `payable_on`, the next working day.
    `body` holds what the public page shows and nothing more.
    """

    __tablename__ = "notices"
    __table_args__ = (CheckConstraint("posted_on <= closes_on AND closes_on < payable_on", name="window"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    scheme: Mapped[str]
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    posted_on: Mapped[date]
    days: Mapped[int]
    unit: Mapped[str]
    counting: Mapped[str]
    closes_on: Mapped[date]
    payable_on: Mapped[date]
    state: Mapped[NoticeState] = mapped_column(choice(NoticeState), default=NoticeState.POSTED, index=True)
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    posted_by: Mapped[int]
    posted_name: Mapped[str]
    posted_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    lines: Mapped[list[NoticeLine]] = relationship(init=False, order_by="NoticeLine.position")

    __mapper_args__ = {"version_id_col": version}


class NoticeLine(Base):
    """One claim line in one notice, shown masked; the state of the line itself is the claim line's."""

    __tablename__ = "notice_lines"
    __table_args__ = (UniqueConstraint("notice_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    claim_line_id: Mapped[int] = mapped_column(ForeignKey("claim_lines.id"), unique=True)
    position: Mapped[int]

    line: Mapped[ClaimLine] = relationship(init=False)


append_only(NoticeLine.__table__)


class Objection(Base):
    """What somebody says against one line; the objector's contact is encrypted and never shown."""

    __tablename__ = "objections"
    __table_args__ = (Index("ix_objections_notice_line_id_state", "notice_line_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    notice_line_id: Mapped[int] = mapped_column(ForeignKey("notice_lines.id"))
    text: Mapped[str]
    objector: Mapped[str] = mapped_column(Encrypted)
    contact: Mapped[str] = mapped_column(Encrypted)
    state: Mapped[ObjectionState] = mapped_column(choice(ObjectionState), default=ObjectionState.OPEN)
    at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")

    notice_line: Mapped[NoticeLine] = relationship(init=False)
