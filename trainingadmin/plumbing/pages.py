"""What every page shares: the form base, filters, globals, headers, error pages and paging."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale, gettext, lazy_gettext
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import URLSafeTimedSerializer
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.http import dump_options_header
from werkzeug.routing import IntegerConverter, Map
from wtforms import Field
from wtforms.validators import ValidationError

from trainingadmin.kernel.identifiers import mask_account, mask_id, mask_phone
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.plumbing import access, addresses, clock, idempotency, statics, words
from trainingadmin.plumbing.database import db, somebody_was_faster
from trainingadmin.plumbing.spreadsheets.findings import together
from trainingadmin.plumbing.templating import environment, tables, told
from trainingadmin.plumbing.words import LANGUAGES, language

_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
_NEVER_KEPT = {"Cache-Control": "no-store", **_HEADERS}


def explain(refusal: Refusal) -> str:
    """Return a refusal in the reader's language; a value may be a refusal itself, or several texts."""
    values = {name: _explained(value) for name, value in refusal.values.items()}
    said_of = str(gettext(refusal.message))
    return said_of % values if values else said_of


def _explained(value: object) -> object:
    if isinstance(value, Refusal):
        return explain(value)
    if isinstance(value, tuple):
        return gettext("、").join(str(_explained(one)) for one in value)
    return gettext(value) if isinstance(value, str) and value else value


class Form(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """A form that carries out one action and shows its refusal beside the field at fault."""

    status = 200
    refused: Refusal | None = None

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ["zh"]

    def carries_out(self, act: Callable[[], object]) -> bool:
        """On POST, validate, act, and report success; otherwise leave errors and a 422 status behind."""
        if request.method != "POST":
            return False
        self.status = 422
        if not self.validate():
            return False
        try:
            act()
            db.session.flush()
        except Refusal as refusal:
            db.session.rollback()
            self.blame(refusal)
            return False
        return True

    def blame(self, refusal: Refusal) -> None:
        """Put a refusal beside its field, or above the form when it names none of ours."""
        self.refused = refusal
        field = self._fields.get(refusal.field or "")
        if field is not None:
            field.errors = (*field.errors, explain(refusal))
        else:
            self.form_errors.append(explain(refusal))
        g.refusal_code = refusal.code


def reads(parse: Callable[[str], object]) -> Callable[[FlaskForm, Field], None]:
    """Return a validator that lets `parse` read a field, and shows beside it why it cannot."""

    def validate(_form: FlaskForm, field: Field) -> None:
        if not field.data:
            return
        try:
            parse(field.data)
        except Malformed as malformed:
            raise ValidationError(gettext(malformed.reason)) from malformed

    return validate


def render_kept(template: str, **values: Any) -> str:
    """Render the page of a list; it is not written anew for the same reader while nothing that it was told has changed."""
    known = (template, words.standing(), g.get("actor"), request.full_path, clock.today())
    says_more = request.method != "GET" or "_flashes" in session  # what was typed, what the last action answered
    key = None if says_more else told.key_of(values, *known)
    if key is None:
        return render_template(template, **values)
    kept = current_app.jinja_env.kept  # type: ignore[attr-defined]  # a `PageEnvironment`
    page = kept.found(key)
    if page is None:
        asked = told.so_far()
        with told.leaving_holes():
            page = render_template(template, **values)
        if told.so_far() == asked:
            kept.keep(key, page)
    return told.filled(page)


def said(message: str, tone: str = "success") -> None:
    """Leave a message for the next page."""
    flash(message, tone)


def download(data: bytes | Iterable[bytes], filename: str, media_type: str) -> Response:
    """Answer with a file, whole or piece by piece, that browsers save and caches forget."""
    response = Response(data, mimetype=media_type)
    filename = "".join(character for character in filename if character.isprintable())
    plain = {"filename": filename} if filename.isascii() else {"filename*": f"UTF-8''{quote(filename, safe='')}"}
    response.headers["Content-Disposition"] = dump_options_header("attachment", plain)
    response.headers["Cache-Control"] = "no-store"
    return response


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@cache
def _icon(name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        _static("icons.svg"), name
    )


@cache
def _static(path: str) -> str:
    return url_for("static", filename=path, v=current_app.config["STATIC_VERSION"])


def _language_href() -> str:
    other = "en" if language() == "zh_CN" else "zh_CN"
    return _language_page(other, request.full_path.rstrip("?") if request.method == "GET" else "/")


@lru_cache(maxsize=1024)
def _language_page(code: str, back: str) -> str:
    return url_for("desk.language", code=code, next=back)


def _idempotency_key() -> str:
    return random.token_urlsafe(16)


def _csrf_token() -> str:
    """Return what `generate_csrf` returns, signed once for each browser."""
    secret = session.get("csrf_token")
    if secret is not None and "csrf_token" not in g:
        g.csrf_token = _signed(current_app.secret_key, secret)
    return str(generate_csrf())


@lru_cache(maxsize=1024)
def _signed(key: Any, secret: str) -> Any:
    return URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(secret)


def _when(instant: datetime | None) -> str:
    return clock.local(instant).strftime("%Y-%m-%d %H:%M") if instant else ""


def _day(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return value.isoformat() if value else ""


def _percent(part: int, whole: int) -> str:
    return f"{part * 1000 // whole / 10:.1f}%" if whole else "—"


def install(app: Flask, *, static_version: str) -> None:
    """Give `app` its page furniture."""
    app.config["STATIC_VERSION"] = static_version
    app.config.update(
        BABEL_DEFAULT_LOCALE="zh_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        WTF_I18N_ENABLED=True,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True, MAX_CONTENT_LENGTH=24 * 1024 * 1024)
    app.url_map.converters["int"] = _Id
    Babel(app, locale_selector=lambda: words.locale(language()))
    CSRFProtect(app)
    _furnish(app)
    _answer_errors(app)
    app.before_request(_refuse_what_no_keyboard_sends)

    csrf_token = told.new_each_time(_csrf_token)

    @app.context_processor
    def furniture() -> dict[str, Any]:
        return {"actor": g.get("actor"), "locale": words.language(), "csrf_token": csrf_token}

    @app.before_request
    @app.teardown_request
    def forget_reader(_error: BaseException | None = None) -> None:
        words.forget()

    @app.after_request
    def headers(response: Response) -> Response:
        if request.endpoint != "static":
            _complete(response, _NEVER_KEPT)
            return response
        _complete(response, _HEADERS)
        if request.args.get("v") == static_version:  # another version has another address
            response.headers["Cache-Control"] = statics.FOREVER
        return response

    statics.install(app, version=static_version, headers=_HEADERS)


def _complete(response: Response, ours: Mapping[str, str]) -> None:
    """Give a response those of our headers that it has not; asking for each one that is not there raises an error."""
    said = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in ours.items() if name.lower() not in said])


def _furnish(app: Flask) -> None:
    """Give templates their words, numbers and icons."""
    app.jinja_env.globals.update({"_": words.say, "gettext": words.say, "ngettext": words.count})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        icon=_icon,
        static=_static,
        language_href=_language_href,
        idempotency_key=told.new_each_time(_idempotency_key),
        today=clock.today,
        cells=tables.cells,
        heads=tables.heads,
        once=environment.once,
        url_for=addresses.address,
    )
    app.jinja_env.filters.update(
        money=lambda amount: amount.grouped() if isinstance(amount, Money) else "—",
        yuan=lambda amount: f"¥{amount.grouped()}" if isinstance(amount, Money) else "—",
        masked_id=lambda text: mask_id(text) if text else "",
        masked_account=lambda text: mask_account(text) if text else "",
        masked_phone=lambda text: mask_phone(text) if text else "",
        grouped=lambda text: Money.parse(text).grouped(),
        when=_when,
        day=_day,
        t=words.translated,
        explain=explain,
        together=together,
    )
    app.jinja_env.kept.reader = words.standing  # type: ignore[attr-defined]  # a `PageEnvironment`
    app.jinja_env.globals["percent"] = _percent
    app.jinja_env.filters["percent"] = _percent
    app.jinja_env.filters["who"] = _who


