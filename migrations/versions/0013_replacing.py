"""Let an apprentice be replaced: who comes is kept with the change, and from when on with the enrolment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KIND = "ck_changes_changekind"
_BEFORE, _AFTER = "'leave', 'extension', 'mentor'", "'leave', 'extension', 'mentor', 'replace'"


def upgrade() -> None:
    """Add."""
    op.add_column("enrolments", sa.Column("joined_on", sa.Date(), nullable=True))
    _kinds(_AFTER)
    op.add_column("changes", sa.Column("newcomer", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop; replacements go, whoever came by one stays in the roster."""
    op.execute(sa.text("DELETE FROM changes WHERE kind = 'replace'"))
    op.drop_column("changes", "newcomer")
    _kinds(_BEFORE)
    op.drop_column("enrolments", "joined_on")


def _kinds(allowed: str) -> None:
    with op.batch_alter_table("changes") as batch:
        batch.drop_constraint(op.f(_KIND), type_="check")
        batch.create_check_constraint(op.f(_KIND), f"kind IN ({allowed})")
