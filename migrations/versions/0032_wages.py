"""Keep people trained at work: filings without an institution, wages by month, and the scans that prove them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, guard, unguard

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_LIVE_MONTH = "kind = 'monthly' AND state <> 'cancelled'"
_BEFORE = (
    "scheme = 'special_skill' OR (enterprise_id IS NOT NULL AND target_level IS NOT NULL "
    "AND plan_hours_per_year IS NOT NULL)"
)
_APPRENTICES = (
    "scheme <> 'apprenticeship' OR (enterprise_id IS NOT NULL AND institution_id IS NOT NULL "
    "AND target_level IS NOT NULL AND plan_hours_per_year IS NOT NULL)"
)
_CHECKS = {
    "ck_cohorts_class_whole": "scheme <> 'special_skill' OR institution_id IS NOT NULL",
    "ck_cohorts_work_whole": "scheme <> 'work_as_training' OR enterprise_id IS NOT NULL",
}


def upgrade() -> None:
    """Loosen the filing, then create."""
    with op.batch_alter_table("cohorts") as batch:
        batch.alter_column("institution_id", existing_type=sa.Integer(), nullable=True)
        batch.drop_constraint(op.f("ck_cohorts_apprentices_whole"), type_="check")
        batch.create_check_constraint(op.f("ck_cohorts_apprentices_whole"), _APPRENTICES)
        for name, condition in _CHECKS.items():
            batch.create_check_constraint(op.f(name), condition)
    allow("roster_uploads", "kind", "uploadkind", ("roster", "results", "wages"))
    _create_proofs()
    _create_papers()
    guard("wage_proofs")
    op.create_index(
        "uq_dues_live_month",
        "dues",
        ["person_id", "scheme", "period"],
        unique=True,
        sqlite_where=sa.text(_LIVE_MONTH),
        postgresql_where=sa.text(_LIVE_MONTH),
    )


def _create_proofs() -> None:
    op.create_table(
        "wage_proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount > 0 OR (amount = 0 AND reason <> '')", name=op.f("ck_wage_proofs_struck_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_wage_proofs_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["roster_uploads.id"], name=op.f("fk_wage_proofs_upload_id_roster_uploads")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_wage_proofs_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wage_proofs")),
    )
    op.create_index("ix_wage_proofs_enrolment_id_month", "wage_proofs", ["enrolment_id", "month"])


def _create_papers() -> None:
    op.create_table(
        "wage_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_wage_papers_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_wage_papers_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wage_papers")),
        sa.UniqueConstraint("cohort_id", "month", "sha256", name=op.f("uq_wage_papers_cohort_id_month_sha256")),
    )


def downgrade() -> None:
    """Drop what came, and make the institution required again: without one a filing has none to keep."""
    op.drop_index("uq_dues_live_month", table_name="dues")
    op.drop_table("wage_papers")
    op.drop_table("wage_proofs")
    unguard("wage_proofs")
    op.execute(sa.text("DELETE FROM roster_uploads WHERE kind = 'wages'"))
    allow("roster_uploads", "kind", "uploadkind", ("roster", "results"))
    op.execute(sa.text("UPDATE cohorts SET institution_id = enterprise_id WHERE institution_id IS NULL"))
    op.execute(
        sa.text(
            "UPDATE cohorts SET target_level = 5, plan_hours_per_year = 0 "
            "WHERE scheme <> 'special_skill' AND target_level IS NULL"
        )
    )
    with op.batch_alter_table("cohorts") as batch:
        for name in _CHECKS:
            batch.drop_constraint(op.f(name), type_="check")
        batch.drop_constraint(op.f("ck_cohorts_apprentices_whole"), type_="check")
        batch.create_check_constraint(op.f("ck_cohorts_apprentices_whole"), _BEFORE)
        batch.alter_column("institution_id", existing_type=sa.Integer(), nullable=False)
