"""The blueprint that the pages of claims hang on, and who may open them."""

from __future__ import annotations

from flask import Blueprint

from trainingadmin.kernel.roles import REVIEWERS, Role
from trainingadmin.plumbing.access import staff_and

bp = Blueprint("claims", __name__, url_prefix="/claims")

OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
ANYONE = staff_and(*OPERATORS)
MOVERS = (*OPERATORS, *REVIEWERS)
