"""Stored versions: which one binds on a day, found by digest for ever, never overlapping, never changed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from trainingadmin import schemes
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies import golden, queries, seeding
from trainingadmin.policies.models import GoldenCase, PolicyVersion
from trainingadmin.schemes import SCHEMES, BadFact

SCHEME = "apprenticeship"
DAY = timedelta(days=1)


def entry(valid_from: date, valid_to: date | None, *, code: str, scheme: str = SCHEME) -> PolicyVersion:
    """A row whose content nobody reads."""
    return PolicyVersion(
        scheme=scheme, code=code, valid_from=valid_from, valid_to=valid_to, document="文号", content="{}",
        digest=f"{scheme}-{code}",
    )  # fmt: skip


def test_every_shipped_version_is_stored_whole_and_is_found_by_its_digest(app: Flask) -> None:
    with transaction.unit(reads=True):
        for scheme in SCHEMES:
            stored = queries.versions(scheme)
            assert [one.digest for one in stored] == [one.digest for one in schemes.versions(scheme)]
            for version in schemes.versions(scheme):
                found = queries.by_digest(version.digest)
                assert found is not None
                assert found.to_json() == version.to_json()
        assert queries.by_digest("0" * 64) is None


def test_seeding_again_changes_nothing(app: Flask) -> None:
    with transaction.unit():
        assert seeding.seed() == 0


def test_what_was_never_stored_is_read_from_the_seed(app: Flask) -> None:
    with transaction.unit():
        for guard in ("policy_versions_no_delete", "golden_cases_no_delete"):
            if db.engine.dialect.name == "sqlite":
                db.session.connection().exec_driver_sql(f"DROP TRIGGER {guard}")
            else:
                table = guard.removesuffix("_no_delete")
                db.session.connection().exec_driver_sql(f"DROP TRIGGER {table}_no_change ON {table}")
        db.session.execute(delete(PolicyVersion))
        db.session.execute(delete(GoldenCase))
        version = queries.in_force(SCHEME, date(2021, 6, 8))
        assert version.code == "NAT-2021"
        assert queries.by_digest(version.digest) is version
        assert seeding.seed() == sum(len(schemes.versions(s)) + len(golden.shipped(s)) for s in SCHEMES)


def test_a_day_is_bound_by_the_version_that_covers_it(app: Flask) -> None:
    with transaction.unit(reads=True):
        last, first = queries.in_force(SCHEME, date(2021, 6, 7)), queries.in_force(SCHEME, date(2021, 6, 8))
    assert (last.code, first.code) == ("YA-2020", "NAT-2021")


def test_before_the_first_version_nothing_binds(app: Flask) -> None:
    with transaction.unit(reads=True), pytest.raises(BadFact, match="no-policy"):
        queries.in_force(SCHEME, date(2019, 12, 31))


def test_the_end_of_the_last_version_can_be_closed_once(app: Flask) -> None:
    close = update(PolicyVersion).where(PolicyVersion.code == "NAT-2021", PolicyVersion.scheme == SCHEME)
    with transaction.unit():
        db.session.execute(close.values(valid_to=date(2025, 12, 31)))
    with transaction.unit(reads=True), pytest.raises(BadFact, match="no-policy"):
        queries.in_force(SCHEME, date(2026, 1, 1))
    with pytest.raises(DBAPIError, match="open end"), transaction.unit():
        db.session.execute(close.values(valid_to=None))


@pytest.mark.parametrize(
    "changed",
    [{"content": "{}"}, {"digest": "other"}, {"valid_from": date(2000, 1, 1)}, {"document": "他"}, {"code": "other"}],
)
def test_the_database_refuses_to_change_a_version(app: Flask, changed: dict[str, Any]) -> None:
    with pytest.raises(DBAPIError, match="open end"), transaction.unit():
        db.session.execute(update(PolicyVersion).where(PolicyVersion.code == "NAT-2021").values(**changed))


def test_the_database_refuses_to_delete_a_version(app: Flask) -> None:
    with pytest.raises(DBAPIError, match="open end"), transaction.unit():
        db.session.execute(delete(PolicyVersion))


@pytest.mark.parametrize(
    ("valid_from", "valid_to"),
    [
        (date(2021, 6, 8), date(2021, 6, 8)),
        (date(2019, 1, 1), date(2020, 1, 1)),
        (date(2030, 1, 1), None),
        (date(2000, 1, 1), None),
    ],
)
def test_the_database_refuses_an_overlap(app: Flask, valid_from: date, valid_to: date | None) -> None:
    with pytest.raises(DBAPIError, match="overlap"), transaction.unit():
        db.session.add(entry(valid_from, valid_to, code="X"))


def test_versions_may_touch_and_schemes_do_not_meet(app: Flask) -> None:
    with transaction.unit():
        db.session.add(entry(date(2019, 1, 1), date(2019, 12, 31), code="X"))
        db.session.add(entry(date(2019, 6, 1), date(2019, 12, 31), code="X", scheme="special_skill"))
        db.session.flush()


periods = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 12)))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(periods, max_size=6))
def test_whatever_is_stored_no_day_is_bound_twice(app: Flask, told: list[tuple[int, int | None]]) -> None:
    kept: list[tuple[date, date]] = []
    try:
        with transaction.unit():
            for number, (start, length) in enumerate(told):
                first = date(1990, 1, 1) + start * DAY
                last = None if length is None else first + length * DAY
                free = all((last is not None and last < low) or high < first for low, high in kept)
                row = entry(first, last, code=f"H{number}", scheme="hypothetical")
                try:
                    with db.session.begin_nested():
                        db.session.add(row)
                except DBAPIError:
                    assert not free
                else:
                    assert free
                    kept.append((first, last or date.max))
            for day in range(-1, 60):
                on = date(1990, 1, 1) + day * DAY
                bound = select(PolicyVersion.id).where(
                    PolicyVersion.scheme == "hypothetical",
                    PolicyVersion.valid_from <= on,
                    (PolicyVersion.valid_to.is_(None)) | (PolicyVersion.valid_to >= on),
                )
                assert len(db.session.scalars(bound).all()) <= 1
            raise Undone
    except Undone:
        pass


class Undone(Exception):
    """Takes back what one example wrote."""
