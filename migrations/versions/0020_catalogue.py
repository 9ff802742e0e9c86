"""Create the tables of the catalogue of special-skill trainings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _state() -> sa.Enum:
    return _choice("cataloguestate", "draft", "proposed", "published", "dropped")


def upgrade() -> None:
    """Create, parents first."""
    _create_uploads()
    _create_batches()
    _create_items()
    guard("catalogue_steps")
    guard("catalogue_items")


def _create_uploads() -> None:
    op.create_table(
        "catalogue_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("annotated_sha256", sa.String(), nullable=True),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_catalogue_uploads_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_uploads")),
    )
    op.create_index(
        "uq_catalogue_uploads_imported",
        "catalogue_uploads",
        ["sha256"],
        unique=True,
        sqlite_where=sa.text("imported_at IS NOT NULL"),
        postgresql_where=sa.text("imported_at IS NOT NULL"),
    )


def _create_batches() -> None:
    op.create_table(
        "catalogue_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("state", _state(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["catalogue_uploads.id"], name=op.f("fk_catalogue_batches_upload_id_catalogue_uploads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_batches")),
    )
    op.create_index(
        "uq_catalogue_batches_code_live",
        "catalogue_batches",
        ["code"],
        unique=True,
        sqlite_where=sa.text("state <> 'dropped'"),
        postgresql_where=sa.text("state <> 'dropped'"),
    )
    op.create_index(op.f("ix_catalogue_batches_upload_id"), "catalogue_batches", ["upload_id"], unique=False)
    op.create_table(
        "catalogue_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("target", _state(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["catalogue_batches.id"], name=op.f("fk_catalogue_steps_batch_id_catalogue_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_steps")),
    )
    op.create_index(op.f("ix_catalogue_steps_batch_id"), "catalogue_steps", ["batch_id"], unique=False)


def _create_items() -> None:
    texts = ("name", "standard", "certificate_type", "groups")
    numbers = ("theory_hours", "practice_hours", "pass_mark", "theory_weight", "practice_weight")
    op.create_table(
        "catalogue_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("occupation_code", sa.String(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("assessment", _choice("assessment", "both", "theory", "practice"), nullable=False),
        sa.Column("subsidy", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_catalogue_items_period")),
        sa.CheckConstraint("theory_weight + practice_weight = 100", name=op.f("ck_catalogue_items_weights")),
        sa.CheckConstraint(
            "subsidy > 0 AND theory_hours + practice_hours > 0 AND version > 0",
            name=op.f("ck_catalogue_items_worth_something"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["catalogue_batches.id"], name=op.f("fk_catalogue_items_batch_id_catalogue_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_items")),
        sa.UniqueConstraint("batch_id", "code", "version", name=op.f("uq_catalogue_items_batch_id_code_version")),
    )
    op.create_index(op.f("ix_catalogue_items_batch_id"), "catalogue_items", ["batch_id"], unique=False)
    op.create_index("ix_catalogue_items_code_valid_from", "catalogue_items", ["code", "valid_from"], unique=False)


def downgrade() -> None:
    """Drop, children first."""
    for table in ("catalogue_items", "catalogue_steps", "catalogue_batches", "catalogue_uploads"):
        op.drop_table(table)
    unguard("catalogue_items")
    unguard("catalogue_steps")
