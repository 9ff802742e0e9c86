"""Create the tables of payments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "advance", "balance", "recovery", name="duekind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column("funding_source", sa.String(), nullable=False),
        sa.Column("budget_item", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "composed",
                "released",
                "settled",
                "cancelled",
                name="batchstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("composed_by", sa.Integer(), nullable=False),
        sa.Column("composed_human", sa.String(), nullable=False),
        sa.Column("composed_name", sa.String(), nullable=False),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("released_human", sa.String(), nullable=True),
        sa.Column("released_name", sa.String(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('released', 'settled')) = (released_by IS NOT NULL)", name=op.f("ck_batches_released_by")
        ),
        sa.CheckConstraint("count > 0 AND total > 0", name=op.f("ck_batches_not_empty")),
        sa.CheckConstraint("released_by IS NULL OR released_by <> composed_by", name=op.f("ck_batches_two_people")),
        sa.ForeignKeyConstraint(["composed_by"], ["accounts.id"], name=op.f("fk_batches_composed_by_accounts")),
        sa.ForeignKeyConstraint(["follows_id"], ["batches.id"], name=op.f("fk_batches_follows_id_batches")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_batches_office_code_offices")),
        sa.ForeignKeyConstraint(["released_by"], ["accounts.id"], name=op.f("fk_batches_released_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("number", name=op.f("uq_batches_number")),
    )
    op.create_index(op.f("ix_batches_office_code"), "batches", ["office_code"], unique=False)
    op.create_index(op.f("ix_batches_state"), "batches", ["state"], unique=False)
    op.create_table(
        "bank_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bank_answers_account_id_accounts")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_bank_answers_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_answers")),
        sa.UniqueConstraint("batch_id", "sha256", name=op.f("uq_bank_answers_batch_id_sha256")),
    )
    op.create_table(
        "dues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "advance", "balance", "recovery", name="duekind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("claim_line_id", sa.Integer(), nullable=True),
        sa.Column("notice_number", sa.String(), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "in_batch",
                "settled",
                "failed",
                "cancelled",
                name="duestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint('amount > 0 AND "offset" >= 0 AND "offset" <= amount', name=op.f("ck_dues_sums")),
        sa.ForeignKeyConstraint(["claim_line_id"], ["claim_lines.id"], name=op.f("fk_dues_claim_line_id_claim_lines")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_dues_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_dues_enrolment_id_enrolments")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_dues_office_code_offices")),
        sa.ForeignKeyConstraint(["payee_id"], ["organisations.id"], name=op.f("fk_dues_payee_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues")),
    )
    op.create_index(op.f("ix_dues_claim_line_id"), "dues", ["claim_line_id"], unique=False)
    op.create_index(op.f("ix_dues_cohort_id"), "dues", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_dues_enrolment_id"), "dues", ["enrolment_id"], unique=False)
    op.create_index(op.f("ix_dues_payee_id"), "dues", ["payee_id"], unique=False)
    op.create_index("ix_dues_state_office_code", "dues", ["state", "office_code"], unique=False)
    op.create_index(
        "uq_dues_live",
        "dues",
        ["enrolment_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "offsets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("due_id", sa.Integer(), nullable=False),
        sa.Column("claim_line_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_offsets_amount")),
        sa.ForeignKeyConstraint(
            ["claim_line_id"], ["claim_lines.id"], name=op.f("fk_offsets_claim_line_id_claim_lines")
        ),
        sa.ForeignKeyConstraint(["due_id"], ["dues.id"], name=op.f("fk_offsets_due_id_dues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offsets")),
    )
    op.create_index(op.f("ix_offsets_claim_line_id"), "offsets", ["claim_line_id"], unique=False)
    op.create_index(op.f("ix_offsets_due_id"), "offsets", ["due_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("due_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("payee_name", sa.String(), nullable=False),
        sa.Column("payee_account", sa.Text(), nullable=False),
        sa.Column("payee_bank", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "paid",
                "failed",
                "cancelled",
                name="paymentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_payments_failed_has_reason")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_payments_batch_id_batches")),
        sa.ForeignKeyConstraint(["due_id"], ["dues.id"], name=op.f("fk_payments_due_id_dues")),
        sa.ForeignKeyConstraint(["follows_id"], ["payments.id"], name=op.f("fk_payments_follows_id_payments")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_payments_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_payments_batch_id_position")),
        sa.UniqueConstraint("follows_id", name=op.f("uq_payments_follows_id")),
    )
    op.create_index(op.f("ix_payments_due_id"), "payments", ["due_id"], unique=False)
    op.create_index(op.f("ix_payments_person_id"), "payments", ["person_id"], unique=False)
    op.create_index(
        "uq_payments_live",
        "payments",
        ["due_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('pending', 'paid')"),
        postgresql_where=sa.text("state IN ('pending', 'paid')"),
    )
    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("debit", sa.String(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "accrue",
                "offset",
                "pay",
                "recover",
                "reverse",
                name="transfercode",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_id", sa.Integer(), nullable=True),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfers_amount")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_transfers_two_accounts")),
        sa.ForeignKeyConstraint(["due_id"], ["dues.id"], name=op.f("fk_transfers_due_id_dues")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_transfers_payment_id_payments")),
        sa.ForeignKeyConstraint(["reverses_id"], ["transfers.id"], name=op.f("fk_transfers_reverses_id_transfers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("client_id", name=op.f("uq_transfers_client_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_transfers_reverses_id")),
    )
    op.create_index(op.f("ix_transfers_credit"), "transfers", ["credit"], unique=False)
    op.create_index(op.f("ix_transfers_debit"), "transfers", ["debit"], unique=False)
    op.create_index(op.f("ix_transfers_due_id"), "transfers", ["due_id"], unique=False)
    op.create_index(op.f("ix_transfers_payment_id"), "transfers", ["payment_id"], unique=False)
    guard("bank_answers")
    guard("offsets")
    guard("transfers")


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("transfers")
    op.drop_table("payments")
    op.drop_table("offsets")
    op.drop_table("dues")
    op.drop_table("bank_answers")
    op.drop_table("batches")
    unguard("bank_answers")
    unguard("offsets")
    unguard("transfers")
