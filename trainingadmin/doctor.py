"""Looks for what would keep the application from working, each problem with its remedy."""

from __future__ import annotations

from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from trainingadmin.plumbing import clock, database, queue, revisions, secrets, signing, storage, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies.queries import calendar
from trainingadmin.settings import ROOT, Settings, SettingsError

_PROBE = b"trainingadmin doctor"


def of_keys() -> list[str]:
    """Keys and signing certificate."""
    settings: Settings = current_app.config["SETTINGS"]
    problems = []
    try:
        secrets.current().keys  # noqa: B018 - reading them is the examination
    except SettingsError as error:
        problems.append(str(error))
    try:
        signing.open_signer(settings.signer, create=settings.demo)
    except signing.SigningProblem as error:
        problems.append(str(error))
    return problems


def of_sign_in() -> list[str]:
    """The second factor: outside a demo staff need one, and each should have set it up."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.demo or settings.second_factor:
        return []
    return ["Staff sign in by password alone. Remove TRAININGADMIN_SECOND_FACTOR=optional from the environment."]


def of_database() -> list[str]:
    """Connection, migrations, guards of append-only tables, counts of changes, the calendar of this year and next."""
    try:
        with transaction.unit(reads=True):
            return [*_migrations(), *_guards(), *_counts(), *_calendar()]
    except SQLAlchemyError as error:
        return [f"The database does not answer ({type(error).__name__}). Check DATABASE_URL."]


def _migrations() -> list[str]:
    wanted = (ROOT / "migrations" / "head").read_text().strip()
    found = MigrationContext.configure(db.session.connection()).get_current_revision()
    return (
        []
        if found == wanted
        else [f"The database is at migration {found}, the code at {wanted}. Run: flask --app wsgi db upgrade"]
    )


def _guards() -> list[str]:
    return [
        f"Table {table} can be changed or deleted from: its guard is missing. Run: flask --app wsgi db upgrade"
        for table in database.tables_without_guard()
    ]


def _counts() -> list[str]:
    return [
        f"Changes of table {table} are not counted, so that pages may show what was true before: its trigger is missing."
        " Run: flask --app wsgi db downgrade 0039, then flask --app wsgi db upgrade"
        for table in revisions.uncounted()
    ]


def _calendar() -> list[str]:
    today = clock.today()
    wanted = {today.year, today.year + 1} if today.month >= 11 else {today.year}
    return [
        f"The holiday calendar for {year} is missing: notices and deadlines that reach into it are refused."
        for year in sorted(wanted - calendar().years)
    ]


def of_queue() -> list[str]:
    """Redis: documents wait without it, nothing is lost."""
    settings: Settings = current_app.config["SETTINGS"]
    return (
        []
        if queue.doorbell().depth() is not None
        else [f"No answer from {settings.redis_url}: documents are made once it is back."]
    )


def of_storage() -> list[str]:
    """The store takes and gives back a file."""
    try:
        storage.store().read(storage.store().keep(_PROBE))
    except (OSError, storage.StorageError) as error:
        return [f"The store cannot be used ({error}). Check STORAGE_URL."]
    return []
