"""The doorbell: short, silent after a failure, and never a record of anything."""

from __future__ import annotations

import json
import socket
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer

from tests.servers import valkey_server
from trainingadmin.plumbing import queue, transaction

JOB = "trainingadmin.certificates.jobs.render"


class Stop(Exception):
    pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with valkey_server() as url:
        yield url


@pytest.fixture
def redis_url(server: str) -> str:
    with queue.connect(server) as client:
        client.flushall()
    return server


def jobs(url: str, name: str = "documents") -> list[list[Any]]:
    """Return the arguments of the jobs that wait."""
    with queue.connect(url) as client:
        return [list(job.args) for job in Queue(name, connection=client, serializer=JSONSerializer).jobs]


class Counting:
    """Stands in for the library's queue and counts who asks it."""

    asked = 0

    def __init__(self, *_: object, **__: object) -> None:
        type(self).asked += 1
        raise ConnectionRefusedError


# Ringing ---------------------------------------------------------------------------------------------------------------


def test_a_ring_leaves_one_job_per_argument_list(redis_url: str) -> None:
    bell = queue.Doorbell(redis_url)
    assert bell.ring("documents", JOB, queue.chunks([1, 2, 3, 4, 5], 2))
    assert jobs(redis_url) == [[[1, 2]], [[3, 4]], [[5]]]
    assert bell.depth() == {"documents": 3, "imports": 0, "simulations": 0}


def test_what_lies_in_redis_is_json_and_nothing_but_ids(redis_url: str) -> None:
    queue.Doorbell(redis_url).ring("documents", JOB, [[[7, 8]]])
    with queue.connect(redis_url) as client:
        (key,) = client.keys("rq:job:*")
        data = client.hget(key, "data")
    assert json.loads(zlib.decompress(data)) == [JOB, None, [[7, 8]], {}]


def test_nothing_to_ring_for_is_no_job(redis_url: str) -> None:
    assert queue.Doorbell(redis_url).ring("documents", JOB, [])
    assert jobs(redis_url) == []


def test_a_dead_redis_is_not_heard_and_nothing_breaks(tmp_path: Path) -> None:
    bell = queue.Doorbell(f"unix://{tmp_path / 'nobody'}")
    assert not bell.ring("documents", JOB, [[[1]]])
    assert bell.depth() is None


def test_a_redis_that_is_stuck_is_given_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stuck:
        stuck.bind(str(tmp_path / "s"))
        stuck.listen()
        assert not queue.Doorbell(f"unix://{tmp_path / 's'}").ring("documents", JOB, [[[1]]])


def test_after_a_failure_it_is_left_alone_for_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(queue, "Queue", Counting)
    monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=lambda: now[0]))
    bell = queue.Doorbell("unix:///nonexistent")
    for seconds, asked in ((0.0, 1), (1.0, 1), (4.9, 1), (5.1, 2), (6.0, 2)):
        now[0] = 100.0 + seconds
        assert not bell.ring("documents", JOB, [[[1]]])
        assert Counting.asked == asked, f"after {seconds} s"


# With the transaction --------------------------------------------------------------------------------------------------


def test_it_rings_after_the_commit_and_asks_for_whom_only_then(app: Flask, redis_url: str) -> None:
    queue.install(app, redis_url)
    wanted: list[int] = []
    with transaction.unit():
        queue.ring_after_commit("documents", JOB, lambda: queue.chunks(wanted, 50))
        wanted.extend([4, 5])
        assert jobs(redis_url) == []
    assert jobs(redis_url) == [[[4, 5]]]


def test_it_does_not_ring_for_what_was_rolled_back(app: Flask, redis_url: str) -> None:
    queue.install(app, redis_url)
    with suppress(Stop), transaction.unit():
        queue.ring_after_commit("documents", JOB, lambda: [[[1]]])
        raise Stop
    assert jobs(redis_url) == []


def test_readiness_tells_the_depth_and_does_not_need_redis(app: Flask, redis_url: str) -> None:
    assert app.test_client().get("/readyz").json == {"status": "ok", "queues": None}
    queue.install(app, redis_url)
    assert app.test_client().get("/readyz").json == {
        "status": "ok",
        "queues": {"documents": 0, "imports": 0, "simulations": 0},
    }
