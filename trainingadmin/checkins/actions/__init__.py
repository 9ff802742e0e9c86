"""What people do at the door: scan a code, note somebody by hand, call the roll, enter late and confirm."""

from __future__ import annotations

from trainingadmin.checkins.actions.calling import MINUTES, answer_roll, call_roll, settle_roll
from trainingadmin.checkins.actions.entering_late import enter_late, entries_of, move_late
from trainingadmin.checkins.actions.noting import CLIENT_ID, Noted, note_by_hand
from trainingadmin.checkins.actions.scanning import Scanned, note_opened, scan

__all__ = [
    "CLIENT_ID",
    "MINUTES",
    "Noted",
    "Scanned",
    "answer_roll",
    "call_roll",
    "enter_late",
    "entries_of",
    "move_late",
    "note_by_hand",
    "note_opened",
    "scan",
    "settle_roll",
]
