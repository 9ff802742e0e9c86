"""The blueprint that the pages of versions, drafts and simulations hang on, and who may open them."""

from __future__ import annotations

from flask import Blueprint

from trainingadmin.kernel.roles import Role

bp = Blueprint("reforms", __name__, url_prefix="/reforms")

READERS = (Role.POLICY, Role.SUPERVISOR, Role.ADMIN)
