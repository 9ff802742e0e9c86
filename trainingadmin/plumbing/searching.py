"""What people search for: words are in the address, so that a list can be kept and sent; an ID number never is."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.identifiers import looks_like_id
from trainingadmin.plumbing.pages import said

FIELD = "q"


def listed(path: str) -> ResponseReturnValue | None:
    """Lead to the list at `path`, narrowed as the form says; None where it says an ID number, which the answer must not hand on."""
    if looks_like_id(words()):
        return None
    told = [(name, text.strip()) for name, text in request.form.items() if name != "csrf_token" and text.strip()]
    return redirect(f"{path}?{urlencode(told)}" if told else path, 303)


def led(path: str, person: Callable[[str], str | None]) -> ResponseReturnValue:
    """Lead to the list at `path` narrowed as the form says, or to the page of the `person` whose ID number it says."""
    if answer := listed(path):
        return answer
    found = person(words())
    if found is None:
        said(_("名单里没有这个身份证号。"), "warning")
    return redirect(found or path, 303)


def words() -> str:
    """Return what the search form said."""
    return request.form.get(FIELD, "").strip()


def install(app: Flask) -> None:
    """Let no page of `app` search for an ID number in its address, nor hand it on in links: it says why and forgets it."""

    @app.before_request
    def forget_number() -> ResponseReturnValue | None:
        if request.method != "GET" or not looks_like_id(request.args.get(FIELD, "")):
            return None
        said(_("地址里不能有身份证号，所以没有查询。请在搜索框里输入。"), "warning")
        left = [(name, text) for name, text in request.args.items(multi=True) if name not in (FIELD, "page")]
        return redirect(f"{request.path}?{urlencode(left)}" if left else request.path, 303)
