"""The sample files of the bureau's forms, by short name."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "samples"

ROSTER = "apprentices-石棉-2020-ok.xlsx"
ROSTER_WITH_MISTAKES = "apprentices-mistakes.xlsx"
CLASS_ROSTER = "class-绿茶加工.xlsx"
CLASS_ATTENDANCE = "attendance-class-绿茶加工.xlsx"
ATTENDANCE_XLSX = "attendance-apprentices-2020.xlsx"
ATTENDANCE_CSV = "attendance-apprentices-2020.csv"
BATCH_SENT = "bank-batch-sent.csv"
ANSWER_OK = "bank-answer-ok.csv"
ANSWER_3_FAILED = "bank-answer-3-failed.csv"


def sample(name: str) -> bytes:
    """Return a sample file's bytes."""
    return (FOLDER / name).read_bytes()
