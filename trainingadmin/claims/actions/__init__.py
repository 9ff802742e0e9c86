"""What people do to claims and their lines: open, check, submit, review, hold, decide, and move on."""

from trainingadmin.claims.actions.applying import Named, declare, remind, send_reminders
from trainingadmin.claims.actions.assessing import Reassessment, may_reassess, reassess, recheck
from trainingadmin.claims.actions.attesting import answer, answer_line, attest_people
from trainingadmin.claims.actions.correcting import add_paper, correct_result, may_correct
from trainingadmin.claims.actions.drafting import CLAIMABLE, correct_own, open_claim, open_own
from trainingadmin.claims.actions.lines import (
    hold,
    move_lines,
    note_hands,
    refusal_to_touch,
    refuse_line,
    release,
    settle_claims,
)
from trainingadmin.claims.actions.reforming import Foreseen, Rejudged, bind, bind_own, foresee, foresee_own
from trainingadmin.claims.actions.reforming import apply as apply_foreseen
from trainingadmin.claims.actions.review import approve_released, move, move_own, offers, submit
from trainingadmin.claims.actions.steps import in_batch
from trainingadmin.claims.actions.taking_in import take_lists_in
from trainingadmin.claims.actions.visiting import confirm_visit

__all__ = [
    "CLAIMABLE",
    "Foreseen",
    "Named",
    "Reassessment",
    "Rejudged",
    "add_paper",
    "answer",
    "answer_line",
    "apply_foreseen",
    "approve_released",
    "attest_people",
    "bind",
    "bind_own",
    "confirm_visit",
    "correct_own",
    "correct_result",
    "declare",
    "foresee",
    "foresee_own",
    "hold",
    "in_batch",
    "may_correct",
    "may_reassess",
    "move",
    "move_lines",
    "move_own",
    "note_hands",
    "offers",
    "open_claim",
    "open_own",
    "reassess",
    "recheck",
    "refusal_to_touch",
    "refuse_line",
    "release",
    "remind",
    "send_reminders",
    "settle_claims",
    "submit",
    "take_lists_in",
]
