"""A person's own pages beside their claim: photographs of the business, the account that is paid."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.applications import actions, queries
from trainingadmin.applications.forms import PayoutForm, PhotoForm
from trainingadmin.applications.states import PHOTO_LABELS, WANTED
from trainingadmin.kernel.identifiers import mask_account
from trainingadmin.kernel.roles import REVIEWERS, Role
from trainingadmin.people import actions as people
from trainingadmin.people.queries import payout_account, person
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said
from trainingadmin.plumbing.storage import store

bp = Blueprint("applications", __name__, url_prefix="/m/applications")

_LOOKERS = (Role.TRAINEE, *REVIEWERS, Role.SUPERVISOR)


@bp.route("/<int:application_id>/photos", methods=["GET", "POST"])
@admits(Role.TRAINEE)
def photos(application_id: int) -> ResponseReturnValue:
    """Show the photographs of one's application, and take in another."""
    found, form = queries.application(application_id, actor=actor()), PhotoForm()
    there = queries.photos(application_id)
    missing = next((kind for kind in WANTED if kind not in {one.kind for one in there}), None)
    form.offer(missing)
    if form.carries_out(lambda: actions.add_photo(found, *form.content(), by=actor())):
        said(_("照片已上传。"))
        return redirect(url_for(".photos", application_id=application_id))
    more: dict[str, Any] = {"photos": there, "labels": PHOTO_LABELS, "missing": missing}
    return render_template("applications/photos.html", found=found, form=form, **more), form.status


@bp.get("/<int:application_id>/photos/<int:photo_id>")
@admits(*_LOOKERS)
def photo(application_id: int, photo_id: int) -> ResponseReturnValue:
    """Show one photograph to the applicant and to those who review."""
    queries.application(application_id, actor=actor())
    found = queries.photo(application_id, photo_id)
    answer = Response(store().read(found.sha256), mimetype=found.media_type)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.route("/account", methods=["GET", "POST"])
@admits(Role.TRAINEE)
def payout() -> ResponseReturnValue:
    """Show the account that one is paid to, and change it; whoever came from a claim goes back to it."""
    claim = request.args.get("claim", type=int)
    back = url_for("claims.own", application_id=claim) if claim else url_for("desk.mine")
    mine = person(actor().person_id or abort(404))
    form = PayoutForm(holder=mine.name)
    data = form.data
    if form.carries_out(lambda: people.set_payout(mine, data["holder"], data["number"], data["bank"], by=actor())):
        said(_("收款账户已保存，只影响以后的拨付。"))
        return redirect(back)
    known = payout_account(mine.id)
    masked = mask_account(known.number) if known else ""
    told = {"known": known, "masked": masked, "claim": claim, "back": back}
    return render_template("applications/payout.html", form=form, **told), form.status
