"""Create the table of second looks at accounts that payees corrected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, unguard

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    op.create_table(
        "account_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("account_index", sa.String(), nullable=False),
        sa.Column("tail", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("passed OR note <> ''", name=op.f("ck_account_reviews_refused_has_reason")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_reviews_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_reviews")),
    )
    op.create_index("ix_account_reviews_owner_account_index", "account_reviews", ["owner", "account_index"])
    guard("account_reviews")


def downgrade() -> None:
    """Drop."""
    op.drop_table("account_reviews")
    unguard("account_reviews")
