"""Tables of classes: what a class has beside its cohort, and the marks of its assessments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.classes.states import Mode
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.courses.models import CatalogueItem
from trainingadmin.plumbing.database import Base, append_only, choice


class TrainingClass(Base):
    """What a class has beside its cohort: the version of the item that its opening day falls under, where, by whom.

    `committed_by` accepted the commitment (告知承诺) for the institution. From `suspended_on` on nothing is taught
    until the class is resumed; the sessions taken off the plan are kept with the change that did it.
    """

    __tablename__ = "training_classes"
    __table_args__ = (CheckConstraint("(committed_by IS NULL) = (committed_at IS NULL)", name="committed"),)

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("catalogue_items.id"), index=True)
    mode: Mapped[Mode] = mapped_column(choice(Mode))
    place: Mapped[str]
    teachers: Mapped[list[Any]]
    assess_on: Mapped[date]
    assess_place: Mapped[str]
    assessors: Mapped[list[Any]]
    committed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    committed_at: Mapped[datetime | None] = mapped_column(default=None)
    suspended_on: Mapped[date | None] = mapped_column(default=None)

    cohort: Mapped[Cohort] = relationship(init=False, lazy="joined", innerjoin=True)
    item: Mapped[CatalogueItem] = relationship(init=False, lazy="joined", innerjoin=True)


class Score(Base):
    """One trainee's marks in one sitting, in whole points of 100. Append-only: of one sitting the latest row counts.

    `attempt` is 1, and 2 and more for retakes. `passed` was found with the item's weights and pass mark; who was
    absent has no marks and did not pass.
    """

    __tablename__ = "scores"
    __table_args__ = (
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("theory BETWEEN 0 AND 100 AND practice BETWEEN 0 AND 100", name="marks"),
        CheckConstraint("NOT absent OR (theory IS NULL AND practice IS NULL AND NOT passed)", name="absent"),
        Index("ix_scores_enrolment_id", "enrolment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    attempt: Mapped[int]
    theory: Mapped[int | None] = mapped_column(default=None)
    practice: Mapped[int | None] = mapped_column(default=None)
    absent: Mapped[bool] = mapped_column(default=False)
    passed: Mapped[bool]
    examined_on: Mapped[date]
    assessor: Mapped[str]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("roster_uploads.id"), default=None)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    enrolment: Mapped[Enrolment] = relationship(init=False)


append_only(Score.__table__)
