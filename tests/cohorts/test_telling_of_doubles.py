"""Migration 0042: one certificate, one person; where a number stands for two it names them and changes nothing."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from tests.claims import small
from tests.factories import Office
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db

INDEX = "ix_results_certificate_number"
BEFORE = "0041"
NUMBER = "S000051000001223777777"


def unique() -> bool:
    (index,) = [one for one in inspect(db.engine).get_indexes("results") if one["name"] == INDEX]
    return bool(index["unique"])


def give_all_the_same(number: str) -> None:
    with transaction.unit():
        db.session.execute(text("UPDATE results SET certificate_number = :number"), {"number": number})


def test_doubles_are_named_and_nothing_is_changed(app: Flask, office: Office, caplog: pytest.LogCaptureFixture) -> None:
    cohort = small.cohort_of(office, 2)
    number = cohort.number
    db.session.rollback()
    downgrade(revision=BEFORE)
    assert not unique()
    give_all_the_same(NUMBER)
    with caplog.at_level(logging.ERROR), pytest.raises(SystemExit):
        upgrade()
    assert f"{NUMBER}: filing {number}, no. 1" in caplog.text
    assert f"{NUMBER}: filing {number}, no. 2" in caplog.text
    assert not unique()


def test_where_there_are_none_it_goes_on(app: Flask, office: Office) -> None:
    small.cohort_of(office, 2)
    db.session.rollback()
    downgrade(revision=BEFORE)
    upgrade()
    assert unique()
