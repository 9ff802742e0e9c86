"""Knows a browser again by letters of its own in a cookie that lives long; what is kept of them is a keyed hash."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from trainingadmin.plumbing.secrets import blind_index

COOKIE = "device"
_KEPT = timedelta(days=730)
_MARK = 20


def letters() -> str:
    """Return the letters by which this browser is known again; new ones for a browser that has none yet."""
    return request.cookies.get(COOKIE, "")[:64] or secrets.token_urlsafe(16)


def mark(of_browser: str) -> str:
    """Return what is kept of a browser's letters: a keyed hash, which names nobody."""
    return blind_index(f"device:{of_browser}")[:_MARK]


def remembered(answer: ResponseReturnValue, of_browser: str) -> Response:
    """Return an answer by which the browser keeps its letters."""
    response = make_response(answer)
    secure, kept = current_app.config["SESSION_COOKIE_SECURE"], int(_KEPT.total_seconds())
    response.set_cookie(COOKIE, of_browser, max_age=kept, httponly=True, samesite="Lax", secure=secure)
    return response
