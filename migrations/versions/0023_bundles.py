"""Create the tables of documents packed together, and let a certificate be a yearly statement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import allow

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KINDS = ("payment", "training", "recovery")
_WANTED = sa.text("sha256 IS NULL")


def upgrade() -> None:
    """Create."""
    allow("certificates", "kind", "certificatekind", (*_KINDS, "statement"))
    op.create_table(
        "bundles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("total > 0", name=op.f("ck_bundles_not_empty")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bundles_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
    )
    op.create_index(op.f("ix_bundles_account_id"), "bundles", ["account_id"], unique=False)
    op.create_table(
        "bundle_volumes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certificate_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_bundle_volumes_bundle_id_bundles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_volumes")),
        sa.UniqueConstraint("bundle_id", "position", name=op.f("uq_bundle_volumes_bundle_id_position")),
    )
    op.create_index(
        "ix_bundle_volumes_wanted",
        "bundle_volumes",
        ["bundle_id"],
        unique=False,
        sqlite_where=_WANTED,
        postgresql_where=_WANTED,
    )


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("bundle_volumes")
    op.drop_table("bundles")
    allow("certificates", "kind", "certificatekind", _KINDS)
