"""Tables of simulations, of their parts and changed lines, and of re-assessments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.database import Base, choice
from trainingadmin.reforms.states import SimulationState

_UNDER_WAY = "state IN ('waiting', 'running')"


class Simulation(Base):
    """A draft's figures tried on every stored case: `digest` says on exactly which figures.

    `people` is known once the work is cut into parts, `result` once all parts are done; `result_digest` covers it.
    """

    __tablename__ = "simulations"
    __table_args__ = (
        Index(
            "uq_simulations_under_way",
            "draft_id",
            unique=True,
            sqlite_where=text(_UNDER_WAY),
            postgresql_where=text(_UNDER_WAY),
        ),
        CheckConstraint("(state = 'done') = (result_digest IS NOT NULL)", name="done_has_result"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_drafts.id"), index=True)
    digest: Mapped[str]
    state: Mapped[SimulationState] = mapped_column(choice(SimulationState), default=SimulationState.WAITING)
    people: Mapped[int] = mapped_column(default=0)
    started_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    result: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    result_digest: Mapped[str | None] = mapped_column(default=None)


class SimulationPart(Base):
    """A run of claim lines, worked through by whoever holds the lease; `summary` is there once it is done."""

    __tablename__ = "simulation_parts"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    simulation_id: Mapped[int] = mapped_column(ForeignKey("simulations.id"), index=True)
    first_line: Mapped[int]
    last_line: Mapped[int]
    people: Mapped[int]
    lease_token: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    summary: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class SimulatedLine(Base):
    """A person whose verdict or sum the new figures would change. `bound`: activation judges the line again."""

    __tablename__ = "simulated_lines"
    __table_args__ = (Index("ix_simulated_lines_simulation_id_difference", "simulation_id", "difference"),)

    simulation_id: Mapped[int] = mapped_column(ForeignKey("simulations.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("claim_lines.id"), primary_key=True)
    verdict_before: Mapped[str]
    verdict_after: Mapped[str]
    before: Mapped[Money]
    after: Mapped[Money]
    difference: Mapped[Money]
    bound: Mapped[bool]
    codes: Mapped[str]


class Reassessment(Base):
    """The work of applying a version to what is still open; one at a time holds the lease."""

    __tablename__ = "reassessments"

    version_id: Mapped[int] = mapped_column(ForeignKey("policy_versions.id"), primary_key=True)
    begun_at: Mapped[datetime]
    cohorts: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
