"""Pages of stray lines: what the bank told of that was not sent, and what finance makes of each."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.roles import FINANCE
from trainingadmin.payments import actions, queries
from trainingadmin.payments import forms as f
from trainingadmin.payments.queries.answered import strays as kept
from trainingadmin.payments.states import STRAY
from trainingadmin.payments.views.blueprint import MASKS, READERS, bp, text
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import said
from trainingadmin.plumbing.paging import page_of


@bp.get("/strays")
@admits(*READERS)
def strays() -> ResponseReturnValue:
    """List the lines of the bank's answers that spoke of nothing that was sent."""
    state = text("state")
    page = page_of(kept.visible(actor(), state=state))
    return render_template("payments/strays.html", page=page, strays=STRAY, wanted=state, **MASKS)


@bp.get("/strays/<int:stray_id>")
@admits(*READERS)
def stray(stray_id: int) -> ResponseReturnValue:
    """Show one line, the payments it may be about, and what can be done."""
    return _shown(kept.one(stray_id, actor=actor()), f.StrayForm())


@bp.post("/strays/<int:stray_id>/move")
@admits(*FINANCE)
@weighty("confirm")
def move_stray(stray_id: int) -> ResponseReturnValue:
    """Match a line, set it apart, confirm or decline a match; refused, show why."""
    found, form = kept.one(stray_id, actor=actor()), f.StrayForm()
    known = STRAY.moves.get(form.move.data or "") or abort(404)
    if form.carries_out(lambda: _move(found, known.name, form)):
        said(_("已办理：%(move)s。", move=_(known.label)))
        return redirect(url_for(".stray", stray_id=stray_id))
    return _shown(found, form)


def _move(found: Any, name: str, form: f.StrayForm) -> None:
    note, by = form.note.data or "", actor()
    if name == "match":
        actions.match(found, form.payment.data, note, by=by)
    elif name == "confirm":
        actions.confirm(found, by=by)
    else:
        {"set_apart": actions.set_apart, "decline": actions.decline}[name](found, note, by=by)


def _shown(found: Any, form: f.StrayForm) -> ResponseReturnValue:
    offers = STRAY.offers(state=found.state, actor=actor(), past=kept.hands(found))
    more = {"offers": offers, "number": queries.number_of(found.batch_id)}
    candidates = kept.candidates(found, found.payment_id)
    form.offer(candidates)
    return (
        render_template(
            "payments/stray.html", found=found, form=form, candidates=candidates, strays=STRAY, **more, **MASKS
        ),
        form.status,
    )
