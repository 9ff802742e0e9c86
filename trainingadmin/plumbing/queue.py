"""The doorbell: tells workers that a row needs work, and never holds the work itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import structlog
from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from trainingadmin.plumbing import transaction

log = structlog.get_logger()

QUEUES = ("documents", "imports", "simulations")
_OPEN_SECONDS = 5.0
_TIMEOUT = 0.25
_JOB_SECONDS = 600


class Doorbell:
    """Redis as the web sees it: a quarter of a second at most, then silence for five."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url, timeout=_TIMEOUT)
        self._silent_until = 0.0

    def ring(self, queue: str, job: str, arguments: Iterable[Sequence[Any]]) -> bool:
        """Enqueue one `job` per argument list; return False when Redis did not hear.

        Nobody need care: `reconcile` rings again for every row that is still undone.
        """
        if time.monotonic() < self._silent_until:
            return False
        try:
            bell = Queue(queue, connection=self._redis, serializer=JSONSerializer)
            bell.enqueue_many(
                [
                    Queue.prepare_data(job, args=tuple(args), timeout=_JOB_SECONDS, result_ttl=0, failure_ttl=86400)
                    for args in arguments
                ]
            )
        except (RedisError, OSError) as error:
            self._silent_until = time.monotonic() + _OPEN_SECONDS
            log.warning("doorbell-silent", queue=queue, error=type(error).__name__)
            return False
        return True

    def depth(self) -> dict[str, int] | None:
        """Return how many jobs wait per queue, or None when Redis does not answer."""
        try:
            return {name: Queue(name, connection=self._redis, serializer=JSONSerializer).count for name in QUEUES}
        except (RedisError, OSError):
            return None


def connect(url: str, *, timeout: float | None = None) -> Redis:
    """Open a client; with `timeout` it never waits longer and never retries."""
    if timeout is None:
        return Redis.from_url(url)
    return Redis.from_url(url, socket_connect_timeout=timeout, socket_timeout=timeout, retry=Retry(NoBackoff(), 0))


def install(app: Flask, url: str) -> None:
    """Give `app` its doorbell."""
    app.extensions["doorbell"] = Doorbell(url)


def doorbell() -> Doorbell:
    """Return the running application's doorbell."""
    found: Doorbell = current_app.extensions["doorbell"]
    return found


def ring_after_commit(queue: str, job: str, arguments: Callable[[], Iterable[Sequence[Any]]]) -> None:
    """Ring once the transaction is durable; `arguments` is called then."""

    def ring() -> None:
        doorbell().ring(queue, job, arguments())

    transaction.after_commit(ring)


def chunks(ids: Sequence[int], size: int) -> Iterator[list[list[int]]]:
    """Cut ids into argument lists of jobs that take a list of at most `size` ids."""
    for start in range(0, len(ids), size):
        yield [list(ids[start : start + size])]
