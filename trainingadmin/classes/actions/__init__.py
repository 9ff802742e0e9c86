"""What people do with classes: open, enrol, plan, review, change, examine, complete."""

from __future__ import annotations

from trainingadmin.classes.actions.changes import decide_change, request_change
from trainingadmin.classes.actions.opening import Opening, amend, open_class, promise
from trainingadmin.classes.actions.planning import (
    Shifts,
    Timetable,
    add_session,
    plan_daily,
    plan_shifts,
    remove_session,
)
from trainingadmin.classes.actions.replacing import deadline
from trainingadmin.classes.actions.review import move
from trainingadmin.classes.actions.rosters import enrol, upload_roster
from trainingadmin.classes.actions.scores import (
    Marks,
    Sitting,
    candidates,
    import_scores,
    record_scores,
    scores_form,
    upload_scores,
)
from trainingadmin.cohorts.actions import EDITABLE, remove_person

__all__ = [
    "EDITABLE",
    "Marks",
    "Opening",
    "Shifts",
    "Sitting",
    "Timetable",
    "add_session",
    "amend",
    "candidates",
    "deadline",
    "decide_change",
    "enrol",
    "import_scores",
    "move",
    "open_class",
    "plan_daily",
    "plan_shifts",
    "promise",
    "record_scores",
    "remove_person",
    "remove_session",
    "request_change",
    "scores_form",
    "upload_roster",
    "upload_scores",
]
