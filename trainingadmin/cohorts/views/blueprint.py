"""The pages of filings as one blueprint, and who may open them."""

from __future__ import annotations

from flask import Blueprint

from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import staff_and

bp = Blueprint("cohorts", __name__, url_prefix="/cohorts")

OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
ANYONE = staff_and(*OPERATORS)
