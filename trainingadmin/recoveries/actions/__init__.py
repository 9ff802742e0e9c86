"""What finance does to get money back: draft, issue and withdraw orders, enter and decide what closes them, flag who is late."""

from trainingadmin.recoveries.actions.closing import Evidence, decide, repay, set_off, waive
from trainingadmin.recoveries.actions.flagging import flag_overdue
from trainingadmin.recoveries.actions.letting_be import let_be
from trainingadmin.recoveries.actions.ordering import Finding, Terms, draft, draft_found, issue, withdraw

__all__ = [
    "Evidence",
    "Finding",
    "Terms",
    "decide",
    "draft",
    "draft_found",
    "flag_overdue",
    "issue",
    "let_be",
    "repay",
    "set_off",
    "waive",
    "withdraw",
]
