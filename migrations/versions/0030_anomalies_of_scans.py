"""Let anomalies be of scans too: one phone for many, far from the class, in one second, codes that were no good."""

from __future__ import annotations

from alembic import op

from migrations.guards import allow

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_BEFORE = (
    "two-places",
    "teacher-two-places",
    "after-death",
    "during-shift",
    "other-group",
    "outside-hours",
    "identical-seconds",
    "all-perfect",
    "copied-roster",
    "many-certificates",
    "insurance-churn",
)
_NEW = ("one-device", "far-apart", "same-second", "bad-code")


def upgrade() -> None:
    """Allow the kinds, by which the list is narrowed."""
    op.create_index(op.f("ix_anomalies_kind"), "anomalies", ["kind"], unique=False)
    allow("anomalies", "kind", "anomalykind", (*_BEFORE, *_NEW))


def downgrade() -> None:
    """Call them by the nearest kind there was, so that what was ruled on them stays."""
    kinds = ", ".join(repr(kind) for kind in _NEW)
    op.execute(f"UPDATE anomalies SET kind = 'identical-seconds' WHERE kind IN ({kinds})")  # noqa: S608 - of this file
    allow("anomalies", "kind", "anomalykind", _BEFORE)
    op.drop_index(op.f("ix_anomalies_kind"), table_name="anomalies")
