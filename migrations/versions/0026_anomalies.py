"""Create the tables of anomalies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_KINDS = (
    "two-places",
    "teacher-two-places",
    "after-death",
    "during-shift",
    "other-group",
    "outside-hours",
    "identical-seconds",
    "all-perfect",
    "copied-roster",
    "many-certificates",
    "insurance-churn",
)
_GUARDED = ("anomaly_steps", "anomaly_limits")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create, parents first."""
    op.create_table(
        "anomalies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("anomalykind", *_KINDS), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("evidence", _json(), nullable=False),
        sa.Column("state", _choice("anomalystate", "open", "cleared", "confirmed", "referred"), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_anomalies_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_anomalies_office_code_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomalies")),
        sa.UniqueConstraint("key", name=op.f("uq_anomalies_key")),
    )
    for column in ("cohort_id", "office_code", "state"):
        op.create_index(op.f(f"ix_anomalies_{column}"), "anomalies", [column], unique=False)
    _create_people()
    _create_steps()
    _create_limits()
    for table in _GUARDED:
        guard(table)


def _create_people() -> None:
    op.create_table(
        "anomaly_people",
        sa.Column("anomaly_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["anomaly_id"], ["anomalies.id"], name=op.f("fk_anomaly_people_anomaly_id_anomalies")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_anomaly_people_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_anomaly_people_person_id_persons")),
        sa.PrimaryKeyConstraint("anomaly_id", "enrolment_id", name=op.f("pk_anomaly_people")),
    )
    op.create_index(op.f("ix_anomaly_people_person_id"), "anomaly_people", ["person_id"], unique=False)


def _create_steps() -> None:
    op.create_table(
        "anomaly_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("anomaly_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_anomaly_steps_account_id_accounts")),
        sa.ForeignKeyConstraint(["anomaly_id"], ["anomalies.id"], name=op.f("fk_anomaly_steps_anomaly_id_anomalies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly_steps")),
    )
    op.create_index(op.f("ix_anomaly_steps_anomaly_id"), "anomaly_steps", ["anomaly_id"], unique=False)


def _create_limits() -> None:
    op.create_table(
        "anomaly_limits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("limits", _json(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_anomaly_limits_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly_limits")),
    )
    op.create_table(
        "anomaly_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly_searches")),
    )


def downgrade() -> None:
    """Drop, children first."""
    for table in ("anomaly_searches", "anomaly_limits", "anomaly_steps", "anomaly_people", "anomalies"):
        op.drop_table(table)
    for table in _GUARDED:
        unguard(table)
