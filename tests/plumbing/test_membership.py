"""Rows are asked for by many ids at once: those and no others, and the database looks them up instead of reading everything."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.factories import Office
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing import driver, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.membership import among, ids_named


@pytest.fixture
def ids(app: Flask, office: Office) -> list[int]:
    with transaction.unit(reads=True):
        return list(db.session.scalars(select(Organisation.id).order_by(Organisation.id)))


def asked(condition: object) -> list[int]:
    return list(db.session.scalars(select(Organisation.id).where(condition).order_by(Organisation.id)))  # type: ignore[arg-type]


def test_those_and_no_others_are_found(ids: list[int]) -> None:
    with transaction.unit(reads=True):
        assert asked(among(Organisation.id, [ids[1], ids[0], ids[1], -1])) == ids[:2]
        assert asked(among(Organisation.id, [])) == []
        assert asked(among(Organisation.id, ids) & ~among(Organisation.id, ids[:1])) == ids[1:]
        assert asked(among(Organisation.id, ids[:1]) | among(Organisation.id, ids[-1:])) == [ids[0], ids[-1]]


def test_the_ids_may_be_told_when_it_is_asked(ids: list[int]) -> None:
    statement = select(Organisation.id).where(among(Organisation.id, ids_named("ids"))).order_by(Organisation.id)
    with transaction.unit(reads=True):
        for wanted in (ids[:1], ids, [], ids[1:]):
            assert [row.id for row in driver.rows(statement, ids=wanted)] == wanted


def test_sqlite_looks_each_up(ids: list[int]) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL compares with an array, by index")
    compiled = select(Organisation.name).where(among(Organisation.id, ids)).compile(db.engine)
    with transaction.unit(reads=True):
        plan = db.session.execute(text("EXPLAIN QUERY PLAN " + str(compiled).replace("?", "'[1]'"))).all()
    assert any("SEARCH organisations USING INTEGER PRIMARY KEY" in row[3] for row in plan), plan
