"""The blueprint that the pages of people trained at work hang on, and who may open them."""

from __future__ import annotations

from flask import Blueprint

from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import staff_and

bp = Blueprint("wages", __name__, url_prefix="/wages")

ANYONE = staff_and(Role.ENTERPRISE)
