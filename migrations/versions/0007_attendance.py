"""Create the tables of attendance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    op.create_table(
        "attendance_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("annotated_sha256", sa.String(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_attendance_uploads_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_attendance_uploads_cohort_id_cohorts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_uploads")),
    )
    op.create_index(op.f("ix_attendance_uploads_cohort_id"), "attendance_uploads", ["cohort_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("shift_group", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("teacher", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "theory", "practice", "online", name="sessionkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("planned_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("planned_minutes > 0", name=op.f("ck_sessions_planned")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_sessions_times")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_sessions_cohort_id_cohorts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint(
            "cohort_id",
            "shift_group",
            "held_on",
            "starts_at",
            name=op.f("uq_sessions_cohort_id_shift_group_held_on_starts_at"),
        ),
    )
    op.create_index(op.f("ix_sessions_held_on"), "sessions", ["held_on"], unique=False)
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "present", "absent", "leave", name="markstatus", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("in_at", sa.Time(), nullable=True),
        sa.Column("out_at", sa.Time(), nullable=True),
        sa.Column("credited_minutes", sa.Integer(), nullable=False),
        sa.Column("flags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "import",
                "register",
                "correction",
                name="marksource",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_marks_account_id_accounts")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_marks_enrolment_id_enrolments")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_marks_session_id_sessions")),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["attendance_uploads.id"], name=op.f("fk_marks_upload_id_attendance_uploads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
    )
    op.create_index("ix_marks_enrolment_id", "marks", ["enrolment_id"], unique=False)
    op.create_index("ix_marks_session_id_enrolment_id", "marks", ["session_id", "enrolment_id"], unique=False)
    guard("marks")


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("marks")
    op.drop_table("sessions")
    op.drop_table("attendance_uploads")
    unguard("marks")
