"""Create the tables of classes and of the marks of their assessments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_MODES = ("ordinary", "ordered", "targeted", "poverty", "online", "mixed")


def _list() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create, parents first."""
    op.create_table(
        "training_classes",
        sa.Column("cohort_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(*_MODES, name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("teachers", _list(), nullable=False),
        sa.Column("assess_on", sa.Date(), nullable=False),
        sa.Column("assess_place", sa.String(), nullable=False),
        sa.Column("assessors", _list(), nullable=False),
        sa.Column("committed_by", sa.Integer(), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(committed_by IS NULL) = (committed_at IS NULL)", name=op.f("ck_training_classes_committed")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_training_classes_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalogue_items.id"], name=op.f("fk_training_classes_item_id_catalogue_items")
        ),
        sa.ForeignKeyConstraint(
            ["committed_by"], ["accounts.id"], name=op.f("fk_training_classes_committed_by_accounts")
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_training_classes")),
    )
    op.create_index(op.f("ix_training_classes_item_id"), "training_classes", ["item_id"], unique=False)
    _create_scores()
    guard("scores")


def _create_scores() -> None:
    op.create_table(
        "scores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("theory", sa.Integer(), nullable=True),
        sa.Column("practice", sa.Integer(), nullable=True),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("assessor", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_scores_attempt")),
        sa.CheckConstraint("theory BETWEEN 0 AND 100 AND practice BETWEEN 0 AND 100", name=op.f("ck_scores_marks")),
        sa.CheckConstraint(
            "NOT absent OR (theory IS NULL AND practice IS NULL AND NOT passed)", name=op.f("ck_scores_absent")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_scores_enrolment_id_enrolments")),
        sa.ForeignKeyConstraint(["upload_id"], ["roster_uploads.id"], name=op.f("fk_scores_upload_id_roster_uploads")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_scores_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scores")),
    )
    op.create_index("ix_scores_enrolment_id", "scores", ["enrolment_id"], unique=False)


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("scores")
    unguard("scores")
    op.drop_table("training_classes")
