"""Create the tables of budgets, and let batches name the line they take from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, unguard

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    op.add_column("batches", sa.Column("budget_line_id", sa.Integer(), nullable=True))
    op.create_index("ix_batches_budget_line_id", "batches", ["budget_line_id"], unique=False)
    op.create_table(
        "budget_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("funding_source", sa.String(), nullable=False),
        sa.Column("budget_item", sa.String(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ceiling >= 0", name=op.f("ck_budget_lines_ceiling")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_budget_lines_office_code_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint(
            "office_code",
            "year",
            "funding_source",
            "budget_item",
            name=op.f("uq_budget_lines_office_code_year_funding_source_budget_item"),
        ),
    )
    op.create_table(
        "appropriations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_line_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_appropriations_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_appropriations_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["budget_line_id"], ["budget_lines.id"], name=op.f("fk_appropriations_budget_line_id_budget_lines")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appropriations")),
    )
    op.create_index(op.f("ix_appropriations_budget_line_id"), "appropriations", ["budget_line_id"], unique=False)
    guard("appropriations")


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("appropriations")
    op.drop_table("budget_lines")
    op.drop_index("ix_batches_budget_line_id", "batches")
    op.drop_column("batches", "budget_line_id")
    unguard("appropriations")
