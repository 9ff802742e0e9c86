"""Runs the numbered migrations on the application's own engine, one transaction each."""

from __future__ import annotations

from alembic import context
from flask import current_app

from trainingadmin.plumbing.database import Base, db


def run() -> None:
    """Upgrade or downgrade as the command asks."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transactional_ddl=True,
            transaction_per_migration=True,
            compare_type=True,
            render_as_batch=False,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
