"""Create the tables of simulations and re-assessments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    op.create_table(
        "simulations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "cancelled",
                name="simulationstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("result_digest", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (result_digest IS NOT NULL)", name=op.f("ck_simulations_done_has_result")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_drafts.id"], name=op.f("fk_simulations_draft_id_policy_drafts")),
        sa.ForeignKeyConstraint(["started_by"], ["accounts.id"], name=op.f("fk_simulations_started_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulations")),
    )
    op.create_index(op.f("ix_simulations_draft_id"), "simulations", ["draft_id"], unique=False)
    op.create_index(
        "uq_simulations_under_way",
        "simulations",
        ["draft_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "simulation_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("simulation_id", sa.Integer(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["simulation_id"], ["simulations.id"], name=op.f("fk_simulation_parts_simulation_id_simulations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulation_parts")),
    )
    op.create_index(op.f("ix_simulation_parts_simulation_id"), "simulation_parts", ["simulation_id"], unique=False)
    op.create_table(
        "simulated_lines",
        sa.Column("simulation_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("verdict_before", sa.String(), nullable=False),
        sa.Column("verdict_after", sa.String(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.Column("codes", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["claim_lines.id"], name=op.f("fk_simulated_lines_line_id_claim_lines")),
        sa.ForeignKeyConstraint(
            ["simulation_id"], ["simulations.id"], name=op.f("fk_simulated_lines_simulation_id_simulations")
        ),
        sa.PrimaryKeyConstraint("simulation_id", "line_id", name=op.f("pk_simulated_lines")),
    )
    op.create_index(
        "ix_simulated_lines_simulation_id_difference", "simulated_lines", ["simulation_id", "difference"], unique=False
    )
    op.create_table(
        "reassessments",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cohorts", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["policy_versions.id"], name=op.f("fk_reassessments_version_id_policy_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_reassessments")),
    )


def downgrade() -> None:
    """Drop, children first."""
    for table in ("reassessments", "simulated_lines", "simulation_parts", "simulations"):
        op.drop_table(table)
