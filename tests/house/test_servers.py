"""The servers of the tests: real, separate, and gone with the tests however those end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from tests.servers import Kept, postgres_database, postgres_server, valkey

ROOT = Path(__file__).resolve().parents[2]
FORGETFUL = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs tests in the background leaves it ignored
from tests.servers import postgres_server, valkey_server
with postgres_server() as database, valkey_server() as queue:
    print(database.split("=")[1], queue.removeprefix("unix://"), flush=True)
    time.sleep(600)
"""


def test_databases_on_one_server_do_not_see_each_other() -> None:
    with postgres_server() as server, postgres_database(server) as one, postgres_database(server) as other:
        with psycopg.connect(one) as connection:
            connection.execute("CREATE TABLE mine (id int)")
        with psycopg.connect(other) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM mine")


def test_the_queue_remembers_what_was_on_disk_when_it_was_killed() -> None:
    with valkey() as server:
        with redis.Redis.from_url(server.url) as client:
            client.config_set("appendfsync", "always")
            client.set("rung", 1)
        server.kill()
        with redis.Redis.from_url(server.url) as client, pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        with redis.Redis.from_url(server.url) as client:
            assert client.get("rung") == b"1"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_servers_end_with_the_tests_however_these_end(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FORGETFUL], cwd=ROOT, stdout=-1, stderr=subprocess.DEVNULL, text=True
    ) as tests:
        assert tests.stdout is not None
        database, queue = tests.stdout.readline().split()
        folders = [Path(database), Path(queue).parent]
        assert all(folder.exists() for folder in folders)
        tests.send_signal(number)
    deadline = time.monotonic() + 60
    while any(folder.exists() for folder in folders):
        assert time.monotonic() < deadline, f"still there: {folders}"
        time.sleep(0.05)


def test_what_a_program_leaves_behind_is_swept_up(tmp_path: Path) -> None:
    orphan = "import subprocess, sys; print(subprocess.Popen(['sleep', '600'], start_new_session=True).pid, flush=True)"
    with Kept([sys.executable, "-c", orphan], tmp_path / "log") as program:
        while not (left := program.log().strip()):
            time.sleep(0.02)
        assert Path(f"/proc/{left}").exists()
    assert not Path(f"/proc/{left}").exists()
