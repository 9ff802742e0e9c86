"""Server-side sessions: who a cookie belongs to, until it idles out, ends or is ended."""

from __future__ import annotations

import hashlib
import secrets as random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Flask, Response, current_app, g, request
from sqlalchemy import BindParameter, ColumnElement, Date, and_, bindparam, func, select, update

from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Account, AccountRole, Delegation, SecondFactor, SignIn
from trainingadmin.plumbing import clock, driver, transaction
from trainingadmin.plumbing.database import db

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
HALF = timedelta(minutes=5)
"""How long the second step of signing in may take."""
FRESH = timedelta(minutes=15)
"""How long a proof of who one is counts for weighty acts."""
_TOUCH = timedelta(minutes=1)


def cookie_name() -> str:
    """`__Host-` where HTTPS lets browsers insist on it."""
    return "__Host-signin" if current_app.config["SESSION_COOKIE_SECURE"] else "signin"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(account: Account, *, half: bool = False) -> None:
    """Sign `account` in on this request's browser, under a fresh 256-bit token; `half` until the second factor is shown."""
    end_current()
    _open(account.id, started_at=clock.now(), half=half)


def _open(account_id: int, *, started_at: datetime, half: bool = False, proven_at: datetime | None = None) -> None:
    token = random.token_urlsafe(32)
    db.session.add(
        SignIn(
            token_hash=_hash(token),
            account_id=account_id,
            started_at=started_at,
            seen_at=clock.now(),
            waits_since=clock.now() if half else None,
            proven_at=proven_at,
        )
    )
    g.new_token = token


def begun() -> Account | None:
    """Return the account whose password this browser gave a moment ago, while its second factor is asked for."""
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    return db.session.scalars(
        select(Account)
        .join(SignIn, SignIn.account_id == Account.id)
        .where(
            SignIn.token_hash == _hash(token),
            SignIn.ended_at.is_(None),
            SignIn.waits_since > clock.now() - HALF,
            Account.active,
        )
    ).one_or_none()


def prove() -> None:
    """Note that the person proved again who they are: the session goes on under a fresh token, no longer than before."""
    token = request.cookies.get(cookie_name()) or ""
    current = db.session.scalars(select(SignIn).where(SignIn.token_hash == _hash(token))).one()
    end_current()
    _open(current.account_id, started_at=current.started_at, proven_at=clock.now())


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
    own, lent = {held.role for held in account.roles}, delegated_to(account.id)
    return Actor(
        id=account.id,
        name=account.name,
        roles=frozenset(own | {role for role, _ in lent}),
        office=account.office_code,
        organisation_id=account.organisation_id,
        person_id=account.person_id,
        stands_in=tuple((role, name) for role, name in lent if role not in own),
    )


_DELEGATED = Delegation.__table__.c


def _in_force() -> ColumnElement[bool]:
    """Tell of a delegation whether it counts on the day given as `today`."""
    today: BindParameter[date] = bindparam("today", type_=Date())
    agreed = and_(_DELEGATED.agreed_at.is_not(None), _DELEGATED.ended_at.is_(None))
    return and_(agreed, _DELEGATED.from_on <= today, _DELEGATED.to_on >= today)


_LENT = (
    select(_DELEGATED.role, Account.__table__.c.name)
    .join(Account.__table__, Account.__table__.c.id == _DELEGATED.delegator_id)
    .join(
        AccountRole.__table__,
        and_(
            AccountRole.__table__.c.account_id == _DELEGATED.delegator_id,
            AccountRole.__table__.c.role == _DELEGATED.role,
        ),
    )
    .where(_DELEGATED.delegate_id == bindparam("delegate_id"), Account.__table__.c.active, _in_force())
    .order_by(_DELEGATED.id)
)


def delegated_to(account_id: int) -> list[tuple[Role, str]]:
    """Return the roles that others, who still hold them, handed to an account for today, and who did."""
    rows = db.session.connection().execute(_LENT, {"delegate_id": account_id, "today": clock.today()})
    return [(row.role, row.name) for row in rows]


_SIGN_INS, _ACCOUNTS, _ROLES = SignIn.__table__.c, Account.__table__.c, AccountRole.__table__.c
_FACTORS = SecondFactor.__table__.c
# Asked at every request: plain columns, prepared once.
_LIVE = (
    select(
        _SIGN_INS.id,
        _SIGN_INS.seen_at,
        _SIGN_INS.started_at,
        _SIGN_INS.proven_at,
        _FACTORS.confirmed_at,
        _ACCOUNTS.id.label("account_id"),
        _ACCOUNTS.name,
        _ACCOUNTS.office_code,
        _ACCOUNTS.organisation_id,
        _ACCOUNTS.person_id,
        _ROLES.role,
        select(func.count())
        .where(_DELEGATED.delegate_id == _ACCOUNTS.id, _in_force())
        .correlate(Account.__table__)
        .scalar_subquery()
        .label("lent"),
    )
    .join(Account.__table__, _ACCOUNTS.id == _SIGN_INS.account_id)
    .join(AccountRole.__table__, _ROLES.account_id == _ACCOUNTS.id)
    .outerjoin(SecondFactor.__table__, _FACTORS.account_id == _ACCOUNTS.id)
    .where(
        _SIGN_INS.waits_since.is_(None),
        _SIGN_INS.token_hash == bindparam("token_hash"),
        _SIGN_INS.ended_at.is_(None),
        _SIGN_INS.seen_at > bindparam("idle_since"),
        _SIGN_INS.started_at > bindparam("begun_since"),
        _ACCOUNTS.active,
    )
)


@dataclass(frozen=True, slots=True)
class _Live:
    """A session that is still good, and the actor it belongs to."""

    id: int
    seen_at: datetime
    proven_at: datetime
    factor: bool
    actor: Actor


def _load(token: str) -> _Live | None:
    now = clock.now()
    since = {"idle_since": now - IDLE, "begun_since": now - ABSOLUTE}
    rows = driver.rows(_LIVE, token_hash=_hash(token), today=clock.today(), **since)
    if not rows:
        return None
    one = rows[0]
    own, lent = {row.role for row in rows}, delegated_to(one.account_id) if one.lent else []
    actor = Actor(
        id=one.account_id,
        name=one.name,
        roles=frozenset(own | {role for role, _ in lent}),
        office=one.office_code,
        organisation_id=one.organisation_id,
        person_id=one.person_id,
        stands_in=tuple((role, name) for role, name in lent if role not in own),
    )
    return _Live(one.id, one.seen_at, one.proven_at or one.started_at, one.confirmed_at is not None, actor)


def _touch(sign_in_id: int) -> None:
    # A write of its own, before the request's transaction: pages that read must not write.
    with transaction.unit():
        db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))


def install(app: Flask) -> None:
    """Let `app` know its actor on every request."""

    @app.before_request
    def load_actor() -> None:
        g.actor = None
        token = None if request.endpoint == "static" else request.cookies.get(cookie_name())
        if not token:
            return
        found = _load(token)
        if found is not None and clock.now() - found.seen_at > _TOUCH:
            _touch(found.id)
            found = _load(token)
        g.actor = found.actor if found else None
        g.proven_at, g.factor = (found.proven_at, found.factor) if found else (None, False)

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
