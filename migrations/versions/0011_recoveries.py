"""Create the tables of recoveries and of flags, and let the books say what came back and what was given up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CODES = ("accrue", "offset", "pay", "recover", "reverse")
_KINDS = ("payment", "training")
_LIVE = sa.text("state <> 'cancelled'")


def _live_dues(*columns: str) -> None:
    """Let one due at most be live by these columns."""
    op.drop_index("uq_dues_live", "dues")
    op.create_index("uq_dues_live", "dues", list(columns), unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)


def upgrade() -> None:
    """Create."""
    allow("transfers", "code", "transfercode", (*_CODES, "set_off", "write_off", "appropriate"))
    allow("certificates", "kind", "certificatekind", (*_KINDS, "recovery"))
    op.add_column("dues", sa.Column("period", sa.String(), nullable=False, server_default=""))
    _live_dues("enrolment_id", "kind", "period")
    op.create_table(
        "flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "code",
            sa.Enum("recovery_overdue", name="flagcode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_flags_one_subject")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_flags_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_flags_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index(
        "ix_flags_live",
        "flags",
        ["code"],
        unique=False,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index(op.f("ix_flags_organisation_id"), "flags", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_flags_person_id"), "flags", ["person_id"], unique=False)
    op.create_table(
        "recovery_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("funding_source", sa.String(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "issued",
                "settled",
                "withdrawn",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_human", sa.String(), nullable=False),
        sa.Column("drafted_name", sa.String(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("issued_human", sa.String(), nullable=True),
        sa.Column("issued_name", sa.String(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'settled') = (closed = amount)", name=op.f("ck_recovery_orders_settled_is_closed")
        ),
        sa.CheckConstraint(
            "(state IN ('issued', 'settled')) = (issued_by IS NOT NULL)", name=op.f("ck_recovery_orders_issued_by")
        ),
        sa.CheckConstraint("amount > 0 AND closed >= 0 AND closed <= amount", name=op.f("ck_recovery_orders_sums")),
        sa.CheckConstraint("issued_by IS NULL OR issued_by <> drafted_by", name=op.f("ck_recovery_orders_two_people")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_recovery_orders_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["drafted_by"], ["accounts.id"], name=op.f("fk_recovery_orders_drafted_by_accounts")),
        sa.ForeignKeyConstraint(["issued_by"], ["accounts.id"], name=op.f("fk_recovery_orders_issued_by_accounts")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_recovery_orders_office_code_offices")),
        sa.ForeignKeyConstraint(
            ["payee_id"], ["organisations.id"], name=op.f("fk_recovery_orders_payee_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_recovery_orders_number")),
    )
    op.create_index(op.f("ix_recovery_orders_cohort_id"), "recovery_orders", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_recovery_orders_due_on"), "recovery_orders", ["due_on"], unique=False)
    op.create_index(op.f("ix_recovery_orders_office_code"), "recovery_orders", ["office_code"], unique=False)
    op.create_index(op.f("ix_recovery_orders_payee_id"), "recovery_orders", ["payee_id"], unique=False)
    op.create_index(op.f("ix_recovery_orders_state"), "recovery_orders", ["state"], unique=False)
    op.create_table(
        "recovery_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "repayment", "set_off", "waiver", name="actkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("bearing_cohort_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed", "booked", "rejected", name="actstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_human", sa.String(), nullable=False),
        sa.Column("proposed_name", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_name", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'repayment') = (sha256 IS NOT NULL)", name=op.f("ck_recovery_acts_repayment_has_evidence")
        ),
        sa.CheckConstraint(
            "(kind = 'set_off') = (bearing_cohort_id IS NOT NULL)", name=op.f("ck_recovery_acts_set_off_has_bearer")
        ),
        sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name=op.f("ck_recovery_acts_decided_by")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_recovery_acts_amount")),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_recovery_acts_two_people")),
        sa.ForeignKeyConstraint(
            ["bearing_cohort_id"], ["cohorts.id"], name=op.f("fk_recovery_acts_bearing_cohort_id_cohorts")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_recovery_acts_decided_by_accounts")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["recovery_orders.id"], name=op.f("fk_recovery_acts_order_id_recovery_orders")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("fk_recovery_acts_proposed_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_acts")),
    )
    op.create_index(op.f("ix_recovery_acts_order_id"), "recovery_acts", ["order_id"], unique=False)
    op.create_index(
        "uq_recovery_acts_reference",
        "recovery_acts",
        ["reference"],
        unique=True,
        sqlite_where=sa.text("state <> 'rejected'"),
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_table(
        "recovery_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("due_id", sa.Integer(), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "drop_out",
                "no_certificate",
                "audit",
                "death",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_recovery_lines_amount")),
        sa.ForeignKeyConstraint(["due_id"], ["dues.id"], name=op.f("fk_recovery_lines_due_id_dues")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_recovery_lines_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["recovery_orders.id"], name=op.f("fk_recovery_lines_order_id_recovery_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_lines")),
        sa.UniqueConstraint("due_id", name=op.f("uq_recovery_lines_due_id")),
        sa.UniqueConstraint("order_id", "enrolment_id", name=op.f("uq_recovery_lines_order_id_enrolment_id")),
    )
    op.create_index(op.f("ix_recovery_lines_enrolment_id"), "recovery_lines", ["enrolment_id"], unique=False)


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("recovery_acts")
    op.drop_table("recovery_lines")
    op.drop_table("recovery_orders")
    op.drop_table("flags")
    _live_dues("enrolment_id", "kind")
    op.drop_column("dues", "period")
    allow("certificates", "kind", "certificatekind", _KINDS)
    allow("transfers", "code", "transfercode", _CODES)
