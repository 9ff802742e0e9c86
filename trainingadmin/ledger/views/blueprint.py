"""The blueprint that the pages of the books hang on, and who may read them."""

from __future__ import annotations

from datetime import date

from flask import Blueprint

from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.payments.views.blueprint import text

bp = Blueprint("ledger", __name__, url_prefix="/ledger")

AUDIENCE = (*FINANCE, Role.SUPERVISOR, Role.ADMIN)


def day(name: str = "on") -> date | None:
    """Return the day asked for in the address, or none; what is no day was not asked for."""
    try:
        return date.fromisoformat(text(name))
    except ValueError:
        return None
