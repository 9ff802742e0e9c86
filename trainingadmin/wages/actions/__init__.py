"""What people do with filings of people trained at work: file, enrol, review, and prove each month's wages."""

from trainingadmin.wages.actions.filing import Plan, amend, file
from trainingadmin.wages.actions.proving import attach, import_wages, strike, upload_wages, wage_form
from trainingadmin.wages.actions.review import move
from trainingadmin.wages.actions.rosters import enrol, upload_roster

__all__ = [
    "Plan",
    "amend",
    "attach",
    "enrol",
    "file",
    "import_wages",
    "move",
    "strike",
    "upload_roster",
    "upload_wages",
    "wage_form",
]
