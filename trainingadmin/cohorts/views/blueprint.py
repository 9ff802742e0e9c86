"""The pages of filings as one blueprint, and who may open them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, url_for

from trainingadmin.cohorts import queries
from trainingadmin.cohorts.states import CLASS_SCHEME, WORK_SCHEME
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import actor, staff_and

bp = Blueprint("cohorts", __name__, url_prefix="/cohorts")

OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
ANYONE = staff_and(*OPERATORS)


_ELSEWHERE = {CLASS_SCHEME: "classes.show", WORK_SCHEME: "wages.show"}


def filing(cohort_id: int) -> Any:
    """Return one visible filing of apprentices; whoever asks for another kind is led to its own pages."""
    found = queries.cohort(cohort_id, actor=actor())
    if found.scheme in _ELSEWHERE:
        abort(redirect(url_for(_ELSEWHERE[found.scheme], cohort_id=cohort_id)))
    return found
