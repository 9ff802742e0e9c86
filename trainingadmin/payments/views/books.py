"""Pages of the books: the trial balance on a day, accounts and statements down to their rows, budgets."""

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

from trainingadmin.payments.views.blueprint import MASKS, READERS, WORDS, bp, text


@bp.get("/ledger")
@admits(*FINANCE, Role.SUPERVISOR, Role.ADMIN)
def ledger() -> ResponseReturnValue:
    """Show the trial balance; each account leads to its rows."""
    accounts = books.trial_balance(actor())
    more = {"names": owed.account_names([one.account for one in accounts]), "sums": books.add_up(accounts)}
    return render_template("payments/ledger.html", accounts=accounts, **more, schemes=SCHEMES)


@bp.get("/ledger/account")
@admits(*FINANCE, Role.SUPERVISOR, Role.ADMIN)
def account() -> ResponseReturnValue:
    """Show the transfers in and out of one account; each leads to its due."""
    path = text("path")
    page = page_of(books.rows(actor(), path))
    if not page.total:
        abort(404)
    names = owed.account_names(books.accounts_in(page.rows))
    return render_template(
        "payments/account.html", path=path, page=page, names=names, codes=CODE_LABELS, schemes=SCHEMES
    )
