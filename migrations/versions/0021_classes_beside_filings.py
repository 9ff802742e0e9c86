"""Let a class of an institution be a cohort: what only apprentices have may be empty, and is whole where it is not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KIND = "ck_changes_changekind"
_BEFORE = "'leave', 'extension', 'mentor', 'replace'"
_OF_CLASSES = "'teacher', 'place', 'session', 'suspension', 'resumption'"
_COHORT = (
    "scheme = 'special_skill' OR (enterprise_id IS NOT NULL AND target_level IS NOT NULL "
    "AND plan_hours_per_year IS NOT NULL)"
)
_ENROLMENT = "(contract_from IS NULL) = (contract_to IS NULL) AND (contract_from IS NULL) = (target_level IS NULL)"
_DETAILS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Loosen columns, tighten them again by checks."""
    _nullable(True)
    with op.batch_alter_table("cohorts") as batch:
        batch.create_check_constraint(op.f("ck_cohorts_apprentices_whole"), _COHORT)
    op.add_column("enrolments", sa.Column("prior_training", sa.String(), nullable=False, server_default=""))
    op.add_column("enrolments", sa.Column("card_number", sa.Text(), nullable=True))
    with op.batch_alter_table("enrolments") as batch:
        batch.alter_column("prior_training", existing_type=sa.String(), server_default=None)
        batch.create_check_constraint(op.f("ck_enrolments_apprentice_whole"), _ENROLMENT)
    op.add_column("changes", sa.Column("details", _DETAILS, nullable=False, server_default="{}"))
    _kinds(f"{_BEFORE}, {_OF_CLASSES}")


def downgrade() -> None:
    """Make the columns required again: a class is then read as a filing of its institution, at the lowest level."""
    op.execute(sa.text(f"DELETE FROM changes WHERE kind IN ({_OF_CLASSES})"))  # noqa: S608 - a constant
    _kinds(_BEFORE, without="details")
    with op.batch_alter_table("enrolments") as batch:
        batch.drop_constraint(op.f("ck_enrolments_apprentice_whole"), type_="check")
        batch.drop_column("card_number")
        batch.drop_column("prior_training")
    with op.batch_alter_table("cohorts") as batch:
        batch.drop_constraint(op.f("ck_cohorts_apprentices_whole"), type_="check")
    op.execute(
        sa.text(
            "UPDATE cohorts SET enterprise_id = COALESCE(enterprise_id, institution_id), target_level = 5, "
            "plan_hours_per_year = 0 WHERE target_level IS NULL"
        )
    )
    op.execute(
        sa.text(
            "UPDATE enrolments SET contract_from = starts_on, contract_to = ends_on, target_level = 5 "
            "WHERE target_level IS NULL"
        )
    )
    _nullable(False)


def _nullable(allowed: bool) -> None:
    with op.batch_alter_table("cohorts") as batch:
        for name in ("enterprise_id", "target_level", "plan_hours_per_year"):
            batch.alter_column(name, existing_type=sa.Integer(), nullable=allowed)
    with op.batch_alter_table("enrolments") as batch:
        for name in ("contract_from", "contract_to"):
            batch.alter_column(name, existing_type=sa.Date(), nullable=allowed)
        batch.alter_column("target_level", existing_type=sa.Integer(), nullable=allowed)


def _kinds(allowed: str, without: str = "") -> None:
    with op.batch_alter_table("changes") as batch:
        batch.drop_constraint(op.f(_KIND), type_="check")
        batch.create_check_constraint(op.f(_KIND), f"kind IN ({allowed})")
        if without:
            batch.drop_column(without)
        else:
            batch.alter_column("details", existing_type=_DETAILS, server_default=None)
