"""How much an uploaded spreadsheet may hold, and how long and with what memory it is read."""

from __future__ import annotations

import resource

FILE_BYTES = 5 * 1024 * 1024
MEMBERS = 200
INFLATED_BYTES = 60 * 1024 * 1024
INFLATED_RATIO = 200
# Small files may pack well without being bombs: an empty table of 200 kB of XML shrinks to 1 kB.
RATIO_FREE_BYTES = 1024 * 1024
SHEETS = 8
ROWS = 20_000
COLUMNS = 128
CELLS = 500_000
CELL_CHARACTERS = 32_767
# Opening and closing tags of all parts together: what a parser's time goes by.
TAGS = 3_200_000
TEXT_CHARACTERS = 24 * 1024 * 1024
MERGED_RANGES = 5_000

CHILD_MEMORY_BYTES = 512 * 1024 * 1024
CHILD_CPU_SECONDS = 10
CHILD_WALL_SECONDS = 15

ANNOTATE_MEMORY_BYTES = 1024 * 1024 * 1024
ANNOTATE_CPU_SECONDS = 25
ANNOTATE_WALL_SECONDS = 40


def confine(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Hold this process to so much memory and time, and let it leave no core behind.

    Where the machine's own ceiling is lower it stays.
    """
    for kind, wanted in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, ceiling = resource.getrlimit(kind)
        amount = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
        resource.setrlimit(kind, (amount, ceiling))
