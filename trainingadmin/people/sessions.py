"""Server-side sessions: who a cookie belongs to, until it idles out, ends or is ended."""

from __future__ import annotations

import hashlib
import secrets as random
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from sqlalchemy import select, update

from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Account, SignIn
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_TOUCH = timedelta(minutes=1)


def cookie_name() -> str:
    """`__Host-` where HTTPS lets browsers insist on it."""
    return "__Host-signin" if current_app.config["SESSION_COOKIE_SECURE"] else "signin"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(account: Account) -> None:
    """Sign `account` in on this request's browser, under a fresh 256-bit token."""
    end_current()
    token = random.token_urlsafe(32)
    db.session.add(SignIn(token_hash=_hash(token), account_id=account.id, started_at=clock.now(), seen_at=clock.now()))
    g.new_token = token


def end_current() -> None:
    """End the session this request came with, on the server."""
    token = request.cookies.get(cookie_name())
    if token:
        db.session.execute(
            update(SignIn)
            .where(SignIn.token_hash == _hash(token), SignIn.ended_at.is_(None))
            .values(ended_at=clock.now())
        )
    g.new_token = ""


def end_all(account_id: int) -> None:
    """End every session of an account: its password or roles changed."""
    db.session.execute(
        update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


def as_actor(account: Account) -> Actor:
    """Return the actor that `account` makes."""
    return Actor(
        id=account.id,
        name=account.name,
        roles=frozenset(held.role for held in account.roles),
        office=account.office_code,
        organisation_id=account.organisation_id,
        person_id=account.person_id,
    )


def _load(token: str) -> tuple[SignIn, Account] | None:
    now = clock.now()
    found = db.session.execute(
        select(SignIn, Account)
        .join(Account, Account.id == SignIn.account_id)
        .where(
            SignIn.token_hash == _hash(token),
            SignIn.ended_at.is_(None),
            SignIn.seen_at > now - IDLE,
            SignIn.started_at > now - ABSOLUTE,
            Account.active,
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def _touch(sign_in_id: int) -> None:
    # A write of its own, before the request's transaction: pages that read must not write.
    with transaction.unit():
        db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))


def install(app: Flask) -> None:
    """Let `app` know its actor on every request."""

    @app.before_request
    def load_actor() -> None:
        g.actor = None
        token = request.cookies.get(cookie_name())
        if not token or request.endpoint == "static":
            return
        found = _load(token)
        if found is None:
            return
        sign_in, account = found
        if clock.now() - sign_in.seen_at > _TOUCH:
            _touch(sign_in.id)
            found = _load(token)
            if found is None:
                return
            sign_in, account = found
        g.actor = as_actor(account)

    @app.after_request
    def set_cookie(response: Response) -> Response:
        token = g.pop("new_token", None)
        if token:
            response.set_cookie(
                cookie_name(),
                token,
                httponly=True,
                samesite="Lax",
                secure=app.config["SESSION_COOKIE_SECURE"],
                path="/",
            )
        elif token == "":
            response.delete_cookie(cookie_name(), path="/", secure=app.config["SESSION_COOKIE_SECURE"])
        return response
