"""The blueprint that the pages of claims hang on, and who may open them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from trainingadmin.claims import queries
from trainingadmin.kernel.roles import REVIEWERS, Role
from trainingadmin.plumbing.access import staff_and

bp = Blueprint("claims", __name__, url_prefix="/claims")

OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
ANYONE = staff_and(*OPERATORS)
MOVERS = (*OPERATORS, *REVIEWERS)


@bp.app_context_processor
def _claim() -> dict[str, Any]:
    """Let the page of a filing ask for its claim: the answer lies downstream of it."""
    return {"claim_of": queries.live_claim}
