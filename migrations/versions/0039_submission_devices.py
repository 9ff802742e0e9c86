"""Create the table of the devices from which persons submitted claims of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, unguard

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    table = "submission_devices"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_submission_devices_claim_id_claims")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_submission_devices_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_devices")),
    )
    for column in ("person_id", "device"):
        op.create_index(op.f(f"ix_submission_devices_{column}"), table, [column])
    guard(table)


def downgrade() -> None:
    """Drop."""
    op.drop_table("submission_devices")
    unguard("submission_devices")
