"""Create the tables of claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "not_accepted",
                "accepted",
                "checked",
                "reviewed",
                "approved",
                "in_notice",
                "cleared",
                "paying",
                "paid",
                "refused",
                "withdrawn",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("policy_code", sa.String(), nullable=True),
        sa.Column("policy_digest", sa.String(), nullable=True),
        sa.Column("entitlement", sa.BigInteger(), nullable=False),
        sa.Column("advance", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state = 'draft' OR policy_digest IS NOT NULL", name=op.f("ck_claims_submitted_has_policy")),
        sa.CheckConstraint("entitlement >= 0 AND advance >= 0", name=op.f("ck_claims_sums")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_claims_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_claims_created_by_accounts")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_claims_office_code_offices")),
        sa.ForeignKeyConstraint(["payee_id"], ["organisations.id"], name=op.f("fk_claims_payee_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("number", name=op.f("uq_claims_number")),
    )
    op.create_index(op.f("ix_claims_office_code"), "claims", ["office_code"], unique=False)
    op.create_index(op.f("ix_claims_payee_id"), "claims", ["payee_id"], unique=False)
    op.create_index(op.f("ix_claims_state"), "claims", ["state"], unique=False)
    op.create_index(
        "uq_claims_live_cohort",
        "claims",
        ["cohort_id"],
        unique=True,
        sqlite_where=sa.text("NOT state IN ('not_accepted', 'refused', 'withdrawn')"),
        postgresql_where=sa.text("NOT (state IN ('not_accepted', 'refused', 'withdrawn'))"),
    )
    op.create_table(
        "claim_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "eligible", "refused", "unknown", name="verdict", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("entitlement", sa.BigInteger(), nullable=False),
        sa.Column("advance", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "held",
                "approved",
                "refused",
                "in_notice",
                "objected",
                "cleared",
                "paying",
                "paid",
                "failed",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("frozen_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state NOT IN ('approved', 'in_notice', 'cleared', 'paying', 'paid')) OR verdict = 'eligible'",
            name=op.f("ck_claim_lines_only_eligible_go_on"),
        ),
        sa.CheckConstraint("(verdict = 'eligible') OR entitlement = 0", name=op.f("ck_claim_lines_only_eligible_earn")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_lines_claim_id_claims")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_claim_lines_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_claim_lines_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_lines")),
        sa.UniqueConstraint("claim_id", "enrolment_id", name=op.f("uq_claim_lines_claim_id_enrolment_id")),
    )
    op.create_index(op.f("ix_claim_lines_enrolment_id"), "claim_lines", ["enrolment_id"], unique=False)
    op.create_index(op.f("ix_claim_lines_person_id"), "claim_lines", ["person_id"], unique=False)
    op.create_index("ix_claim_lines_state", "claim_lines", ["state"], unique=False)
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("policy_code", sa.String(), nullable=False),
        sa.Column("policy_digest", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sources", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "eligible", "refused", "unknown", name="verdict", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("entitlement", sa.BigInteger(), nullable=False),
        sa.Column("advance", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["claim_lines.id"], name=op.f("fk_assessments_line_id_claim_lines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_line_id"), "assessments", ["line_id"], unique=False)
    op.create_table(
        "claim_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_steps_claim_id_claims")),
        sa.ForeignKeyConstraint(["line_id"], ["claim_lines.id"], name=op.f("fk_claim_steps_line_id_claim_lines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_steps")),
    )
    op.create_index(op.f("ix_claim_steps_claim_id"), "claim_steps", ["claim_id"], unique=False)
    op.create_index(op.f("ix_claim_steps_line_id"), "claim_steps", ["line_id"], unique=False)
    guard("assessments")
    guard("claim_steps")


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("claim_steps")
    op.drop_table("assessments")
    op.drop_table("claim_lines")
    op.drop_table("claims")
    unguard("assessments")
    unguard("claim_steps")
