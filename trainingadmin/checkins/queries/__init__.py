"""Reads of check-ins; the filing, seen through `cohorts.queries`, is the door to its sessions' rows."""

from __future__ import annotations

from trainingadmin.checkins.queries.calling import (
    Called,
    answer_in,
    call_in,
    called,
    calls_of,
    counted_waiting,
    drawn_in,
    late_entries,
    late_entry,
    noted_before,
    open_call,
    waiting,
    waiting_call,
)
from trainingadmin.checkins.queries.holding import Seat, Standing, enrolment_in, session_of, sessions_of_day, standing
from trainingadmin.checkins.queries.scanning import (
    SharedDevice,
    accepted,
    refused_before,
    refused_lately,
    refused_since,
    scan_of,
    scan_rows,
    seen_in,
    sent_before,
    shared_devices,
)

__all__ = [
    "Called",
    "Seat",
    "SharedDevice",
    "Standing",
    "accepted",
    "answer_in",
    "call_in",
    "called",
    "calls_of",
    "counted_waiting",
    "drawn_in",
    "enrolment_in",
    "late_entries",
    "late_entry",
    "noted_before",
    "open_call",
    "refused_before",
    "refused_lately",
    "refused_since",
    "scan_of",
    "scan_rows",
    "seen_in",
    "sent_before",
    "session_of",
    "sessions_of_day",
    "shared_devices",
    "standing",
    "waiting",
    "waiting_call",
]
