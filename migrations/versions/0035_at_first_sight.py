"""Keep the blind index of names beside them, and a mark of what the calendar of each year says."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add."""
    for table in ("persons", "register_rows"):
        op.add_column(table, sa.Column("name_index", sa.String(), nullable=False, server_default=""))
    op.add_column("holiday_years", sa.Column("revision", sa.String(), nullable=False, server_default=""))
    years = sa.table("holiday_years", sa.column("year", sa.Integer()), sa.column("revision", sa.String()))
    for year in op.get_bind().scalars(sa.select(years.c.year)).all():
        op.execute(years.update().where(years.c.year == year).values(revision=secrets.token_hex(8)))


def downgrade() -> None:
    """Take away."""
    op.drop_column("holiday_years", "revision")
    for table in ("register_rows", "persons"):
        op.drop_column(table, "name_index")
