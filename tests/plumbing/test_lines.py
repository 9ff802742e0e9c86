"""Whoever reads asks on a line that rested since the last reader; driver and session see one moment on it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from flask import Flask, Response
from sqlalchemy import Select, create_engine, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError

from tests.factories import Office
from trainingadmin.people import models
from trainingadmin.plumbing import driver, lines, transaction
from trainingadmin.plumbing.database import db

COUNT = select(func.count()).select_from(models.Office)


def add_elsewhere(app: Flask) -> None:
    """Add an office on a connection of somebody else's."""
    engine = create_engine(db.engine.url)
    with engine.begin() as other:
        other.execute(text("INSERT INTO offices (code, name, phone) VALUES ('511898', '别局', '')"))
    engine.dispose()


def resting() -> list[lines.Line]:
    return lines._resting(db.engine)


def read() -> int:
    with transaction.unit(reads=True):
        return int(driver.scalar(COUNT))


def test_the_next_reader_has_the_line_of_the_last(app: Flask) -> None:
    read()
    (line,) = resting()
    with transaction.unit(reads=True):
        driver.rows(COUNT)
        assert lines.current(db.engine) is line
        assert resting() == []
    assert resting() == [line]


def test_whoever_asks_nothing_takes_none(app: Flask) -> None:
    with transaction.unit(reads=True):
        pass
    assert resting() == []


@pytest.mark.parametrize("session_first", [True, False])
def test_driver_and_session_see_one_moment(app: Flask, session_first: bool) -> None:
    read(), read()  # now the driver is asked itself
    ways = [lambda: db.session.scalar(COUNT), lambda: driver.scalar(COUNT)]
    first, second = ways if session_first else reversed(ways)
    with transaction.unit(reads=True):
        before = first()
        isolated = db.engine.dialect.name == "sqlite"  # PostgreSQL at READ COMMITTED shows what others commit
        if isolated:
            add_elsewhere(app)
        assert second() == before
        assert driver._asked()[0] is db.session.connection()
    assert read() == before + isolated


def test_the_next_reader_sees_what_was_written_since(app: Flask) -> None:
    before = read(), read()
    add_elsewhere(app)
    assert read() == before[1] + 1


def test_nothing_is_written_on_it(app: Flask) -> None:
    for _ in range(2):
        with pytest.raises(DBAPIError, match=r"read.?only"), transaction.unit(reads=True):
            db.session.execute(text("UPDATE offices SET name = name"))
    with transaction.unit():
        db.session.execute(text("UPDATE offices SET name = name"))


def test_it_is_as_good_after_an_error(app: Flask) -> None:
    wrong: Select[tuple[object]] = select(literal_column("no_such_column"))
    for _ in range(3):
        with pytest.raises(DBAPIError), transaction.unit(reads=True):
            driver.rows(wrong)
        assert read() == 0
    assert len(resting()) == 1


def test_readers_at_one_time_have_one_each_and_few_rest(app: Flask) -> None:
    readers = lines.SPARE + 2
    together, had = Barrier(readers), []

    def ask() -> None:
        with app.app_context(), transaction.unit(reads=True):
            driver.rows(COUNT)
            had.append(lines.current(db.engine))
            together.wait()

    threads = [Thread(target=ask) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(had)) == readers
    assert len(resting()) == lines.SPARE


def test_none_is_left_when_the_engine_lets_go_of_its_connections(app: Flask) -> None:
    read()
    (line,) = resting()
    db.engine.dispose()
    assert resting() == []
    assert line.connection.closed
    assert read() == 0


def test_an_answer_that_is_still_being_read_may_ask_on(app: Flask, office: Office) -> None:
    def told() -> Iterator[str]:
        yield str(driver.scalar(COUNT))

    app.view_functions["health.alive"] = lambda: Response(told())
    with app.test_client() as client:
        assert client.get("/healthz").text == "3"
    assert len(resting()) == 1


def test_a_line_whose_server_went_away_while_it_rested_is_not_asked(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("a database without a server does not go away")
    monkeypatch.setattr(lines, "TRUSTED", 0.0)
    read()
    (line,) = resting()
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": line.raw.info.backend_pid})
    assert read() == 0
    assert resting() != [line]
