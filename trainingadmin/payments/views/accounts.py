"""Pages of accounts that the bank sent money back from: what was entered since, and a second person's look at it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.roles import Role
from trainingadmin.payments import actions
from trainingadmin.payments import forms as f
from trainingadmin.payments.queries.answered import accounts as entered
from trainingadmin.payments.views.blueprint import MASKS, READERS, bp
from trainingadmin.people import queries as people
from trainingadmin.people.actions import masked
from trainingadmin.people.views.disclosing import disclosure
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import said


@bp.get("/accounts")
@admits(*READERS, Role.FIRST_REVIEW)
def accounts() -> ResponseReturnValue:
    """List the payees whose payments the bank sent back, with the account then and now."""
    return render_template("payments/accounts.html", returned=entered.returned(actor()), **MASKS)


@bp.route("/accounts/<kind>/<int:key>/numbers", methods=["GET", "POST"])
@admits(Role.FIRST_REVIEW, Role.CHECKER)
@weighty()
def account_numbers(kind: str, key: int) -> ResponseReturnValue:
    """Show the account now and the one that failed whole, for a stated purpose."""
    found = entered.one(kind, key, actor=actor())
    whose = masked(people.person(key) if kind == "person" else people.organisation(key, actor=actor()))
    return disclosure(whose.beside((N_("被退回的账号"), found.then[1])), back=url_for(".review", kind=kind, key=key))


@bp.route("/accounts/<kind>/<int:key>", methods=["GET", "POST"])
@admits(Role.FIRST_REVIEW, Role.CHECKER)
@weighty()
def review(kind: str, key: int) -> ResponseReturnValue:
    """Show one corrected account beside the one that failed, and pass or refuse it."""
    found, form = entered.one(kind, key, actor=actor()), f.ReviewForm()
    if form.carries_out(lambda: actions.review_account(found, **form.verdict(), by=actor())):
        said(_("账户复核已登记。"))
        return redirect(url_for(".accounts"))
    return render_template("payments/review.html", found=found, form=form, **MASKS), form.status
