"""Pages of offers: the list, and one with its conditions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.roles import REVIEWERS, Role
from trainingadmin.offers import actions, queries
from trainingadmin.offers.forms import DismissForm
from trainingadmin.offers.states import FATE_LABELS, FATE_TONES, SCHEME_LABELS, Fate
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import render_kept, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.registers.why import card

bp = Blueprint("offers", __name__, url_prefix="/offers")

_READERS = (*REVIEWERS, Role.SUPERVISOR, Role.ENTERPRISE)
_WORDS: dict[str, Any] = {"fates": FATE_LABELS, "tones": FATE_TONES, "schemes": SCHEME_LABELS}


@bp.get("/")
@admits(*_READERS)
def index() -> ResponseReturnValue:
    """List what could be claimed and was not, the earliest first."""
    wanted = {"scheme": request.args.get("scheme", ""), "fate": request.args.get("fate", Fate.OPEN.value)}
    page = page_of(queries.listing(actor(), **wanted))
    options = {
        "scheme_options": [(name, _(label)) for name, label in SCHEME_LABELS.items()],
        "fate_options": [(fate.value, _(label)) for fate, label in FATE_LABELS.items()],
    }
    return render_kept("offers/index.html", page=page, wanted=wanted, fate_of=queries.fate_of, **options, **_WORDS)


@bp.route("/<int:offer_id>", methods=["GET", "POST"])
@admits(*_READERS)
def show(offer_id: int) -> ResponseReturnValue:
    """Show one offer with every condition; officers dismiss it with a reason."""
    found, form = queries.offer(offer_id, actor=actor()), DismissForm()
    if form.carries_out(lambda: actions.dismiss(found, form.reason.data or "", by=actor())):
        said(_("已不再提示。"))
        return redirect(url_for(".index"))
    items = card(found.scheme, found.findings, found.sources)
    more = {"found": found, "items": items, "fate": queries.fate_of(found), "may_dismiss": actor().has(*REVIEWERS)}
    return render_template("offers/show.html", form=form, **more, **_WORDS), form.status
