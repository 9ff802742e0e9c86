"""What policy maintainers do: draft figures, add cases, simulate, and put into force."""

from trainingadmin.reforms.actions.activating import obstacles
from trainingadmin.reforms.actions.drafting import Proposal, Scan, amend, draft, move, offers
from trainingadmin.reforms.actions.golden import add_case, run_cases, withdraw_case
from trainingadmin.reforms.actions.reassessing import reassessment_lease, reconcile
from trainingadmin.reforms.actions.simulating import cancel, finish_part, lease_part, prepare, simulate

__all__ = [
    "Proposal",
    "Scan",
    "add_case",
    "amend",
    "cancel",
    "draft",
    "finish_part",
    "lease_part",
    "move",
    "obstacles",
    "offers",
    "prepare",
    "reassessment_lease",
    "reconcile",
    "run_cases",
    "simulate",
    "withdraw_case",
]
