"""On PostgreSQL a transaction that only reads ends so that what the driver prepared serves the next one too."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from tests.factories import Office
from trainingadmin.people.models import FailedAttempt, Organisation
from trainingadmin.plumbing import clock, driver, transaction
from trainingadmin.plumbing.database import db

ENOUGH = 8
"""Times after which the driver has prepared a statement."""

PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%organisations%'"


@pytest.fixture(autouse=True)
def postgresql(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("a rule of PostgreSQL")


def count() -> int:
    return int(driver.scalar(select(func.count(Organisation.id))))


def attempts() -> int:
    return int(driver.scalar(select(func.count(FailedAttempt.id))))


def read(times: int = ENOUGH) -> None:
    for _ in range(times):
        with transaction.unit(reads=True):
            count()


def test_what_was_prepared_outlives_transactions_that_read(office: Office) -> None:
    read()
    with transaction.unit(reads=True):
        assert db.session.scalar(text(PREPARED)) == 1


def test_what_was_prepared_goes_with_a_transaction_that_might_have_changed_tables(office: Office) -> None:
    read()
    with transaction.unit():
        count()
        db.session.rollback()
        assert db.session.scalar(text(PREPARED)) == 0


def test_reads_are_refused_to_write_and_writes_are_not(office: Office) -> None:
    rename = text("UPDATE organisations SET name = name")
    for _ in range(2):
        with pytest.raises(DBAPIError, match="read-only"), transaction.unit(reads=True):
            db.session.execute(rename)
        with transaction.unit():
            db.session.execute(rename)


def test_what_was_added_to_a_session_that_reads_is_not_kept(office: Office) -> None:
    with transaction.unit(reads=True):
        before = attempts()
        db.session.add(FailedAttempt(subject="x", at=clock.now()))
    with transaction.unit(reads=True):
        assert attempts() == before


def read_while_the_connection_breaks(asked_again: bool) -> None:
    with transaction.unit(reads=True):
        own = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        if asked_again:
            count()


@pytest.mark.parametrize("asked_again", [True, False])
def test_a_connection_that_broke_under_a_read_fails_it_and_is_let_go_of(office: Office, asked_again: bool) -> None:
    with pytest.raises(DBAPIError):
        read_while_the_connection_breaks(asked_again)
    with transaction.unit(reads=True):
        assert count() > 0
