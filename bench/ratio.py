"""Times several ways of doing one thing in turns, so that a busy machine troubles all of them alike, and prints ratios."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timing:
    """The seconds that the runs of one way took."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Return the middle run."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        return f"{self.median * 1000:10.3f} ms   ({low * 1000:.3f} – {high * 1000:.3f})"


def interleaved(
    ways: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 11,
    warm: int = 1,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, Timing]:
    """Run every way once a round, in turns; the first `warm` rounds do not count.

    `clock` is this process's CPU time; give `time.perf_counter` for work that waits or runs in other processes.
    """
    timings = {name: Timing() for name in ways}
    for turn in range(warm + rounds):
        for name, way in ways.items():
            started = clock()
            way()
            if turn >= warm:
                timings[name].seconds.append(clock() - started)
    return timings


def show(title: str, timings: Mapping[str, Timing], *, base: str, goal: str = "") -> None:
    """Print medians, ranges, and how many times faster than `base` each way is (below 1: slower)."""
    print(f"\n{title}{f'   [goal: {goal}]' if goal else ''}")
    width = max(map(len, timings))
    for name, timing in timings.items():
        print(f"  {name:<{width}} {timing}   {timings[base].median / timing.median:8.2f} × {base}")


def fact(name: str, value: object, *, goal: str = "") -> None:
    """Print one measured fact."""
    print(f"  {name}: {value}{f'   [goal: {goal}]' if goal else ''}")


def free_cores() -> float:
    """Return how much faster two processes that only count are than one at this moment: what two of ours can gain at most."""
    return min(2.0, _counted_by(1) / _counted_by(2))


def _counted_by(processes: int) -> float:
    fork = multiprocessing.get_context("fork")
    counting = [fork.Process(target=_count, args=(processes,)) for _ in range(processes)]
    started = time.perf_counter()
    for one in counting:
        one.start()
    for one in counting:
        one.join()
    return time.perf_counter() - started


def _count(shares: int) -> None:
    reached = 0
    for number in range(40_000_000 // shares):
        reached += number % 7
