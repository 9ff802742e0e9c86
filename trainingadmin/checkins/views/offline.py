"""What goes on without a network: the worker, the page it shows, and the way in for what was kept meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, current_app, g, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from trainingadmin.checkins import actions
from trainingadmin.checkins.actions import Scanned
from trainingadmin.checkins.forms import QueuedForm
from trainingadmin.checkins.states import SENTENCES, VERDICT_LABELS
from trainingadmin.checkins.views.blueprint import bp, phone_now
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import actor, admits, public


@bp.get("/k/worker.js")
@public
def worker() -> ResponseReturnValue:
    """Hand out the worker that answers for us when there is no network."""
    script = Path(current_app.static_folder or "") / "js" / "worker.js"
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return Response(script.read_bytes(), mimetype="text/javascript", headers=headers)


@bp.get("/k/offline")
@public
def offline() -> ResponseReturnValue:
    """Show the page that a phone keeps for scanning without a network."""
    return render_template("checkins/offline.html")


@bp.get("/k/pass")
@public
def pass_of() -> ResponseReturnValue:
    """Tell a page that comes back whether its person is still signed in, and what their forms carry."""
    return jsonify({"csrf": generate_csrf(), "trainee": g.actor is not None and g.actor.has(Role.TRAINEE)})


@bp.post("/k/queued")
@admits(Role.TRAINEE)
def queued() -> ResponseReturnValue:
    """Take a scan that a phone kept without a network; the same one any number of times."""
    form, done = QueuedForm(), list[Any]()
    if form.carries_out(lambda: done.append(actions.scan(_scanned(form), by=actor()))):
        scan = done[0]
        sentence = SENTENCES.get(scan.verdict, VERDICT_LABELS[scan.verdict])
        told = {"good": scan.verdict.is_good, "said": _(sentence), "href": url_for(".done", scan_id=scan.id)}
        return jsonify(told)
    return jsonify({"said": _told(form)}), form.status


def _scanned(form: QueuedForm) -> Scanned:
    client_id = form.client_id.data or ""
    return Scanned(form.token.data or "", form.scanned_when(), phone_now(form.place()), True, client_id)


def _told(form: Any) -> str:
    return " ".join([*form.form_errors, *(str(text) for texts in form.errors.values() for text in texts)])
