"""Find what was done in the journal by its verb: who looked at whole numbers is a page of its own."""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add."""
    op.create_index("ix_journal_verb_id", "journal", ["verb", "id"])


def downgrade() -> None:
    """Take away."""
    op.drop_index("ix_journal_verb_id", "journal")
