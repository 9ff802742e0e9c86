"""Reads of claims, their lines, assessments and steps; `visible_to` is the only door to their rows."""

from trainingadmin.claims.queries.acts import Past, names_relative, past, reforms, steps
from trainingadmin.claims.queries.applying import applicant, declared, reminder, unsent
from trainingadmin.claims.queries.guards import (
    advances_pending,
    claims_of,
    latest_digests,
    latest_ids,
    line_states,
    results_missing,
    unknown_open,
)
from trainingadmin.claims.queries.history import Judged, assessments, content_of, intact
from trainingadmin.claims.queries.of_claim import (
    Tally,
    apprentice,
    apprentices,
    flags,
    lines,
    masked_ids,
    news_since,
    next_doubtful,
    reasons,
    steps_of_line,
    tally,
    unmet_at,
)
from trainingadmin.claims.queries.person import PersonLine, lines_of_person
from trainingadmin.claims.queries.pile import counts, listing, next_on_pile, on_pile
from trainingadmin.claims.queries.rows import claim, line, live_claim, visible_to

__all__ = [
    "Judged",
    "Past",
    "PersonLine",
    "Tally",
    "advances_pending",
    "applicant",
    "apprentice",
    "apprentices",
    "assessments",
    "claim",
    "claims_of",
    "content_of",
    "counts",
    "declared",
    "flags",
    "intact",
    "latest_digests",
    "latest_ids",
    "line",
    "line_states",
    "lines",
    "lines_of_person",
    "listing",
    "live_claim",
    "masked_ids",
    "names_relative",
    "news_since",
    "next_doubtful",
    "next_on_pile",
    "on_pile",
    "past",
    "reasons",
    "reforms",
    "reminder",
    "results_missing",
    "steps",
    "steps_of_line",
    "tally",
    "unknown_open",
    "unmet_at",
    "unsent",
    "visible_to",
]
