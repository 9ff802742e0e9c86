"""Let a batch go out in several files, each answered by itself, and keep lines of answers that were not sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, unguard

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_STATES = ("open", "proposed", "matched", "set_apart")


def upgrade() -> None:
    """Create; every batch so far went out in one file."""
    op.add_column("bank_answers", sa.Column("part", sa.Integer(), server_default="1", nullable=False))
    _create_files()
    op.execute(
        'INSERT INTO batch_files (batch_id, part, "first", "last", total, digest) '
        "SELECT id, 1, 1, count, total, digest FROM batches ORDER BY id"
    )
    guard("batch_files")
    _create_strays()


def _create_files() -> None:
    op.create_table(
        "batch_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint('"last" >= "first" AND total > 0', name=op.f("ck_batch_files_not_empty")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_files_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_files")),
        sa.UniqueConstraint("batch_id", "part", name=op.f("uq_batch_files_batch_id_part")),
    )


def _create_strays() -> None:
    op.create_table(
        "stray_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("line_index", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="straystate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("proposed_human", sa.String(), nullable=True),
        sa.Column("proposed_name", sa.String(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_human", sa.String(), nullable=True),
        sa.Column("decided_name", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_checks(),
        sa.ForeignKeyConstraint(["answer_id"], ["bank_answers.id"], name=op.f("fk_stray_lines_answer_id_bank_answers")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_stray_lines_batch_id_batches")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_stray_lines_payment_id_payments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_lines")),
        sa.UniqueConstraint("batch_id", "line_index", name=op.f("uq_stray_lines_batch_id_line_index")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_stray_lines_payment_id")),
    )
    op.create_index(op.f("ix_stray_lines_answer_id"), "stray_lines", ["answer_id"])
    op.create_index(op.f("ix_stray_lines_state"), "stray_lines", ["state"])


def _checks() -> list[sa.CheckConstraint]:
    conditions = {
        "payment": "(state IN ('proposed', 'matched')) = (payment_id IS NOT NULL)",
        "decided": "(state = 'matched') = (decided_human IS NOT NULL)",
        "two_people": "decided_human IS NULL OR decided_human <> proposed_human",
        "has_reason": "state = 'open' OR note <> ''",
    }
    return [sa.CheckConstraint(told, name=op.f(f"ck_stray_lines_{name}")) for name, told in conditions.items()]


def downgrade() -> None:
    """Drop."""
    op.drop_table("stray_lines")
    op.drop_table("batch_files")
    unguard("batch_files")
    op.drop_column("bank_answers", "part")