def _who(name: str) -> str:
    """Name who did something; what the system did by itself in the reader's language."""
    return str(gettext(name)) if name == SYSTEM.name else name


def _answer_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DBAPIError, _stale)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(500, _broken)


_LAST_ID = 2**31 - 1
"""No database of ours numbers rows further."""


class _Id(IntegerConverter):
    """A row's number in an address; one that no database could hold is no row."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, **{"max": _LAST_ID, **options})


def row_id(text: str) -> int:
    """Read a row's number that a form sends; ValueError for one that no database could hold."""
    number = int(text)
    if not 0 <= number <= _LAST_ID:
        raise ValueError(f"no row has the number {number}")
    return number


def _refuse_what_no_keyboard_sends() -> None:
    """Answer 400 to NUL characters, which PostgreSQL cannot keep in any text."""
    if "\0" in request.path or b"%00" in request.query_string:
        abort(400)
    if request.method == "POST":
        names = (upload.filename or "" for _, upload in request.files.items(multi=True))
        if any("\0" in text for text in (*(value for _, value in request.form.items(multi=True)), *names)):
            abort(400)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    if isinstance(error, CSRFError) and (waiting := access.cookies_lost()) is not None:
        return waiting
    known = error.code if error.code in {400, 403, 404, 405, 409, 413, 422, 429} else 400
    return render_template(f"errors/{known}.html", reason=None), error.code or 400


def _stale(error: StaleDataError | DBAPIError) -> ResponseReturnValue:
    if not somebody_was_faster(error):
        raise error
    db.session.rollback()
    return render_template("errors/409.html", reason=None), 409


def _refused(refusal: Refusal) -> ResponseReturnValue:
    db.session.rollback()
    g.refusal_code = refusal.code
    return render_template("errors/422.html", reason=explain(refusal)), 422


def _broken(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    if somebody_was_faster(getattr(error, "original_exception", None)):  # found out as the request committed
        return render_template("errors/409.html", reason=None), 409
    return render_template("errors/500.html", reason=None), 500


__all__ = [
    "LANGUAGES",
    "XLSX",
    "Form",
    "download",
    "explain",
    "get_locale",
    "gettext",
    "idempotency",
    "install",
    "language",
    "lazy_gettext",
    "reads",
    "render_kept",
    "row_id",
    "said",
]
