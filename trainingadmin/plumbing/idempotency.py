"""Posting the same form twice acts once: the key, the body's hash and the answer share the transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, secrets
from trainingadmin.plumbing.database import Base, db

View = TypeVar("View", bound=Callable[..., Any])

FIELD = "_key"
_KEEP = timedelta(days=30)
PROOF = "_proof"
"""The field that proves who one is; it changes by the half minute and is no part of what is asked for."""
_IGNORED = frozenset({FIELD, PROOF, "csrf_token"})
STRANGER = 0
"""Stands for whoever is not signed in; no account has this number, and nobody guesses another's key."""
CARRIED = 5000
"""Fields of a form that are carried over a question; a register of a thousand people has three for each."""


class AnsweredPost(Base):
    """A form that was carried out, and where its sender was sent."""

    __tablename__ = "answered_posts"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    account_id: Mapped[int]
    key: Mapped[str]
    body_hash: Mapped[str]
    location: Mapped[str | None] = mapped_column(default=None)
    at: Mapped[datetime] = mapped_column(index=True)


def install(app: Flask) -> None:
    """Let `app` answer a repeated form with the first answer, and refuse a changed body with 409."""

    @app.before_request
    def replay() -> ResponseReturnValue | None:
        sender = _sender()
        if request.method != "POST" or sender is None or not request.form.get(FIELD) or _declares("passes_on"):
            return None
        key, body_hash = request.form[FIELD][:64], _body_hash()
        post = AnsweredPost(account_id=sender, key=key, body_hash=body_hash, at=clock.now())
        try:
            db.session.add(post)
            db.session.flush()
        except IntegrityError:
            db.session.rollback()
            return _answer_again(sender, key, body_hash)
        g.answered_post = post
        return None

    @app.after_request
    def remember(response: Response) -> Response:
        post: AnsweredPost | None = g.pop("answered_post", None)
        if post is not None and response.status_code < 400:
            post.location = response.headers.get("Location")
        return response


def carried(*without: str) -> list[tuple[str, str]]:
    """Return what was sent, to be sent on; files and what is new each time stay behind, and the fields `without`.

    413 for more than `CARRIED`: a part of a form is another form, and nobody would see what is missing.
    """
    left = _IGNORED | set(without)
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in left]
    return fields if len(fields) <= CARRIED else abort(413)


def passes_on(view: View) -> View:
    """Declare that a view hands what it was sent on to another: that one's answer is the one to remember."""
    view.passes_on = True  # type: ignore[attr-defined]
    return view


def from_strangers(view: View) -> View:
    """Declare that a public form acts once under its key for whoever is not signed in, too.

    Not for forms that sign somebody in: what they answer is for one browser alone.
    """
    view.from_strangers = True  # type: ignore[attr-defined]
    return view


def _declares(what: str) -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), what)


def _sender() -> int | None:
    """Return whose keys the form's key is one of, or None where nobody's are remembered."""
    actor: Actor | None = g.get("actor")
    if actor is not None:
        return actor.id
    return STRANGER if _declares("from_strangers") else None


def _answer_again(sender: int, key: str, body_hash: str) -> ResponseReturnValue:
    first = db.session.scalars(select(AnsweredPost).filter_by(account_id=sender, key=key)).one()
    if first.body_hash != body_hash or first.location is None:
        abort(409)
    return redirect(first.location)


def _body_hash() -> str:
    """Return a keyed hash, from which nobody who reads the table can try out who wrote, or under which number."""
    fields: list[Any] = sorted((name, value) for name, value in request.form.items(multi=True) if name not in _IGNORED)
    for name, upload in sorted(request.files.items(multi=True)):
        fields.append((name, hashlib.sha256(upload.stream.read()).hexdigest()))
        upload.stream.seek(0)
    return secrets.blind_index(json.dumps([request.full_path.rstrip("?"), fields]))


def forget_old() -> int:
    """Delete answers older than 30 days; return how many."""
    done: Any = db.session.execute(delete(AnsweredPost).where(AnsweredPost.at < clock.now() - _KEEP))
    return int(done.rowcount)
