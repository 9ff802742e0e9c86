"""Rows that come straight from the driver are those the session would give: values, order, transaction, errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, bindparam, event, func, literal_column, select
from sqlalchemy.exc import DBAPIError

from tests.factories import Office
from trainingadmin.people.models import Account, AccountRole, Organisation, Person
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import driver, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.journal import JournalEntry
from trainingadmin.plumbing.membership import among, ids_named

TIMES = 3  # unknown, prepared, ready

STATEMENTS: list[Select[*tuple[Any, ...]]] = [
    select(Organisation.id, Organisation.name, Organisation.kind, Organisation.payee_bank).order_by(Organisation.id),
    select(Account.id, Account.name, Account.active, AccountRole.role)
    .join(AccountRole, AccountRole.account_id == Account.id)
    .order_by(Account.id, AccountRole.role),
    select(Person.id, Person.name, Person.id_number).order_by(Person.id),
    select(JournalEntry.id, JournalEntry.at, JournalEntry.detail, JournalEntry.verb).order_by(JournalEntry.id),
    select(Organisation.id, Account.id, func.count()).join(Account).group_by(Organisation.id, Account.id),
    select(Organisation.kind).where(Organisation.kind.in_([*OrganisationKind])).order_by(Organisation.id),
    select(Organisation.name).where(Organisation.name.contains("100%", autoescape=True)),
    select(func.count()).select_from(Organisation),
    select(Organisation.id).where(Organisation.id.in_([])),
    select(Organisation.id).order_by(Organisation.id).limit(2).offset(1),
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=range(len(STATEMENTS)))
def test_rows_are_those_of_the_session(app: Flask, office: Office, statement: Select[*tuple[Any, ...]]) -> None:
    with transaction.unit(reads=True):
        expected = db.session.connection().execute(statement).all()
        for _ in range(TIMES):
            found = driver.rows(statement)
            assert [tuple(row) for row in found] == [tuple(row) for row in expected]
            assert [[*map(type, row)] for row in found] == [[*map(type, row)] for row in expected]
            if expected:
                assert found[0]._fields == expected[0]._fields


def test_what_is_asked_is_filled_in_at_each_call(app: Flask, office: Office) -> None:
    statement = select(Account.login, Account.id).where(
        Account.login == bindparam("login"), Account.created_at < bindparam("until")
    )
    with transaction.unit(reads=True):
        now = datetime.now(UTC)
        for login in ("shouli", "chushen", "shouli", "nobody"):
            expected = db.session.execute(statement, {"login": login, "until": now}).all()
            assert [tuple(row) for row in driver.rows(statement, login=login, until=now)] == [
                tuple(e) for e in expected
            ]


def test_ids_that_are_named_are_given_at_each_call(app: Flask, office: Office) -> None:
    statement = select(Account.id).where(among(Account.id, ids_named("accounts"))).order_by(Account.id)
    with transaction.unit(reads=True):
        every = list(db.session.scalars(select(Account.id).order_by(Account.id)))
        for some in (every, every[:2], [], [0], every[1:]):
            assert [row.id for row in driver.rows(statement, accounts=some)] == [id_ for id_ in some if id_]


def test_it_sees_what_its_own_transaction_did_and_forgets_with_it(app: Flask, office: Office) -> None:
    statement = select(func.count()).select_from(Account)
    with transaction.unit(reads=True):
        before = [driver.scalar(statement) for _ in range(TIMES)]
    with transaction.unit():
        office.add("another", [])
        db.session.flush()
        assert driver.scalar(statement) == before[0] + 1
        db.session.rollback()
        assert driver.scalar(statement) == before[0]
    with transaction.unit(reads=True):
        assert driver.scalar(statement) == before[0]


def test_each_transaction_that_writes_has_a_connection_of_its_own(app: Flask, office: Office) -> None:
    statement = select(func.count()).select_from(Account)
    for _ in range(TIMES):
        with transaction.unit():
            driver.rows(statement)
            assert driver._asked()[0] is db.session.connection()


def test_what_counts_statements_counts_these(app: Flask, office: Office) -> None:
    statement: Select[*tuple[Any, ...]] = select(Organisation.id)
    counted: list[str] = []
    listener = lambda *told: counted.append(told[2])  # noqa: E731 - a counter of its own
    event.listen(db.engine, "before_cursor_execute", listener)
    with transaction.unit(reads=True):
        for _ in range(TIMES):
            driver.rows(statement)
    event.remove(db.engine, "before_cursor_execute", listener)
    assert sum("organisations" in told for told in counted) == TIMES


def test_an_error_is_the_sessions_and_hides_what_was_asked(app: Flask, office: Office) -> None:
    statement: Select[*tuple[Any, ...]] = select(literal_column("no_such_column")).where(
        Account.login == "513101199001011237"
    )
    for _ in range(TIMES):
        with pytest.raises(DBAPIError) as caught, transaction.unit(reads=True):
            driver.rows(statement)
        assert "513101199001011237" not in str(caught.value)
    with transaction.unit(reads=True):
        assert driver.scalar(select(func.count()).select_from(Account))


def test_statements_that_do_not_come_again_are_forgotten(app: Flask, office: Office) -> None:
    known = driver._Known()
    for at in range(driver.LIMIT + 10):
        known.look_up(f"statement {at}", db.engine.dialect)
    assert len(known.statements) == driver.LIMIT
