"""Reads of attendance; the filing, seen through `cohorts.queries`, is the door to its rows."""

from __future__ import annotations

from trainingadmin.attendance.queries.marks import (
    Known,
    begins,
    history,
    known,
    known_in,
    marks_of,
    suspect_count,
    suspects,
)
from trainingadmin.attendance.queries.plan import (
    KEPT,
    groups,
    imported,
    listing,
    session,
    session_ids,
    session_rows,
    sessions,
    sessions_on,
    span,
    unmarked,
    upload,
    uploads,
)
from trainingadmin.attendance.queries.sums import Overview, Totals, effective, overview, overviews, totals

__all__ = [
    "KEPT",
    "Known",
    "Overview",
    "Totals",
    "begins",
    "effective",
    "groups",
    "history",
    "imported",
    "known",
    "known_in",
    "listing",
    "marks_of",
    "overview",
    "overviews",
    "session",
    "session_ids",
    "session_rows",
    "sessions",
    "sessions_on",
    "span",
    "suspect_count",
    "suspects",
    "totals",
    "unmarked",
    "upload",
    "uploads",
]
