"""What people do to claims and their lines: open, check, submit, review, hold, decide, and move on."""

from trainingadmin.claims.actions.applying import declare, remind, send_reminders
from trainingadmin.claims.actions.assessing import Reassessment, may_reassess, reassess, recheck
from trainingadmin.claims.actions.attesting import answer, attest_people
from trainingadmin.claims.actions.drafting import CLAIMABLE, open_claim
from trainingadmin.claims.actions.lines import hold, move_lines, refusal_to_touch, refuse_line, release, settle_claims
from trainingadmin.claims.actions.reforming import Foreseen, Rejudged, bind, foresee
from trainingadmin.claims.actions.reforming import apply as apply_foreseen
from trainingadmin.claims.actions.review import approve_released, move, offers, submit

__all__ = [
    "CLAIMABLE",
    "Foreseen",
    "Reassessment",
    "Rejudged",
    "answer",
    "apply_foreseen",
    "approve_released",
    "attest_people",
    "bind",
    "declare",
    "foresee",
    "hold",
    "may_reassess",
    "move",
    "move_lines",
    "offers",
    "open_claim",
    "reassess",
    "recheck",
    "refusal_to_touch",
    "refuse_line",
    "release",
    "remind",
    "send_reminders",
    "settle_claims",
    "submit",
]
