"""The words of pages: which language a request speaks, and what a text of ours is in it."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from flask import has_request_context, request, session
from flask_babel import force_locale, get_translations
from markupsafe import Markup

from trainingadmin.plumbing.templating import environment

LANGUAGES = ("zh_CN", "en")
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)
_stood: ContextVar[tuple[str, str | None] | None] = ContextVar("stood", default=None)

locale = cache(Locale.parse)  # Babel itself looks for the language's files each time


def _chosen() -> str:
    chosen = session.get("language") if has_request_context() else None
    return chosen if chosen in LANGUAGES else "zh_CN"


def forget() -> None:
    """Look again at the next request."""
    _spoken.set(None)
    _stood.set(None)


@lru_cache(maxsize=8192)
def in_words(language: str, text: str) -> Markup:
    """Translate once a process what pages say hundreds of times; the code itself speaks Chinese."""
    if language == "zh_CN" or not text:
        return Markup(text)  # noqa: S704 - the text is ours, from a template
    with force_locale(language):  # whatever the context spoke before: the answer is kept for everybody
        said = get_translations().ugettext(text)
    return Markup(said)  # noqa: S704 - the text is ours, from a template


def language() -> str:
    """Return the language of this request, looked up once: chosen, or Chinese."""
    spoken = _spoken.get()
    if spoken is None:
        spoken = _chosen()
        if has_request_context():
            _spoken.set(spoken)
    return spoken


def standing() -> tuple[str, str | None]:
    """Return what a template's functions ask of the request: the language, and the slice that `.endpoint` means."""
    stood = _stood.get()
    if stood is None:
        stood = (language(), request.blueprint if has_request_context() else None)
        if has_request_context():
            _stood.set(stood)
    return stood


def translated(text: str) -> str:
    """Translate a label."""
    return str(in_words(language(), text))


def phrase(text: str, **values: Any) -> str:
    """Translate in code what a page says many times over, as Flask-Babel's `gettext` does at three times the cost."""
    said = translated(text)
    return said % values if values else said


def say(text: str, /, **values: Any) -> Markup:
    """Translate in a template; values are escaped, and %% is always a percent sign."""
    said = in_words(language(), text)
    if "%" not in said:
        return said
    return Markup(str(said) % {name: environment.written(value) for name, value in values.items()})  # noqa: S704 - escaped


def count(singular: str, plural: str, num: int, /, **values: Any) -> Markup:
    """Translate a text that counts."""
    said = singular if language() == "zh_CN" else get_translations().ungettext(singular, plural, num)
    return Markup(said) % {"num": num, **values}  # noqa: S704 - the text is ours, from a template
