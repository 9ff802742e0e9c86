"""Where everybody arrives: each role's pile today, or a trainee's own page."""

from __future__ import annotations

import re

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from trainingadmin.plumbing.access import public
from trainingadmin.plumbing.pages import LANGUAGES

bp = Blueprint("desk", __name__)

_INSIDE = re.compile(r"^/(?![/\\])")


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Send each to their own start page."""
    if g.actor is None:
        return redirect(url_for("people.sign_in"))
    return render_template("desk/home.html")


@bp.get("/language/<code>")
@public
def language(code: str) -> ResponseReturnValue:
    """Choose the language of the pages and go back to where one was."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    back = request.args.get("next", "/")
    return redirect(back if _INSIDE.match(back) else "/")
