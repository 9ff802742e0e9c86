"""Name the office and the origin of the money that is let be after a death: a decision is about no other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_TABLE = "recovery_dismissals"
_ORIGINS = ("cohort_id INTEGER", "cohorts (id)"), ("claim_line_id INTEGER", "claim_lines (id)")
_ONE = (
    "(cohort_id IS NULL OR claim_line_id IS NULL)"
    " AND (office_code IS NULL) = (cohort_id IS NULL AND claim_line_id IS NULL)"
)


def upgrade() -> None:
    """Add, column by column with its constraints: a new table in place of this one would lose the triggers that guard it."""
    for column, target in _ORIGINS:
        name = f"fk_{_TABLE}_{column.split()[0]}_{target.split()[0]}"
        op.execute(f"ALTER TABLE {_TABLE} ADD COLUMN {column} CONSTRAINT {name} REFERENCES {target}")
    op.execute(
        f"ALTER TABLE {_TABLE} ADD COLUMN office_code VARCHAR "
        f"CONSTRAINT fk_{_TABLE}_office_code_offices REFERENCES offices (code) "
        f"CONSTRAINT ck_{_TABLE}_one_origin CHECK ({_ONE})"
    )


def downgrade() -> None:
    """Take away; refused once a decision named an origin, for the table before would spread it over all of the person's money."""
    named = op.get_bind().execute(sa.text(f"SELECT 1 FROM {_TABLE} WHERE office_code IS NOT NULL LIMIT 1")).first()  # noqa: S608
    if named is not None:
        raise RuntimeError("decisions name the money they are about: there is no going back behind 0041")
    for column in ("office_code", "claim_line_id", "cohort_id"):
        op.drop_column(_TABLE, column)
