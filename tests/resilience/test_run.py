"""./run as a person meets it: everything comes up, comes back when it dies, keeps its data and goes away again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import answers, postgres_database, postgres_server

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0


@contextmanager
def running(var: Path, output: Path, database: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start the launcher on this data folder; yields it and its address once it has said that all is up."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    foreign = ("DATABASE_URL", "REDIS_URL", "STORAGE_URL")
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in foreign and not name.startswith("TRAININGADMIN_")
    }
    env |= {"TRAININGADMIN_VAR": str(var), "PORT": str(port), **database}
    with output.open("wb") as out:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "trainingadmin.up"],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
        )
    try:
        until(lambda: "Ctrl-C" in output.read_text() or launcher.poll() is not None, output)
        assert launcher.poll() is None, output.read_text()
        yield launcher, f"http://127.0.0.1:{port}"
    finally:
        launcher.terminate()
        launcher.wait(60)


def until(happened: object, output: Path) -> None:
    """Wait for something that must happen in the end."""
    assert callable(happened)
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.1)


def descendants(pid: int) -> dict[int, str]:
    """Return the command of every process below this one."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found[int(child)] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        found |= descendants(int(child))
    return found


def alive(pids: dict[int, str]) -> dict[int, str]:
    """Return those that still run the same command."""
    return {pid: command for pid, command in pids.items() if _command(pid) == command}


def _command(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return None


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def database() -> Iterator[dict[str, str]]:
    """What the environment says of the database: nothing for the embedded one."""
    if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        yield {}
        return
    with postgres_server() as server, postgres_database(server) as url:
        yield {"DATABASE_URL": url}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_everything_comes_up_and_one_signal_stops_it(
    var: Path, tmp_path: Path, database: dict[str, str], number: signal.Signals
) -> None:
    with running(var, tmp_path / "out", database) as (launcher, url):
        assert answers(f"{url}/healthz")
        assert answers(f"{url}/readyz")
        below = descendants(launcher.pid)
        assert {part for part in ("valkey", "worker", "clock", "gunicorn") if any(part in command for command in below.values())} == {
            "valkey", "worker", "clock", "gunicorn",
        }  # fmt: skip
        launcher.send_signal(number)
        assert launcher.wait(60) == 0
        assert not alive(below)
        assert not answers(f"{url}/healthz")


def test_a_second_start_keeps_the_data_and_seeds_nothing_twice(
    var: Path, tmp_path: Path, database: dict[str, str]
) -> None:
    def counts() -> str:
        env = {**os.environ, "TRAININGADMIN_VAR": str(var), **database}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "accounts"]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout

    with running(var, tmp_path / "first", database):
        before = counts()
    with running(var, tmp_path / "second", database):
        assert counts() == before


def test_whatever_dies_comes_back(var: Path, tmp_path: Path, database: dict[str, str]) -> None:
    with running(var, tmp_path / "out", database) as (launcher, url):
        first = descendants(launcher.pid)
        for pid in Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split():
            os.kill(int(pid), signal.SIGKILL)
        until(lambda: (tmp_path / "out").read_text().count("died, starting it again") >= 4, tmp_path / "out")
        until(lambda: answers(f"{url}/readyz"), tmp_path / "out")
        until(lambda: not alive(first), tmp_path / "out")


def test_a_launcher_killed_hard_takes_its_children_along(var: Path, tmp_path: Path, database: dict[str, str]) -> None:
    with running(var, tmp_path / "out", database) as (launcher, _url):
        below = descendants(launcher.pid)
        launcher.kill()
        launcher.wait()
        until(lambda: not alive(below), tmp_path / "out")
