"""What the doorbell missed is rung for again, and a long pile is not rung for twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer

from tests.certificates import stage
from tests.factories import Office
from tests.servers import valkey_server
from trainingadmin.certificates import actions, queries
from trainingadmin.plumbing import clock, queue, transaction


@pytest.fixture
def redis(app: Flask) -> Iterator[Any]:
    """A queue that hears the application."""
    with valkey_server() as url, queue.connect(url) as client:
        queue.install(app, url)
        yield client


def jobs(redis: Any) -> list[list[int]]:
    """Return the ids of each waiting job."""
    return [job.args[0] for job in Queue(actions.QUEUE, connection=redis, serializer=JSONSerializer).jobs]


def reconcile() -> int:
    with transaction.unit():
        return actions.reconcile()


def test_orders_ring_in_chunks_and_for_ids_only(office: Office, redis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "CHUNK", 2)
    ids = stage.issued(office, 5)
    assert jobs(redis) == [ids[:2], ids[2:4], ids[4:]]


def test_what_a_flushed_queue_forgot_is_rung_for_again(office: Office, redis: Any) -> None:
    ids = stage.issued(office, 3)
    redis.flushall()
    assert reconcile() == 3
    assert jobs(redis) == [ids]


def test_while_jobs_wait_nothing_is_rung_for_twice(office: Office, redis: Any) -> None:
    ids = stage.issued(office, 3)
    assert [reconcile() for _ in range(3)] == [3, 3, 3]
    assert jobs(redis) == [ids]


def test_what_somebody_is_making_is_left_to_them_until_the_lease_is_over(office: Office, redis: Any) -> None:
    first, second = stage.issued(office, 2)
    redis.flushall()
    with transaction.unit():
        actions.lease(first)
    reconcile()
    assert jobs(redis) == [[second]]
    redis.flushall()
    with clock.at(clock.now() + actions.LEASE + timedelta(seconds=1)):
        reconcile()
    assert jobs(redis) == [[first, second]]


def test_a_dead_queue_loses_nothing(office: Office) -> None:
    stage.issued(office, 2)
    assert [reconcile(), reconcile()] == [2, 2]
    assert queries.progress("batch:1").pending == 2


def test_nothing_undone_is_no_ring(office: Office, redis: Any) -> None:
    assert reconcile() == 0
    assert jobs(redis) == []
