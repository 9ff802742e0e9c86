"""Builds the application: plumbing first, then the slices in the order money meets them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_migrate import Migrate
from itsdangerous import BadSignature, URLSafeTimedSerializer

from trainingadmin.anomalies import views as anomalies
from trainingadmin.applications import views as applications
from trainingadmin.attendance import views as attendance
from trainingadmin.attendance.evidence import credited_hours
from trainingadmin.certificates import views as certificates
from trainingadmin.checkins import views as checkins
from trainingadmin.claims import views as claims
from trainingadmin.classes import views as classes
from trainingadmin.cohorts import views as cohorts
from trainingadmin.cohorts.actions import diplomas
from trainingadmin.courses import views as courses
from trainingadmin.desk import navigation
from trainingadmin.desk import views as desk
from trainingadmin.ledger import views as ledger
from trainingadmin.notices import views as notices
from trainingadmin.offers import views as offers
from trainingadmin.payments import views as payments
from trainingadmin.people import proving, sessions
from trainingadmin.people import views as people
from trainingadmin.plumbing import (
    access,
    clock,
    database,
    health,
    idempotency,
    logs,
    pages,
    queue,
    searching,
    secrets,
    storage,
    transaction,
    translations,
)
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.templating.environment import PageApp
from trainingadmin.policies import views as policies
from trainingadmin.recoveries import views as recoveries
from trainingadmin.reforms import views as reforms
from trainingadmin.registers import views as registers
from trainingadmin.settings import ROOT, Settings
from trainingadmin.wages import views as wages

SLICES = (
    people,
    courses,
    policies,
    registers,
    cohorts,
    attendance,
    classes,
    checkins,
    applications,
    anomalies,
    wages,
    claims,
    offers,
    notices,
    payments,
    ledger,
    recoveries,
    certificates,
    reforms,
    desk,
)


class _LazyKeySessions(SecureCookieSessionInterface):
    """Signs the cookie (language, messages, CSRF) with a key that is read at the first request.

    What a cookie says is kept, with the second it was signed, so that the next page need not verify it again.
    """

    _serializer: URLSafeTimedSerializer | None = None

    def __init__(self) -> None:
        self._opened = lru_cache(maxsize=1024)(self._open)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        value, serializer = request.cookies.get(self.get_cookie_name(app)), self.get_signing_serializer(app)
        if not value or serializer is None:
            return super().open_session(app, request)
        said, signed_at = self._opened(serializer, value)
        if said is None or clock.now().timestamp() - signed_at > app.permanent_session_lifetime.total_seconds():
            return super().open_session(app, request)
        return self.session_class(said)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        read_only = session.accessed and not session.modified and not session.permanent
        if read_only and "vary" not in response.headers.keys(lower=True):
            response.headers.add("Vary", "Cookie")  # as below, which parses what the header says first
        else:
            super().save_session(app, session, response)

    def _open(self, serializer: URLSafeTimedSerializer, value: str) -> tuple[dict[str, str] | None, float]:
        try:
            said, at = serializer.loads(value, return_timestamp=True)
        except BadSignature:
            return None, 0.0
        flat = all(type(told) is str for told in said.values())  # messages are lists, which a request changes in place
        return (said, at.timestamp()) if flat else (None, 0.0)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            app.secret_key = app.secret_key or secrets.current().keys.cookie
            self._serializer = super().get_signing_serializer(app)
        return self._serializer


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for `settings` (the environment's when None)."""
    settings = settings or Settings.from_env()
    logs.install()
    app = PageApp(__name__, template_folder=str(ROOT / "templates"))
    app.config["SETTINGS"] = settings
    app.session_interface = _LazyKeySessions()
    app.config["SESSION_COOKIE_SECURE"] = settings.https
    secrets.install(app, settings)
    database.install(app, settings.database_url)
    queue.install(app, settings.redis_url)
    storage.install(app, settings.storage_url)

    translations.install(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    _install_requests(app)
    for views in SLICES:
        app.register_blueprint(views.bp)
    navigation.install(app)
    diplomas.install(app, credited_hours)
    health.install(app)
    access.install(app)
    proving.install(app)
    return app


def _install_requests(app: Flask) -> None:
    """Order matters: the transaction opens first and closes last, the actor is known before replays."""
    transaction.install(app)
    sessions.install(app)
    pages.install(app, static_version=_static_version(Path(__file__).parent / "static"))
    searching.install(app)
    idempotency.install(app)


def _static_version(folder: Path) -> str:
    stamps = "".join(f"{path.name}{path.stat().st_mtime_ns}" for path in sorted(folder.rglob("*")) if path.is_file())
    return hashlib.sha256(stamps.encode()).hexdigest()[:10]
