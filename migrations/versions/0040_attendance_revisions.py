"""Count the changes of what a filing's attendance is worked out from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import count, uncount

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_TABLE = "attendance_revisions"
_SOURCES = ("sessions", "enrolments", "cohort_months")


def upgrade() -> None:
    """Create."""
    op.create_table(
        _TABLE,
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_attendance_revisions_cohort_id_cohorts")),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_attendance_revisions")),
    )
    count(_TABLE, "cohort_id", *_SOURCES)


def downgrade() -> None:
    """Drop."""
    uncount(_TABLE, *_SOURCES)
    op.drop_table(_TABLE)
