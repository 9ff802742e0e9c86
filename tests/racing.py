"""Lets threads act at once, and lets them meet where a race is lost: between what one reads and what another writes.

On PostgreSQL these are real connections waiting for each other's row locks; on SQLite writers come one by one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing.database import Base, db


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Run works in threads of their own that start together; return each one's answer or exception."""
    db.session.rollback()
    start = threading.Barrier(len(works))
    answers: list[object] = [None] * len(works)

    def run(at: int, work: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(timeout=60)
            try:
                answers[at] = work()
            except Exception as error:  # noqa: BLE001 - the test looks at it
                answers[at] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(at, work)) for at, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    db.session.rollback()
    db.session.expire_all()
    return answers


@contextmanager
def meeting(*places: tuple[type[Base], str], threads: int = 2) -> Iterator[None]:
    """Let writers wait for each other, once each, where one of the tables has one of the events, such as `before_insert`.

    Whom a lock keeps from coming is not waited for.
    """
    gate = threading.Barrier(threads)
    met: set[int] = set()

    def wait(_mapper: object, _connection: object, _target: object) -> None:
        if threading.get_ident() not in met:
            met.add(threading.get_ident())
            try:
                gate.wait(timeout=0.5)
            except threading.BrokenBarrierError:
                return

    for table, moment in places:
        event.listen(table, moment, wait)
    try:
        yield
    finally:
        for table, moment in places:
            event.remove(table, moment, wait)


def code(answer: object) -> str:
    """Name a refusal by its code, and anything else by its kind."""
    return answer.code if isinstance(answer, Refusal) else type(answer).__name__
