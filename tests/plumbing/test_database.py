"""The database's rules: durable writes, exact types, tables that only grow, and errors that say who can mend them."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from psycopg import errors
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound

from tests.factories import Office as Bureau
from trainingadmin.kernel.money import Money
from trainingadmin.people.models import FailedAttempt, Office, Organisation, Person
from trainingadmin.plumbing import bulk, clock, database, serials, transaction
from trainingadmin.plumbing.database import db

SOMEBODY = "某某某"
EAST = timezone(timedelta(hours=8))


def pragma(name: str) -> object:
    return db.session.scalar(text(f"PRAGMA {name}"))


@pytest.fixture
def sqlite(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a rule of SQLite")


@pytest.fixture
def postgresql(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("a rule of PostgreSQL")


# Engines ---------------------------------------------------------------------------------------------------------------


def test_sqlite_writes_durably_and_waits_for_its_turn(sqlite: None) -> None:
    kept = {name: pragma(name) for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    assert kept == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}


def test_postgresql_waits_three_seconds_for_a_lock_and_speaks_utc(postgresql: None) -> None:
    assert db.session.scalar(text("SHOW lock_timeout")) == "3s"
    assert db.session.scalar(text("SHOW timezone")) == "UTC"
    assert db.session.scalar(text("SHOW synchronous_commit")) == "on"


def test_no_update_is_lost_between_two_who_read_first(app: Flask) -> None:
    with transaction.unit():
        serials.take("race", "511824", 2022)

    def work() -> None:
        with app.app_context():
            for _ in range(25):
                with transaction.unit():
                    serials.take("race", "511824", 2022)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction.unit():
        assert serials.take("race", "511824", 2022) == range(102, 103)


def test_errors_in_logs_name_the_statement_and_nobody(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    insert = text("INSERT INTO offices (code, name, phone) VALUES (:code, :name, '')")
    rows = [{"code": "511899", "name": SOMEBODY}] * 2
    with pytest.raises(IntegrityError) as raised:
        db.session.execute(insert, rows)
    logging.getLogger("x").error("broken", exc_info=raised.value)
    assert SOMEBODY not in caplog.text
    assert "INSERT INTO offices" in caplog.text


# Types -----------------------------------------------------------------------------------------------------------------


def test_instants_are_kept_in_utc_whatever_zone_they_come_in(app: Flask) -> None:
    noon = datetime(2022, 5, 1, 12, 0, 0, 123456, tzinfo=EAST)
    with transaction.unit():
        db.session.add(FailedAttempt(subject="x", at=noon))
    found = db.session.scalars(select(FailedAttempt)).one().at
    assert (found, found.tzinfo) == (noon, UTC)


def test_a_naive_instant_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="time zone"), transaction.unit():
        db.session.add(FailedAttempt(subject="x", at=datetime(2022, 5, 1)))  # noqa: DTZ001 - the mistake


def test_money_is_kept_in_fen(app: Flask) -> None:
    fen = database.Fen()
    assert fen.process_bind_param(Money.yuan(8000), db.engine.dialect) == 800_000
    assert fen.process_result_value(800_000, db.engine.dialect) == Money.yuan(8000)
    assert fen.process_bind_param(None, db.engine.dialect) is None
    assert fen.process_result_value(None, db.engine.dialect) is None


def test_what_is_encrypted_is_not_in_the_column_and_comes_back(app: Flask, office: Bureau) -> None:
    raw = db.session.scalar(
        text("SELECT payee_account FROM organisations WHERE id = :id"), {"id": office.enterprise.id}
    )
    assert "6222" not in str(raw)
    assert db.session.get_one(Organisation, office.enterprise.id).payee_account == "6222020000000000017"
    assert db.session.scalar(select(Organisation.phone).where(Organisation.id == office.enterprise.id)) is None


def test_a_state_that_does_not_exist_is_refused_by_the_database(app: Flask, office: Bureau) -> None:
    with pytest.raises(IntegrityError), transaction.unit():
        db.session.execute(text("UPDATE organisations SET kind = 'club'"))


def test_rows_have_no_repr_that_could_reach_a_log(app: Flask) -> None:
    person = Person(
        id_number_index="i",
        id_number="511824198506010012",
        name="测试人",
        born_on=clock.today(),
        sex="男",
        created_at=clock.now(),
    )
    assert "测试人" not in repr(person)


# Tables that only grow -------------------------------------------------------------------------------------------------


def test_a_missing_guard_is_told(app: Flask) -> None:
    assert database.tables_without_guard() == []
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER journal_no_delete"))
    else:
        db.session.execute(text("ALTER TABLE journal DISABLE TRIGGER journal_no_change"))
    assert database.tables_without_guard() == ["journal"]
    db.session.rollback()
    assert database.tables_without_guard() == []


# Bulk ------------------------------------------------------------------------------------------------------------------


def test_bulk_rows_come_back_by_id_in_their_order(app: Flask) -> None:
    rows = [{"subject": f"s{number:04d}", "at": clock.now()} for number in range(2500)]
    with transaction.unit():
        ids = bulk.bulk_insert_ids(FailedAttempt, rows)
        bulk.bulk_insert(FailedAttempt, rows[:10], chunk=3)
    found = dict(db.session.execute(select(FailedAttempt.id, FailedAttempt.subject)).all())
    assert [found[id_] for id_ in ids] == [row["subject"] for row in rows]
    assert len(found) == 2510


def test_no_rows_are_no_statement(app: Flask) -> None:
    bulk.bulk_insert(FailedAttempt, [])
    assert bulk.bulk_insert_ids(FailedAttempt, []) == []


def test_ensuring_a_row_twice_keeps_the_first(app: Flask) -> None:
    with transaction.unit():
        for name in ("甲局", "乙局"):
            database.ensure(Office, code="511899", name=name, phone="")
    assert db.session.get_one(Office, "511899").name == "甲局"


def test_ids_are_cut_into_chunks() -> None:
    assert list(database.in_chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(database.in_chunks([], 2)) == []


def test_one_row_or_404(app: Flask, office: Bureau) -> None:
    assert database.one_or_404(select(Office).where(Office.code == "511824")).code == "511824"
    with pytest.raises(NotFound):
        database.one_or_404(select(Office).where(Office.code == "999999"))


# Errors ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cause",
    [errors.UniqueViolation(), errors.LockNotAvailable(), errors.DeadlockDetected(), errors.SerializationFailure(),
     Exception("database is locked"), Exception("UNIQUE constraint failed: offices.code")],
)  # fmt: skip
def test_somebody_was_faster(cause: Exception) -> None:
    assert database.somebody_was_faster(DBAPIError("INSERT", {}, cause))
    assert database.somebody_was_faster(StaleDataError())


@pytest.mark.parametrize("cause", [errors.NotNullViolation(), Exception("NOT NULL constraint failed: offices.name")])
def test_a_mistake_of_ours_is_not_blamed_on_others(cause: Exception) -> None:
    assert not database.somebody_was_faster(DBAPIError("INSERT", {}, cause))
    assert not database.somebody_was_faster(ValueError("database is locked"))
    assert not database.somebody_was_faster(None)


def test_a_taken_key_is_known_on_this_database(app: Flask) -> None:
    same = text("INSERT INTO offices (code, name, phone) VALUES ('511899', 'x', ''), ('511899', 'y', '')")
    with pytest.raises(IntegrityError) as raised, transaction.unit():
        db.session.execute(same)
    assert database.somebody_was_faster(raised.value)
    with pytest.raises(IntegrityError) as raised, transaction.unit():
        db.session.execute(text("INSERT INTO offices (code, phone) VALUES ('511899', '')"))
    assert not database.somebody_was_faster(raised.value)
