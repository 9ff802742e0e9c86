"""What people do to claims and their lines: open, check, submit, review, hold, decide, and move on."""

from trainingadmin.claims.actions.assessing import Reassessment, reassess, recheck
from trainingadmin.claims.actions.drafting import open_claim
from trainingadmin.claims.actions.lines import hold, move_lines, refuse_line, release, settle_claims
from trainingadmin.claims.actions.review import approve_released, move, offers, submit

__all__ = [
    "Reassessment",
    "approve_released",
    "hold",
    "move",
    "move_lines",
    "offers",
    "open_claim",
    "reassess",
    "recheck",
    "refuse_line",
    "release",
    "settle_claims",
    "submit",
]
