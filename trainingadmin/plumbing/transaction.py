"""One transaction a request: reads cannot write, writes commit once, the doorbell rings after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request
from sqlalchemy import event
from sqlalchemy.orm import Session

from trainingadmin.plumbing import lines
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.engines import reading

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_BEFORE = "before_commit"
_AFTER = "after_commit"


def before_commit(work: Callable[[], None]) -> None:
    """Run `work` as the last thing inside the transaction, such as sealing the journal."""
    db.session.info.setdefault(_BEFORE, []).append(work)


def after_commit(work: Callable[[], None]) -> None:
    """Run `work` once the transaction is durable; never if it is rolled back."""
    db.session.info.setdefault(_AFTER, []).append(work)


def _commit() -> None:
    while last := db.session.info.pop(_BEFORE, []):
        for work in last:
            work()
    db.session.commit()
    waiting = db.session.info.pop(_AFTER, [])
    for work in waiting:
        work()


def _forget(session: Session) -> None:
    session.info.clear()


event.listen(db.session, "after_rollback", _forget)


def _roll_back() -> None:
    if db.session.registry.has():
        db.session.rollback()
        db.session.info.clear()  # the event is silent when the database was not asked yet
    lines.end()


def _let_go() -> None:
    """End what could only read: where nothing was loaded that somebody might hold, closing it at once is all."""
    if db.session.registry.has() and next(iter(db.session()), None) is None:
        db.session.remove()
    _roll_back()


@contextmanager
def unit(*, reads: bool = False) -> Iterator[None]:
    """Make the block one transaction, for commands, jobs and the demo; commits unless it raises."""
    token = reading.set(reads)
    _roll_back()
    try:
        yield
        if reads:
            _roll_back()
        else:
            _commit()
    except BaseException:
        _roll_back()
        raise
    finally:
        reading.reset(token)


def install(app: Flask) -> None:
    """Bind every request of `app` to one transaction."""

    @app.before_request
    def begin() -> None:
        _roll_back()  # what was open in this context before would decide how this request may write
        g.reading_token = reading.set(request.method in _READS)

    @app.after_request
    def finish(response: Response) -> Response:
        if request.method in _READS:
            _let_go()
        elif response.status_code < 400:
            _commit()
        else:
            _roll_back()
        return response

    @app.teardown_request
    def release(_error: BaseException | None) -> None:
        token = g.pop("reading_token", None)
        if token is not None:
            _roll_back()  # what a broken or a long answer still asked
            reading.reset(token)
