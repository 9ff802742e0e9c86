"""The pages of classes as one blueprint, who may open them, and the frame they share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainingadmin.classes import actions
from trainingadmin.classes.states import MODE_LABELS
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.states import CLASS
from trainingadmin.kernel.roles import ROLE_LABELS, Role
from trainingadmin.plumbing.access import actor, staff_and

bp = Blueprint("classes", __name__, url_prefix="/classes")

OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
ANYONE = staff_and(*OPERATORS)


def page(template: str, found: Any, status: int = 200, **more: Any) -> ResponseReturnValue:
    """Show a page of one class inside its frame: number, state, stages, tabs."""
    cohort = found.cohort
    mine = actor().has(Role.INSTITUTION) and actor().organisation_id == cohort.institution_id
    frame = {
        "found": found,
        "cohort": cohort,
        "lifecycle": CLASS,
        "roles": ROLE_LABELS,
        "modes": MODE_LABELS,
        "stages": cohorts.stages(cohort),
        "tally": cohorts.tally(cohort.id),
        "undecided": cohort.state in cohorts.UNDECIDED,
        "mine": mine,
        "editable": mine and cohort.state in actions.EDITABLE,
        "running": cohort.state == "approved",
    }
    return render_template(template, **{**frame, **more}), status
