"""Pages of signing in and out, and the demo's inbox of text messages."""

from __future__ import annotations

import re

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainingadmin.kernel.identifiers import fold_number
from trainingadmin.kernel.roles import Role
from trainingadmin.people import actions, queries
from trainingadmin.people.forms import AskCodeForm, CodeForm, SignInForm
from trainingadmin.plumbing.access import actor, admits, public

bp = Blueprint("people", __name__)

_INSIDE = re.compile(r"^/(?![/\\])")


def _next() -> str:
    back = request.values.get("next", "")
    return back if _INSIDE.match(back) else url_for("desk.home")


def _address() -> str:
    return request.remote_addr or ""


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in by password."""
    form = SignInForm()
    if form.carries_out(lambda: actions.sign_in((form.login.data or "").strip(), form.password.data or "", address=_address())):
        return redirect(_next())
    return render_template("people/sign_in.html", form=form), form.status


@bp.post("/sign-out")
@admits(*Role)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    actions.sign_out(by=actor())
    return redirect(url_for("people.sign_in"))


@bp.route("/m/sign-in", methods=["GET", "POST"])
@public
def ask_code() -> ResponseReturnValue:
    """Ask for a one-time code; the answer page is the form that takes it."""
    form = AskCodeForm()
    if form.carries_out(lambda: actions.send_code(fold_number(form.id_number.data or ""), address=_address())):
        return render_template("people/enter_code.html", form=CodeForm(formdata=None, id_number=fold_number(form.id_number.data or "")))
    return render_template("people/ask_code.html", form=form), form.status


@bp.post("/m/sign-in/code")
@public
def enter_code() -> ResponseReturnValue:
    """Take the code and sign the trainee in."""
    form = CodeForm()
    if form.carries_out(lambda: actions.sign_in_by_code(fold_number(form.id_number.data or ""), (form.code.data or "").strip(), address=_address())):
        return redirect(url_for("desk.home"))
    return render_template("people/enter_code.html", form=form), form.status


@bp.get("/dev/inbox")
@public
def inbox() -> ResponseReturnValue:
    """Show the text messages that the demo did not send; not there outside the demo."""
    if not current_app.config["SETTINGS"].demo:
        abort(404)
    return render_template("people/inbox.html", messages=queries.inbox())
