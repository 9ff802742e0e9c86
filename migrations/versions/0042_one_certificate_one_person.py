"""Let no two apprentices have one certificate number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_INDEX, _TABLE, _COLUMN = "ix_results_certificate_number", "results", "certificate_number"
_DOUBLES = """
    SELECT r.certificate_number, c.number, e.position
    FROM results r JOIN enrolments e ON e.id = r.enrolment_id JOIN cohorts c ON c.id = e.cohort_id
    WHERE r.certificate_number IN (
        SELECT certificate_number FROM results WHERE certificate_number IS NOT NULL
        GROUP BY certificate_number HAVING count(*) > 1
    )
    ORDER BY r.certificate_number, e.id
"""
_SHOWN = 20


def upgrade() -> None:
    """Make the index unique, unless one number already stands for several people."""
    doubles = op.get_bind().execute(sa.text(_DOUBLES)).all()
    if doubles:
        told = [f"{number}: filing {filing}, no. {position}" for number, filing, position in doubles[:_SHOWN]]
        more = [f"and {len(doubles) - _SHOWN} more"] if len(doubles) > _SHOWN else []
        raise RuntimeError(
            "these certificate numbers are recorded for more than one apprentice. In the release before this one find "
            "out whose each is and correct the other's result, then migrate again:\n" + "\n".join(told + more)
        )
    op.drop_index(_INDEX, table_name=_TABLE)
    op.create_index(_INDEX, _TABLE, [_COLUMN], unique=True)


def downgrade() -> None:
    """Let them again."""
    op.drop_index(_INDEX, table_name=_TABLE)
    op.create_index(_INDEX, _TABLE, [_COLUMN], unique=False)
