"""Periodic work runs when it is due, once however many clocks there are, and survives its own failures."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from trainingadmin.people.models import Office
from trainingadmin.plumbing import clock, periodic, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.periodic import Periodic
from trainingadmin.schedule import PERIODIC

MINUTE = timedelta(minutes=1)
START = clock.end_of(clock.today())


def test_work_runs_at_once_and_then_when_it_is_due(app: Flask) -> None:
    ran: list[str] = []
    work = Periodic("count", MINUTE, lambda: ran.append("x"))
    for seconds, so_far in ((0, 1), (59, 1), (60, 2), (61, 2), (200, 3)):
        with clock.at(START + timedelta(seconds=seconds)):
            periodic.run_due([work])
        assert len(ran) == so_far, f"after {seconds} s"


def test_each_work_is_a_transaction_that_is_committed(app: Flask) -> None:
    work = Periodic("write", MINUTE, lambda: db.session.add(Office(code="511899", name="试验局")))
    assert periodic.run_due([work]) == ["write"]
    db.session.rollback()
    assert db.session.get(Office, "511899") is not None


def test_a_failing_work_is_rolled_back_and_the_others_go_on(app: Flask) -> None:
    def fail() -> None:
        db.session.add(Office(code="511899", name="试验局"))
        db.session.flush()
        raise RuntimeError("broken")

    assert periodic.run_due([Periodic("bad", MINUTE, fail), Periodic("good", MINUTE, lambda: 1)]) == ["good"]
    assert db.session.scalar(select(func.count()).select_from(Office)) == 0


def test_a_clock_outlives_a_database_that_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_periodic: Periodic) -> bool:
        raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    work = Periodic("good", MINUTE, lambda: 1)
    with monkeypatch.context() as patched:
        patched.setattr(periodic, "claim", away)
        assert periodic.run_due([work]) == []
    assert periodic.run_due([work]) == ["good"]


def test_of_many_clocks_one_takes_the_turn(app: Flask) -> None:
    work = Periodic("once", MINUTE, lambda: 1)
    for moment in (START, START + MINUTE):
        taken: list[bool] = []
        start = threading.Barrier(8)

        def look(moment: object = moment, start: threading.Barrier = start, taken: list[bool] = taken) -> None:
            start.wait()
            with app.app_context(), clock.at(moment):  # type: ignore[arg-type]
                taken.append(periodic.claim(work))

        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(taken) == 1


def test_the_schedule_runs_on_an_empty_bureau_and_has_no_name_twice(app: Flask) -> None:
    assert periodic.run_due(PERIODIC) == [work.name for work in PERIODIC]
    assert len({work.name for work in PERIODIC}) == len(PERIODIC)


def test_the_loop_looks_again_after_each_pause(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(Exception):
        pass

    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise Stop

    monkeypatch.setattr(periodic, "time", SimpleNamespace(sleep=sleep))
    ran: list[str] = []
    with pytest.raises(Stop):
        periodic.run_for_ever([Periodic("always", timedelta(0), lambda: ran.append("x"))], pause=2)
    assert (len(ran), pauses) == (3, [2, 2, 2])


def test_work_in_the_clock_is_not_left_in_a_reading_state(app: Flask) -> None:
    with transaction.unit(reads=True):
        pass
    assert periodic.run_due([Periodic("write", MINUTE, db.session.flush)]) == ["write"]
