"""What finance does: plan dues, compose, release and cancel batches, take the bank's answer, issue failed lines again."""

from trainingadmin.payments.actions.accounts import review_account
from trainingadmin.payments.actions.answers import AnswerRefused, answer
from trainingadmin.payments.actions.batches import (
    Account,
    Choice,
    Seen,
    cancel,
    cancel_due,
    check,
    compose,
    compose_again,
    compose_chosen,
    note_export,
    release,
)
from trainingadmin.payments.actions.budgets import Budget, appropriate
from trainingadmin.payments.actions.following import refuse_in_batch
from trainingadmin.payments.actions.planning import plan_dues
from trainingadmin.payments.actions.recovering import hold_origin, order_back, set_off, take_back, write_off
from trainingadmin.payments.actions.strays import confirm, decline, match, set_apart

__all__ = [
    "Account",
    "AnswerRefused",
    "Budget",
    "Choice",
    "Seen",
    "answer",
    "appropriate",
    "cancel",
    "cancel_due",
    "check",
    "compose",
    "compose_again",
    "compose_chosen",
    "confirm",
    "decline",
    "hold_origin",
    "match",
    "note_export",
    "order_back",
    "plan_dues",
    "refuse_in_batch",
    "release",
    "review_account",
    "set_apart",
    "set_off",
    "take_back",
    "write_off",
]
