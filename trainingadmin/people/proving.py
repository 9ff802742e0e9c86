"""Asks who one is once more before weighty acts, and sends staff without a second factor to set one up."""

from __future__ import annotations

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainingadmin.people import sessions
from trainingadmin.people.forms import ProofForm
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import PUBLIC, move_asked
from trainingadmin.plumbing.idempotency import FIELD, carried
from trainingadmin.settings import Settings

_OURS = ("target", "next")
_SETTING_UP = frozenset(
    {"people.security", "people.begin_factor", "people.enrol", "people.prove", "people.sign_out", "static"}
)


def install(app: Flask) -> None:
    """Ask on every request of `app`; call after the guard of roles."""

    @app.before_request
    def ask() -> ResponseReturnValue | None:
        if g.get("actor") is None or request.endpoint is None:
            return None
        if _lacks_factor():
            return redirect(url_for("people.security"))
        if not _is_weighty() or clock.now() - g.proven_at <= sessions.FRESH:
            return None
        if request.method == "GET":
            return redirect(url_for("people.prove", next=request.full_path.rstrip("?")))
        return question(ProofForm(formdata=None), sent(), request.full_path.rstrip("?")), 403


def _lacks_factor() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.second_factor or g.factor or not g.actor.is_staff or request.endpoint in _SETTING_UP:
        return False
    return getattr(current_app.view_functions[request.endpoint or ""], "admitted", None) != PUBLIC


def _is_weighty() -> bool:
    declared = getattr(current_app.view_functions[request.endpoint or ""], "weighty", None)
    if declared is None:
        return False
    moves, reads = declared
    if request.method == "GET":
        return bool(reads)
    return not moves or move_asked() in moves


def sent() -> list[tuple[str, str]]:
    """Return what was sent, to be sent on; the former question stays behind."""
    return carried(*_OURS)


def question(form: ProofForm, fields: list[tuple[str, str]], target: str) -> str:
    """Return the page that asks; `target` is where the fields go on to, "" when only a page was asked for.

    A file is not kept meanwhile: whoever sent one is led back to its form.
    """
    if g.factor:
        form.ask_for_code()
    lost = bool(request.files)
    return render_template(
        "people/prove.html",
        form=form,
        carried=fields,
        target="" if lost else target,
        back=target if lost else request.values.get("next", ""),
        lost=lost,
        key=request.form.get(FIELD),
        factor=g.factor,
    )
