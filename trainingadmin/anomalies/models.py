"""Tables of anomalies, whom each names, what humans found out, the limits, and the rounds of searching."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.anomalies.states import AnomalyKind, AnomalyState
from trainingadmin.cohorts.models import Cohort
from trainingadmin.plumbing.database import Base, append_only, choice


class Anomaly(Base):
    """Something that cannot be so; `key` tells what it is, so that the next search finds it known.

    `evidence` holds `facts`, what the kind's sentence says, and `places`, the sessions or filings where it was seen.
    """

    __tablename__ = "anomalies"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[AnomalyKind] = mapped_column(choice(AnomalyKind), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    evidence: Mapped[dict[str, Any]]
    state: Mapped[AnomalyState] = mapped_column(choice(AnomalyState), default=AnomalyState.OPEN, index=True)
    first_seen_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)

    cohort: Mapped[Cohort] = relationship(init=False)
    steps: Mapped[list[AnomalyStep]] = relationship(init=False, order_by="AnomalyStep.id")

    __mapper_args__ = {"version_id_col": version}


class AnomalyPerson(Base):
    """A person whom an anomaly is about, in the filing where they are enrolled."""

    __tablename__ = "anomaly_people"

    anomaly_id: Mapped[int] = mapped_column(ForeignKey("anomalies.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)


class AnomalyStep(Base):
    """What a human found out about an anomaly, and why they say so; kept for ever."""

    __tablename__ = "anomaly_steps"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    anomaly_id: Mapped[int] = mapped_column(ForeignKey("anomalies.id"), index=True, init=False)
    move: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    human: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]


append_only(AnomalyStep.__table__)


class AnomalyLimits(Base):
    """From which numbers on the counted kinds speak; the latest row counts."""

    __tablename__ = "anomaly_limits"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    limits: Mapped[dict[str, Any]]
    reason: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(AnomalyLimits.__table__)


class AnomalySearch(Base):
    """One round of searching: how far everything that is searched went then, and how many anomalies were new."""

    __tablename__ = "anomaly_searches"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    seen: Mapped[dict[str, Any]]
    found: Mapped[int]
    at: Mapped[datetime]
