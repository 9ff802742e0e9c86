"""The reading child: takes a workbook on standard input, gives its cells as JSON, and dies within its limits.

Standard library only, so that it starts within milliseconds and has nothing worth stealing in memory.
"""

from __future__ import annotations

import json
import sys

from trainingadmin.plumbing.spreadsheets import limits, workbook_xml
from trainingadmin.plumbing.spreadsheets.package import Broken


def main() -> None:
    """Read standard input whole and answer with one JSON object: {"sheets": …} or {"refused": code, "values": …}."""
    limits.confine(memory_bytes=limits.CHILD_MEMORY_BYTES, cpu_seconds=limits.CHILD_CPU_SECONDS)
    answer: dict[str, object]
    try:
        answer = {"sheets": workbook_xml.read(sys.stdin.buffer.read())}
    except Broken as refusal:
        answer = {"refused": refusal.code, "values": refusal.values}
    except (MemoryError, RecursionError):
        answer = {"refused": "too-much-content", "values": {}}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")))
