"""Letters about a filing, to take away."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from trainingadmin.cohorts import letters
from trainingadmin.cohorts.views.blueprint import ANYONE, bp, filing
from trainingadmin.plumbing.access import admits
from trainingadmin.plumbing.pages import download


@bp.get("/<int:cohort_id>/letters/<int:step_id>")
@admits(*ANYONE)
def letter(cohort_id: int, step_id: int) -> ResponseReturnValue:
    """Hand out the letter that goes with a return or a refusal."""
    cohort = filing(cohort_id)
    return download(*(letters.file(cohort, step_id, letters.items(cohort)) or abort(404)), "application/pdf")
