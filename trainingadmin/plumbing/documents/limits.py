"""Bounds what making one document may cost, inside the process that makes it."""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.documents.errors import LimitReached

MEMORY_BYTES = 1 << 30
ROOM_BYTES = 1 << 29  # left to a document in a process that already holds much
CPU_SECONDS = 20
WALL_SECONDS = 30.0


class _Stop(BaseException):
    """Ends a rendering from within; no `except Exception` on the way may swallow it."""


@contextmanager
def bounded(*, memory: int = MEMORY_BYTES, cpu: int = CPU_SECONDS, wall: float = WALL_SECONDS) -> Iterator[None]:
    """Raise `LimitReached` when the block needs more than `memory` bytes of data, or `cpu` or `wall` seconds.

    The limits are this process's own, so a worker's forked child pays for no further process, and they are lifted
    afterwards, also those of an alarm that was already running. Signals reach the main thread only: elsewhere the
    block runs unbounded. A library that never returns is beyond this; the worker's parent kills its child then.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    try:
        with _memory(memory), _cpu(cpu), _wall(wall):
            yield
    except _Stop as stop:
        raise LimitReached(limit=str(stop)) from None
    except MemoryError:
        raise LimitReached(limit=N_("内存")) from None


@contextmanager
def _memory(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (_lowest(max(size, _held() + ROOM_BYTES), soft), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def _cpu(seconds: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    before = signal.signal(signal.SIGXCPU, _stop)
    resource.setrlimit(resource.RLIMIT_CPU, (_lowest(int(time.process_time()) + seconds, soft), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        signal.signal(signal.SIGXCPU, before)


@contextmanager
def _wall(seconds: float) -> Iterator[None]:
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    if 0 < left <= seconds:  # the job's own alarm comes first
        yield
        return
    before, started = signal.signal(signal.SIGALRM, _stop), time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 0.001))


def _held() -> int:
    """Return the bytes of data this process has."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData"))


def _lowest(wanted: int, soft: int) -> int:
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise _Stop(N_("处理器时间") if number == signal.SIGXCPU else N_("运行时间"))
