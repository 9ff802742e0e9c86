"""What people do with filings: file, enrol, review, change, record results, complete."""

from __future__ import annotations

from trainingadmin.cohorts.actions.advances import advance_settled
from trainingadmin.cohorts.actions.changes import ChangeRequest, decide_change, request_change
from trainingadmin.cohorts.actions.filing import Plan, amend, file
from trainingadmin.cohorts.actions.holding import EDITABLE
from trainingadmin.cohorts.actions.outcome_sheets import import_results, results_form, upload_results
from trainingadmin.cohorts.actions.outcomes import ResultEntry, correct_result, record_results, verify_results
from trainingadmin.cohorts.actions.papers import add_paper, attach, clean_name, detach
from trainingadmin.cohorts.actions.replacing import Newcomer, NewcomerRefused, deadline
from trainingadmin.cohorts.actions.review import move
from trainingadmin.cohorts.actions.rosters import (
    enrol,
    remove_person,
    state_retirement_class,
    take_in,
    upload_roster,
)
from trainingadmin.cohorts.actions.sheets import problems

__all__ = [
    "EDITABLE",
    "ChangeRequest",
    "Newcomer",
    "NewcomerRefused",
    "Plan",
    "ResultEntry",
    "add_paper",
    "advance_settled",
    "amend",
    "attach",
    "clean_name",
    "correct_result",
    "deadline",
    "decide_change",
    "detach",
    "enrol",
    "file",
    "import_results",
    "move",
    "problems",
    "record_results",
    "remove_person",
    "request_change",
    "results_form",
    "state_retirement_class",
    "take_in",
    "upload_results",
    "upload_roster",
    "verify_results",
]
