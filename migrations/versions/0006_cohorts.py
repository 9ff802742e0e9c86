"""Create the tables of cohorts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create."""
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column("occupation_codes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("target_level", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("plan_hours_per_year", sa.Integer(), nullable=False),
        sa.Column("mentors", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("advance_percent", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "accepted",
                "approved",
                "refused",
                "withdrawn",
                "completed",
                name="cohortstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("policy_code", sa.String(), nullable=True),
        sa.Column("policy_digest", sa.String(), nullable=True),
        sa.Column("policy", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("planned", sa.BigInteger(), nullable=True),
        sa.Column("advance", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state NOT IN ('approved', 'completed')) OR policy_digest IS NOT NULL",
            name=op.f("ck_cohorts_approved_has_policy"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_cohorts_period")),
        sa.CheckConstraint("target_level BETWEEN 1 AND 5", name=op.f("ck_cohorts_level")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_cohorts_created_by_accounts")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["organisations.id"], name=op.f("fk_cohorts_enterprise_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["organisations.id"], name=op.f("fk_cohorts_institution_id_organisations")
        ),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_cohorts_office_code_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("number", name=op.f("uq_cohorts_number")),
    )
    op.create_index(op.f("ix_cohorts_enterprise_id"), "cohorts", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_cohorts_institution_id"), "cohorts", ["institution_id"], unique=False)
    op.create_index(op.f("ix_cohorts_office_code"), "cohorts", ["office_code"], unique=False)
    op.create_index(op.f("ix_cohorts_state"), "cohorts", ["state"], unique=False)
    op.create_table(
        "cohort_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "accepted",
                "approved",
                "refused",
                "withdrawn",
                "completed",
                name="cohortstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_steps_cohort_id_cohorts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_steps")),
    )
    op.create_index(op.f("ix_cohort_steps_cohort_id"), "cohort_steps", ["cohort_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "training_agreement",
                "cooperation_agreement",
                "commitment",
                "other",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_documents_account_id_accounts")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_documents_cohort_id_cohorts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("cohort_id", "kind", "sha256", name=op.f("uq_documents_cohort_id_kind_sha256")),
    )
    op.create_index(op.f("ix_documents_cohort_id"), "documents", ["cohort_id"], unique=False)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("education", sa.String(), nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=False),
        sa.Column("contract_to", sa.Date(), nullable=False),
        sa.Column("insured_unit", sa.String(), nullable=False),
        sa.Column("insured_since", sa.String(), nullable=False),
        sa.Column("occupation_code", sa.String(), nullable=False),
        sa.Column("occupation", sa.String(), nullable=False),
        sa.Column("target_level", sa.Integer(), nullable=False),
        sa.Column("prior_level", sa.Integer(), nullable=True),
        sa.Column("prior_certificate", sa.String(), nullable=False),
        sa.Column("mentor", sa.String(), nullable=False),
        sa.Column("teacher", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("filed_months", sa.Integer(), nullable=False),
        sa.Column("extended_months", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("shift_group", sa.String(), nullable=False),
        sa.Column("retirement_class", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "left", name="enrolmentstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("planned", sa.BigInteger(), nullable=True),
        sa.Column("advance", sa.BigInteger(), nullable=True),
        sa.Column("advance_paid", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("target_level BETWEEN 1 AND 5", name=op.f("ck_enrolments_level")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_enrolments_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_enrolments_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_enrolments_cohort_id_person_id")),
    )
    op.create_index("ix_enrolments_cohort_id_position", "enrolments", ["cohort_id", "position"], unique=False)
    op.create_index(op.f("ix_enrolments_person_id"), "enrolments", ["person_id"], unique=False)
    op.create_table(
        "roster_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("roster", "results", name="uploadkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("annotated_sha256", sa.String(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_roster_uploads_account_id_accounts")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_roster_uploads_cohort_id_cohorts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_uploads")),
    )
    op.create_index(op.f("ix_roster_uploads_cohort_id"), "roster_uploads", ["cohort_id"], unique=False)
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "leave", "extension", "mentor", name="changekind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("mentor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "approved",
                "refused",
                name="changestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_changes_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_changes_decided_by_accounts")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_changes_enrolment_id_enrolments")),
        sa.ForeignKeyConstraint(["requested_by"], ["accounts.id"], name=op.f("fk_changes_requested_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_cohort_id"), "changes", ["cohort_id"], unique=False)
    op.create_table(
        "results",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("passed", "failed", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("certificate_number", sa.String(), nullable=True),
        sa.Column("occupation", sa.String(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.Column("verified_source", sa.String(), nullable=False),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'passed') = (certificate_number IS NOT NULL)", name=op.f("ck_results_passed_has_certificate")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_results_enrolment_id_enrolments")),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name=op.f("fk_results_entered_by_accounts")),
        sa.ForeignKeyConstraint(["verified_by"], ["accounts.id"], name=op.f("fk_results_verified_by_accounts")),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_results")),
    )
    op.create_index(op.f("ix_results_certificate_number"), "results", ["certificate_number"], unique=False)
    guard("cohort_steps")


def downgrade() -> None:
    """Drop, children first."""
    op.drop_table("results")
    op.drop_table("changes")
    op.drop_table("roster_uploads")
    op.drop_table("enrolments")
    op.drop_table("documents")
    op.drop_table("cohort_steps")
    op.drop_table("cohorts")
    unguard("cohort_steps")
