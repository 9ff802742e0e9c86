"""Child processes of the launcher: on a leash to it, written to a log, started again when they die."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainingadmin.settings import ROOT

PR_SET_PDEATHSIG = 1
MOST_DEATHS = 5
PER_SECONDS = 60.0


class KeepsDying(RuntimeError):
    """A child died so often that starting it again would not help; `child` says which."""

    def __init__(self, child: Child) -> None:
        super().__init__(child.name)
        self.child = child


@dataclass
class Child:
    """One long-running program and what is needed to start it again."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log_file: Path
    fds: Sequence[int] = ()
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DEATHS))
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program in a session of its own: Ctrl-C is for the launcher alone, which then stops it in order."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.fds,
                start_new_session=True,
                preexec_fn=leash(),
            )

    def died(self) -> bool:
        """Tell whether it was started and is no longer running."""
        return self.process is not None and self.process.poll() is not None

    def restart(self) -> None:
        """Start it again after it died. Raises `KeepsDying` when it did so five times within a minute."""
        now = time.monotonic()
        self.deaths.append(now)
        if len(self.deaths) == MOST_DEATHS and now - self.deaths[0] < PER_SECONDS:
            raise KeepsDying(self)
        self.start()

    def ask_to_stop(self) -> None:
        """Send the signal on which it finishes what it has in hand."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for its end, and force it when it takes longer."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self, lines: int = 20) -> str:
        """Return the end of its log."""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])


def run_to_end(command: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
    """Run a program that ends by itself; return its status and everything it wrote."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=leash(),
    ) as process:
        try:
            output, _ = process.communicate()
        except BaseException:
            process.terminate()
            raise
    return process.returncode, output.decode(errors="replace")


def leash(number: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """Return what a child runs before its program, so that it gets this signal when the parent dies in any way."""
    library = ctypes.CDLL(None)
    parent = os.getpid()

    def fasten() -> None:
        library.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died in between
            os.kill(os.getpid(), number)

    return fasten
