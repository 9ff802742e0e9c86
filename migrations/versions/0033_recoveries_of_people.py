"""Let orders ask people for their own money back, and keep why a death found by a list asked for none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, unguard

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_ONE = "(payee_id IS NULL) <> (person_id IS NULL)"
_OWN = "(person_id IS NULL) = (claim_line_id IS NULL) AND (cohort_id IS NOT NULL OR claim_line_id IS NOT NULL)"


def upgrade() -> None:
    """Loosen, telling what stood in the filing until now, then create."""
    for name in ("about", "title"):
        op.add_column("recovery_orders", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE recovery_orders SET about = (SELECT number FROM cohorts WHERE cohorts.id = recovery_orders.cohort_id), "
        "title = (SELECT title FROM cohorts WHERE cohorts.id = recovery_orders.cohort_id)"
    )
    with op.batch_alter_table("recovery_orders") as batch:
        batch.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("claim_line_id", sa.Integer(), nullable=True))
        for name in ("cohort_id", "payee_id"):
            batch.alter_column(name, existing_type=sa.Integer(), nullable=True)
        for name in ("about", "title"):
            batch.alter_column(name, existing_type=sa.String(), server_default=None)
        batch.create_foreign_key(op.f("fk_recovery_orders_person_id_persons"), "persons", ["person_id"], ["id"])
        batch.create_foreign_key(
            op.f("fk_recovery_orders_claim_line_id_claim_lines"), "claim_lines", ["claim_line_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_recovery_orders_one_payee"), _ONE)
        batch.create_check_constraint(op.f("ck_recovery_orders_one_origin"), _OWN)
    op.create_index(op.f("ix_recovery_orders_person_id"), "recovery_orders", ["person_id"])
    op.create_index(op.f("ix_recovery_orders_claim_line_id"), "recovery_orders", ["claim_line_id"])
    _loosen_lines()
    _create_dismissals()


def _loosen_lines() -> None:
    for name in ("person_id", "position"):
        op.add_column("recovery_lines", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        op.execute(
            f"UPDATE recovery_lines SET {name} = "  # noqa: S608
            f"(SELECT {name} FROM enrolments WHERE enrolments.id = recovery_lines.enrolment_id)"
        )
    with op.batch_alter_table("recovery_lines") as batch:
        batch.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=True)
        for name in ("person_id", "position"):
            batch.alter_column(name, existing_type=sa.Integer(), server_default=None)
        batch.drop_constraint(op.f("uq_recovery_lines_order_id_enrolment_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_recovery_lines_order_id_person_id"), ["order_id", "person_id"])
        batch.create_foreign_key(op.f("fk_recovery_lines_person_id_persons"), "persons", ["person_id"], ["id"])
    op.create_index(op.f("ix_recovery_lines_person_id"), "recovery_lines", ["person_id"])


def _create_dismissals() -> None:
    op.create_table(
        "recovery_dismissals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_dismissals_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_recovery_dismissals_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["row_id"], ["register_rows.id"], name=op.f("fk_recovery_dismissals_row_id_register_rows")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_dismissals")),
    )
    op.create_index(op.f("ix_recovery_dismissals_person_id"), "recovery_dismissals", ["person_id"])
    guard("recovery_dismissals")


def downgrade() -> None:
    """Take away; refused while somebody was asked for their own money, for the tables before cannot say so."""
    asked = op.get_bind().execute(sa.text("SELECT 1 FROM recovery_orders WHERE payee_id IS NULL LIMIT 1")).first()
    if asked is not None:
        raise RuntimeError("people were asked for their own money back: there is no going back behind 0033")
    op.drop_table("recovery_dismissals")
    unguard("recovery_dismissals")
    op.drop_index(op.f("ix_recovery_lines_person_id"), "recovery_lines")
    with op.batch_alter_table("recovery_lines") as batch:
        batch.drop_constraint(op.f("fk_recovery_lines_person_id_persons"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_recovery_lines_order_id_person_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_recovery_lines_order_id_enrolment_id"), ["order_id", "enrolment_id"])
        batch.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=False)
        for name in ("person_id", "position"):
            batch.drop_column(name)
    for name in ("claim_line_id", "person_id"):
        op.drop_index(op.f(f"ix_recovery_orders_{name}"), "recovery_orders")
    with op.batch_alter_table("recovery_orders") as batch:
        for name in ("one_origin", "one_payee"):
            batch.drop_constraint(op.f(f"ck_recovery_orders_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_recovery_orders_claim_line_id_claim_lines"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_recovery_orders_person_id_persons"), type_="foreignkey")
        for name in ("person_id", "claim_line_id", "about", "title"):
            batch.drop_column(name)
        for name in ("cohort_id", "payee_id"):
            batch.alter_column(name, existing_type=sa.Integer(), nullable=False)
