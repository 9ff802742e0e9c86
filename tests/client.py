"""A browser without a screen: follows links and forms of real pages, and checks every page's HTML."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

PASSWORD = "demo-password-1"
_LABELLED = {"input", "select", "textarea"}
_SILENT = {"hidden", "submit", "button", "image", "reset"}


class Page:
    """One answer, parsed."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True) if (response.mimetype or "").startswith("text/") else ""
        self.tree: Element | None = None
        if response.mimetype == "text/html" and self.text:
            self.tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(self.text)
            check(self.tree)

    def forms(self) -> list[Element]:
        """Return the page's forms."""
        return [] if self.tree is None else list(self.tree.iter("form"))

    def form(self, action: str) -> Element:
        """Return the first form whose action contains `action`; an empty action is the page's own."""
        for form in self.forms():
            own = form.get("action") or ""
            met = action in (own or self.response.request.path) if action else not own
            if met and form.get("method", "get").lower() == "post":
                return form
        raise AssertionError(f"no form posts to …{action}…: {[form.get('action') for form in self.forms()]}")

    def links(self, part: str) -> list[str]:
        """Return the addresses on the page that contain `part`."""
        return (
            [] if self.tree is None else [a.get("href", "") for a in self.tree.iter("a") if part in a.get("href", "")]
        )

    def said(self, words: str) -> bool:
        """Whether the visible text contains `words`, whatever the spacing."""
        visible = "".join("".join(self.tree.itertext()).split()) if self.tree is not None else self.text
        return "".join(words.split()) in visible


def check(tree: Element) -> None:
    """Insist on one h1, a title, and a label for every field: what screen readers and phones need."""
    body = tree.find("body")
    assert body is not None
    if tree.find("head/title") is None:
        return  # a fragment that htmx swaps in
    assert len(list(body.iter("h1"))) == 1, "a page has one h1"
    labelled = {label.get("for") for label in body.iter("label")}
    inside = {id(field) for label in body.iter("label") for field in label.iter() if field.tag in _LABELLED}
    for field in body.iter():
        if field.tag not in _LABELLED or field.get("type") in _SILENT:
            continue
        named = (
            field.get("id") in labelled
            or id(field) in inside
            or field.get("aria-label")
            or field.get("aria-labelledby")
        )
        assert named, f"{field.tag} {field.get('name')} has no label"


def values_of(form: Element) -> dict[str, Any]:
    """Return what the form would send untouched."""
    values: dict[str, Any] = {}
    for field in form.iter():
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        if field.tag == "input":
            _read_input(field, name, values)
        elif field.tag == "textarea":
            values[name] = field.text or ""
        elif field.tag == "select":
            _read_select(field, name, values)
    return values


def _read_input(field: Element, name: str, values: dict[str, Any]) -> None:
    kind = field.get("type", "text")
    if kind in {"checkbox", "radio"}:
        if field.get("checked") is not None:
            values.setdefault(name, []).append(field.get("value", "on"))
    elif kind not in {"file", "submit", "button", "image", "reset"}:
        values[name] = field.get("value", "")


def _read_select(field: Element, name: str, values: dict[str, Any]) -> None:
    options = list(field.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None] or (
        [] if field.get("multiple") is not None else options[:1]
    )
    values[name] = [option.get("value", option.text or "") for option in chosen]


class Browser:
    """Signs in, opens pages, fills in forms."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def open(self, path: str, *, expect: int = 200) -> Page:
        """GET a page, following redirects."""
        page = Page(self.client.get(path, follow_redirects=True))
        assert page.status == expect, f"GET {path}: {page.status}\n{page.text[-2000:]}"
        return page

    def post(self, path: str, data: dict[str, Any] | None = None, *, expect: int = 200) -> Page:
        """POST to a path, following redirects."""
        page = Page(self.client.post(path, data=data or {}, follow_redirects=True))
        assert page.status == expect, f"POST {path}: {page.status}\n{page.text[-2000:]}"
        return page

    def submit(self, page: Page, action: str, *, expect: int = 200, **changes: Any) -> Page:
        """Fill in the page's form that posts to `action` and send it; bytes with a name are files.

        A field that the form does not have is an error: a person could not have filled it in.
        """
        form = page.form(action)
        names = {field.get("name") for field in form.iter() if field.get("name")}
        unknown = set(changes) - names
        assert not unknown, f"the form has no {sorted(unknown)}; it has {sorted(filter(None, names))}"
        data = {**values_of(form), **{name: _as_sent(value) for name, value in changes.items()}}
        return self.post(form.get("action") or urlsplit(page.response.request.url).path, data, expect=expect)

    def sign_in(self, login: str, password: str = PASSWORD) -> Page:
        """Sign in as staff or operator, ending any other session of this browser."""
        self.client.delete_cookie("signin")
        return self.submit(self.open("/sign-in"), "/sign-in", login=login, password=password)

    def download(self, path: str) -> bytes:
        """GET a file."""
        response = self.client.get(path)
        assert response.status_code == 200, f"GET {path}: {response.status_code}"
        assert "attachment" in response.headers.get("Content-Disposition", "")
        return bytes(response.data)


def _as_sent(value: Any) -> Any:
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], bytes):
        return (io.BytesIO(value[0]), value[1])
    return value


def first_number(text: str) -> int:
    """Return the first whole number in `text`."""
    found = re.search(r"\d+", text)
    assert found
    return int(found.group())
