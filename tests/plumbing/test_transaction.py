"""One transaction a request or a unit: reads cannot write, writes commit once, the doorbell rings after."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask, abort
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from trainingadmin.people.models import Office
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db

READ, WRITE = "/healthz", "/m/sign-in/code"


class Stop(Exception):
    pass


def write(code: str = "511899") -> None:
    db.session.add(Office(code=code, name="试验局"))
    db.session.flush()


def on_record(code: str = "511899") -> bool:
    """Whether another connection sees it: what is durable, not what this session remembers."""
    engine = create_engine(db.engine.url)
    with engine.connect() as other:
        found = other.scalar(text("SELECT count(*) FROM offices WHERE code = :code"), {"code": code})
    engine.dispose()
    return bool(found)


@pytest.fixture
def serve(app: Flask) -> Callable[[str, Callable[[], object]], int]:
    """Put a view behind GET /healthz or POST /m/sign-in/code, call it, and return the status."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def call(path: str, view: Callable[[], object]) -> int:
        def answer() -> str:
            view()
            return "done"

        app.view_functions["health.alive" if path == READ else "people.enter_code"] = answer
        client = app.test_client()
        return (client.get(path) if path == READ else client.post(path)).status_code

    return call


# Units ---------------------------------------------------------------------------------------------------------------


def test_a_unit_commits(app: Flask) -> None:
    with transaction.unit():
        write()
        assert not on_record()
    assert on_record()


def test_a_unit_that_raises_leaves_nothing(app: Flask) -> None:
    with suppress(Stop), transaction.unit():
        write()
        raise Stop
    assert not on_record()


def test_a_unit_forgets_what_was_left_open_before_it(app: Flask) -> None:
    write("511898")
    with transaction.unit():
        write()
    assert on_record()
    assert not on_record("511898")


def test_a_reading_unit_cannot_write(app: Flask) -> None:
    with pytest.raises(DBAPIError, match=r"read.?only"), transaction.unit(reads=True):
        write()
    assert not on_record()


def test_a_writing_unit_after_a_reading_one_can_write(app: Flask) -> None:
    with transaction.unit(reads=True):
        assert db.session.scalar(select(func.count()).select_from(Office)) == 0
    with transaction.unit():
        write()
    assert on_record()


# Before and after the commit ------------------------------------------------------------------------------------------


def test_work_before_the_commit_is_part_of_it_and_may_ask_for_more(app: Flask) -> None:
    with transaction.unit():
        transaction.before_commit(lambda: transaction.before_commit(write))
    assert on_record()


def test_work_after_the_commit_finds_it_durable(app: Flask) -> None:
    seen: list[bool] = []
    with transaction.unit():
        write()
        transaction.after_commit(lambda: seen.append(on_record()))
        assert seen == []
    assert seen == [True]


def test_nothing_is_told_of_what_was_rolled_back(app: Flask) -> None:
    told: list[str] = []
    with suppress(Stop), transaction.unit():
        transaction.before_commit(lambda: told.append("before"))
        transaction.after_commit(lambda: told.append("after"))
        raise Stop
    with transaction.unit():
        write()
    assert told == []


def test_work_is_told_once(app: Flask) -> None:
    told: list[str] = []
    with transaction.unit():
        transaction.after_commit(lambda: told.append("once"))
    with transaction.unit():
        write()
    assert told == ["once"]


# Requests -------------------------------------------------------------------------------------------------------------


def test_a_post_commits(serve: Callable[[str, Callable[[], object]], int]) -> None:
    assert serve(WRITE, write) == 200
    assert on_record()


def test_a_post_that_ends_in_an_error_leaves_nothing(serve: Callable[[str, Callable[[], object]], int]) -> None:
    def refused() -> object:
        write()
        abort(422)

    assert serve(WRITE, refused) == 422
    assert not on_record()


def test_a_post_that_breaks_leaves_nothing(serve: Callable[[str, Callable[[], object]], int]) -> None:
    def broken() -> object:
        write()
        raise Stop

    assert serve(WRITE, broken) == 500
    assert not on_record()


def test_a_get_that_writes_breaks_and_leaves_nothing(serve: Callable[[str, Callable[[], object]], int]) -> None:
    assert serve(READ, write) == 500
    assert not on_record()


def test_a_get_cannot_write_in_what_was_open_before_it(serve: Callable[[str, Callable[[], object]], int]) -> None:
    write("511898")
    assert serve(READ, write) == 500
    assert not on_record()


def test_a_post_after_a_get_can_write(serve: Callable[[str, Callable[[], object]], int]) -> None:
    assert serve(READ, lambda: db.session.scalar(select(func.count()).select_from(Office))) == 200
    assert serve(WRITE, write) == 200
    assert on_record()
