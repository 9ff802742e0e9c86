"""The frame around every page of one filing: number, state, tabs."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from trainingadmin.cohorts.actions import EDITABLE
from trainingadmin.cohorts.states import PLACEMENT, CohortState
from trainingadmin.kernel.roles import ROLE_LABELS, Role
from trainingadmin.plumbing.access import actor
from trainingadmin.wages import queries


def page(template: str, cohort: Any, status: int = 200, **more: Any) -> ResponseReturnValue:
    """Show a page of one filing inside its frame."""
    mine = actor().has(Role.ENTERPRISE) and actor().organisation_id == cohort.enterprise_id
    frame = {
        "cohort": cohort,
        "lifecycle": PLACEMENT,
        "roles": ROLE_LABELS,
        "tally": queries.tally(cohort),
        "months": queries.months_of(cohort),
        "mine": mine,
        "editable": mine and cohort.state in EDITABLE,
        "provable": mine and cohort.state is CohortState.APPROVED,
    }
    return render_template(template, **frame, **more), status
