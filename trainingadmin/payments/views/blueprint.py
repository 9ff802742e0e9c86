"""The blueprint that the pages of payments hang on, who may read them, and their words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from trainingadmin.kernel.identifiers import mask_account, mask_id
from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.payments.states import BATCH, DEATH_LABELS, DEATH_TONES, DUE, KIND_LABELS, PAYMENT
from trainingadmin.schemes import SCHEMES

bp = Blueprint("payments", __name__, url_prefix="/payments")

READERS = (*FINANCE, Role.APPROVAL, Role.SUPERVISOR, Role.ADMIN)
WORDS: dict[str, Any] = {
    "batches": BATCH,
    "dues": DUE,
    "attempts": PAYMENT,
    "kinds": KIND_LABELS,
    "schemes": SCHEMES,
    "marks": (DEATH_LABELS, DEATH_TONES),
}
MASKS: dict[str, Any] = {"mask_id": mask_id, "mask_account": mask_account}


def text(name: str) -> str:
    """Return what the address says of a filter, or nothing."""
    return request.args.get(name, "").strip()
