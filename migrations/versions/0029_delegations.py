"""Create the table of delegations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_ROLES = (
    "enterprise",
    "institution",
    "acceptance",
    "first_review",
    "second_review",
    "approval",
    "preparer",
    "checker",
    "policy",
    "catalogue",
    "supervisor",
    "trainee",
    "admin",
    "system",
)


def _account(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["accounts.id"], name=op.f(f"fk_delegations_{column}_accounts"))


def upgrade() -> None:
    """Create."""
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegator_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(*_ROLES, name="role", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_delegations_days")),
        sa.CheckConstraint("delegator_id <> delegate_id", name=op.f("ck_delegations_two_people")),
        sa.CheckConstraint("(agreed_by IS NULL) = (agreed_at IS NULL)", name=op.f("ck_delegations_agreed")),
        sa.CheckConstraint("agreed_by IS NULL OR agreed_by <> delegator_id", name=op.f("ck_delegations_second_person")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_delegations_reason")),
        _account("delegator_id"),
        _account("delegate_id"),
        _account("agreed_by"),
        _account("ended_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_delegator_id"), "delegations", ["delegator_id"], unique=False)
    op.create_index("ix_delegations_delegate_id_to_on", "delegations", ["delegate_id", "to_on"], unique=False)


def downgrade() -> None:
    """Drop."""
    op.drop_table("delegations")
