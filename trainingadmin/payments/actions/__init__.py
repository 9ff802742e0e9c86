"""What finance does: plan dues, compose, release and cancel batches, take the bank's answer, issue failed lines again."""

from trainingadmin.payments.actions.answers import AnswerRefused, answer
from trainingadmin.payments.actions.batches import (
    Account,
    Choice,
    cancel,
    cancel_due,
    compose,
    compose_again,
    compose_chosen,
    note_export,
    release,
)
from trainingadmin.payments.actions.budgets import Budget, appropriate
from trainingadmin.payments.actions.planning import plan_dues
from trainingadmin.payments.actions.recovering import order_back, set_off, take_back, write_off

__all__ = [
    "Account",
    "AnswerRefused",
    "Budget",
    "Choice",
    "answer",
    "appropriate",
    "cancel",
    "cancel_due",
    "compose",
    "compose_again",
    "compose_chosen",
    "note_export",
    "order_back",
    "plan_dues",
    "release",
    "set_off",
    "take_back",
    "write_off",
]
