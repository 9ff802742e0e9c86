"""Runs one program for the tests and takes it down with them, however they end, kill -9 included.

Started by `tests.servers`; reads `start` and `kill` from standard input, answers each with a line, and at the end of input
stops the program, whatever it left behind, and removes the folder it was given.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def start(order: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start the program as the order says; it gets a hard kill should the keeper itself die."""
    library = ctypes.CDLL(None)
    with Path(order["log"]).open("ab") as log:
        return subprocess.Popen(
            order["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=order["fds"],
            user=order["user"],
            group=order["group"],
            extra_groups=[] if order["user"] is not None else None,
            preexec_fn=lambda: library.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL)),
        )


def stop(child: subprocess.Popen[bytes], number: int) -> None:
    """Ask the program to end with this signal, then insist."""
    if child.poll() is None:
        child.send_signal(number)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def sweep() -> None:
    """Kill every process the program left behind; they have become the keeper's own children."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while left := children.read_text().split():
        for pid in left:
            os.kill(int(pid), signal.SIGKILL)
        for pid in left:
            os.waitpid(int(pid), 0)


def main() -> None:
    """Do what is asked until the input ends."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    order = json.loads(sys.argv[1])
    child = start(order)
    print(child.pid, flush=True)
    for line in sys.stdin:
        if line == "kill\n":
            stop(child, signal.SIGKILL)
        elif line == "start\n":
            child = start(order)
        print(child.pid, flush=True)
    stop(child, order["stop"])
    sweep()
    if order["folder"]:
        shutil.rmtree(order["folder"], ignore_errors=True)


if __name__ == "__main__":
    main()
