"""Keep up to when the lists of other departments were taken into a claim of somebody's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add."""
    op.add_column("claims", sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take away."""
    op.drop_column("claims", "judged_at")
