"""Who may call an endpoint: every view declares it, and one guard enforces all declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainingadmin.kernel.roles import STAFF, Actor, Role
from trainingadmin.plumbing.idempotency import FIELD, carried

View = TypeVar("View", bound=Callable[..., Any])
_PASSWORDS = ("password", "current", "new")
"""Fields that wait on no page while nobody is signed in."""

PUBLIC = "public"
_OWN = frozenset({"static"})


def admits(*roles: Role) -> Callable[[View], View]:
    """Declare the roles that may call a view; rows are limited further by `visible_to(actor)`."""

    def declare(view: View) -> View:
        view.admitted = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def weighty(*moves: str, reads: bool = False) -> Callable[[View], View]:
    """Declare that a view asks who one is once more, unless that was proven a moment ago.

    `moves`: only for these values of the form's `move`; none means every POST. `reads`: for GET too, as for files
    that show whole numbers.
    """

    def declare(view: View) -> View:
        view.weighty = (frozenset(moves), reads)  # type: ignore[attr-defined]
        return view

    return declare


def move_asked() -> str:
    """Return the move that a request names: in its form, or in its address where its form names none.

    What asks for a proof and what acts must read the same one.
    """
    return request.form.get("move", request.args.get("move", ""))


def staff_and(*roles: Role) -> tuple[Role, ...]:
    """Return every role of the bureau, and `roles`."""
    return (*STAFF, *roles)


def public(view: View) -> View:
    """Declare that anyone may call a view."""
    view.admitted = PUBLIC  # type: ignore[attr-defined]
    return view


def declarations(app: Flask) -> dict[str, frozenset[Role] | str | None]:
    """Return what each endpoint declares; None is a mistake that `install` refuses."""
    return {
        endpoint: getattr(view, "admitted", None)
        for endpoint, view in app.view_functions.items()
        if endpoint not in _OWN
    }


def install(app: Flask) -> None:
    """Guard every request of `app`; call last, when all views are mounted."""
    undeclared = sorted(endpoint for endpoint, declared in declarations(app).items() if declared is None)
    if undeclared:
        raise RuntimeError(f"declare @admits(...) or @public on: {', '.join(undeclared)}")
    declared = declarations(app)

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint in _OWN:
            return None
        admitted = declared[request.endpoint]
        if admitted == PUBLIC:
            return None
        actor: Actor | None = g.actor
        if actor is None:
            return _to_sign_in()
        assert isinstance(admitted, frozenset)
        if not actor.roles & admitted:
            abort(403)
        return None


def _to_sign_in() -> ResponseReturnValue:
    """Send a stranger to sign in and back again; what somebody sent whose session ended waits on a page until they did."""
    target, fields = request.full_path.rstrip("?"), carried(*_PASSWORDS)
    on_phone = request.path == "/m" or request.path.startswith("/m/")
    door = "people.ask_code" if on_phone else "people.sign_in"
    if fields or request.files:
        # Under its own key still: however it is sent again, it is carried out once.
        told = {"target": target, "key": request.form.get(FIELD), "door": door, "lost": bool(request.files)}
        return render_template("errors/401.html", carried=fields, reason=None, **told), 401
    return redirect(url_for(door, next=target if request.method == "GET" else None))


def cookies_lost() -> ResponseReturnValue | None:
    """Answer a form of ours from a browser that was closed meanwhile as one whose session ended; None for any other.

    Only for what the browser says was sent from a page of this site: nobody else's form may wait here to be sent again.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if g.get("actor") is not None or getattr(view, "admitted", PUBLIC) == PUBLIC:
        return None
    return _to_sign_in() if urlsplit(request.headers.get("Origin", "")).netloc == request.host else None


def actor() -> Actor:
    """Return who is signed in; for views that admit roles, where someone always is."""
    found: Actor = g.actor
    return found
