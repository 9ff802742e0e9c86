"""Create the tables of other departments' lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    op.create_table(
        "register_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "status",
                "pension",
                "death",
                "insurance",
                "business",
                name="register",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("annotated_sha256", sa.String(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "imported_at IS NULL OR (kind IS NOT NULL AND as_of IS NOT NULL)",
            name=op.f("ck_register_lists_imported_is_read"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_register_lists_account_id_accounts")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_register_lists_office_code_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_lists")),
    )
    op.create_index(
        "ix_register_lists_office_code_kind_as_of", "register_lists", ["office_code", "kind", "as_of"], unique=False
    )
    op.create_index(
        "uq_register_lists_imported",
        "register_lists",
        ["office_code", "sha256"],
        unique=True,
        sqlite_where=sa.text("imported_at IS NOT NULL"),
        postgresql_where=sa.text("imported_at IS NOT NULL"),
    )
    op.create_table(
        "register_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id_index", sa.String(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legacy", sa.Boolean(), nullable=False),
        sa.Column("odd", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("credit_code", sa.String(), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["register_lists.id"], name=op.f("fk_register_rows_list_id_register_lists")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_rows")),
    )
    op.create_index(op.f("ix_register_rows_credit_code"), "register_rows", ["credit_code"], unique=False)
    op.create_index(op.f("ix_register_rows_digest"), "register_rows", ["digest"], unique=False)
    op.create_index(op.f("ix_register_rows_id_index"), "register_rows", ["id_index"], unique=False)
    op.create_index(op.f("ix_register_rows_list_id"), "register_rows", ["list_id"], unique=False)
    op.create_table(
        "register_rulings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_register_rulings_one_subject")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_register_rulings_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_register_rulings_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_register_rulings_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["row_id"], ["register_rows.id"], name=op.f("fk_register_rulings_row_id_register_rows")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_rulings")),
    )
    op.create_index(
        "ix_register_rulings_organisation_id_digest", "register_rulings", ["organisation_id", "digest"], unique=False
    )
    op.create_index("ix_register_rulings_person_id_digest", "register_rulings", ["person_id", "digest"], unique=False)
    guard("register_rows")
    guard("register_rulings")


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("register_rulings")
    op.drop_table("register_rows")
    op.drop_table("register_lists")
    unguard("register_rows")
    unguard("register_rulings")
