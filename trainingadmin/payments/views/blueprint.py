"""The blueprint that the pages of payments hang on, who may read them, and their words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates import queries as documents
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.identifiers import mask_account, mask_id
from trainingadmin.kernel.money import total
from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.payments import actions, queries, remittance
from trainingadmin.payments import forms as f
from trainingadmin.payments import ledger as books
from trainingadmin.payments.bankfile import Layout
from trainingadmin.payments.queries import dues as owed
from trainingadmin.payments.queries import exports
from trainingadmin.payments.states import BATCH, CODE_LABELS, DUE, KIND_LABELS, PAYMENT
from trainingadmin.people import queries as people
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.access import actor, admits, staff_and
from trainingadmin.plumbing.pages import XLSX, page_of, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.schemes import SCHEMES

bp = Blueprint("payments", __name__, url_prefix="/payments")

READERS = (*FINANCE, Role.APPROVAL, Role.SUPERVISOR, Role.ADMIN)
WORDS: dict[str, Any] = {"batches": BATCH, "dues": DUE, "attempts": PAYMENT, "kinds": KIND_LABELS, "schemes": SCHEMES}
MASKS: dict[str, Any] = {"mask_id": mask_id, "mask_account": mask_account}


def text(name: str) -> str:
    return request.args.get(name, "").strip()


