"""What people do with filings: file, enrol, review, change, record results, complete."""

from __future__ import annotations

from trainingadmin.cohorts.actions.advances import advance_settled
from trainingadmin.cohorts.actions.changes import ChangeRequest, decide_change, request_change
from trainingadmin.cohorts.actions.filing import Plan, amend, file
from trainingadmin.cohorts.actions.outcomes import ResultEntry, record_results, verify_results
from trainingadmin.cohorts.actions.papers import attach, detach
from trainingadmin.cohorts.actions.review import move
from trainingadmin.cohorts.actions.rosters import enrol, remove_person, state_retirement_class, upload_roster

__all__ = [
    "ChangeRequest",
    "Plan",
    "ResultEntry",
    "advance_settled",
    "amend",
    "attach",
    "decide_change",
    "detach",
    "enrol",
    "file",
    "move",
    "record_results",
    "remove_person",
    "request_change",
    "state_retirement_class",
    "upload_roster",
    "verify_results",
]
