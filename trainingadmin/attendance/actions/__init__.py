"""What people do with attendance: plan sessions, take in sign-in files, mark a register, correct a mark."""

from __future__ import annotations

from trainingadmin.attendance.actions.grouping import assign_groups
from trainingadmin.attendance.actions.holding import RECORDERS, may_record, to_write
from trainingadmin.attendance.actions.importing import import_sheet, sheet_form, upload_sheet
from trainingadmin.attendance.actions.marking import Noted, write_marks
from trainingadmin.attendance.actions.planning import SessionPlan, plan_session, remove_session
from trainingadmin.attendance.actions.recording import Entry, is_late, noted, record, weigh

__all__ = [
    "RECORDERS",
    "Entry",
    "Noted",
    "SessionPlan",
    "assign_groups",
    "import_sheet",
    "is_late",
    "may_record",
    "noted",
    "plan_session",
    "record",
    "remove_session",
    "sheet_form",
    "to_write",
    "upload_sheet",
    "weigh",
    "write_marks",
]
