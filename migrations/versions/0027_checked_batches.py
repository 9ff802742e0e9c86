"""Let a batch be checked before it is released; what was released until now was checked by who released it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_STATE = "ck_batches_batchstate"
_BEFORE = "'composed', 'released', 'settled', 'cancelled'"
_AFTER = "'composed', 'checked', 'released', 'settled', 'cancelled'"


def upgrade() -> None:
    """Add, and tell of what was released."""
    with op.batch_alter_table("batches") as table:
        table.add_column(sa.Column("checked_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("checked_human", sa.String(), nullable=True))
        table.add_column(sa.Column("checked_name", sa.String(), nullable=True))
        table.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(op.f("fk_batches_checked_by_accounts"), "accounts", ["checked_by"], ["id"])
        table.drop_constraint(op.f(_STATE), type_="check")
        table.create_check_constraint(op.f(_STATE), f"state IN ({_AFTER})")
    told = "checked_by = released_by, checked_human = released_human, checked_name = released_name"
    op.execute(sa.text(f"UPDATE batches SET {told}, checked_at = released_at WHERE released_by IS NOT NULL"))  # noqa: S608
    with op.batch_alter_table("batches") as table:
        table.create_check_constraint(op.f("ck_batches_checked_first"), "released_by IS NULL OR checked_by IS NOT NULL")
        table.create_check_constraint(
            op.f("ck_batches_checked_by"),
            "state NOT IN ('composed', 'checked') OR (state = 'checked') = (checked_by IS NOT NULL)",
        )
        table.create_check_constraint(
            op.f("ck_batches_checked_by_another"), "checked_by IS NULL OR checked_by <> composed_by"
        )


def downgrade() -> None:
    """Drop; what was checked and not released has to be checked again."""
    with op.batch_alter_table("batches") as table:
        table.drop_constraint(op.f("ck_batches_checked_by_another"), type_="check")
        table.drop_constraint(op.f("ck_batches_checked_by"), type_="check")
        table.drop_constraint(op.f("ck_batches_checked_first"), type_="check")
    op.execute(sa.text("UPDATE batches SET state = 'composed' WHERE state = 'checked'"))
    with op.batch_alter_table("batches") as table:
        table.drop_constraint(op.f(_STATE), type_="check")
        table.create_check_constraint(op.f(_STATE), f"state IN ({_BEFORE})")
        table.drop_constraint(op.f("fk_batches_checked_by_accounts"), type_="foreignkey")
        for column in ("checked_at", "checked_name", "checked_human", "checked_by"):
            table.drop_column(column)
