"""Making a document never reaches for anything outside the committed images, whatever it is told to fetch."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from weasyprint import CSS, HTML

from trainingadmin.plumbing.documents import DocumentError, ForbiddenFetch, pdf, specimen
from trainingadmin.plumbing.documents.page import BASE
from trainingadmin.plumbing.documents.renderer import Registered, Renderer

Make = Callable[[str], bytes]

SECRET = "SECRET-c0ffee"
HOSTILE = {
    "image": '<img src="{url}">',
    "image set": '<img srcset="{url} 1x" src="{url}">',
    "style sheet": '<link rel="stylesheet" href="{url}">',
    "import": "<style>@import url({url});</style>",
    "background": "<style>body {{ background: url({url}) }}</style>",
    "inline background": '<p style="background-image: url({url})">x</p>',
    "content": "<style>p::before {{ content: url({url}) }}</style><p>x</p>",
    "list": '<ul style="list-style-image: url({url})"><li>x</li></ul>',
    "border": '<p style="border: 9px solid; border-image: url({url}) 3">x</p>',
    "font": '<style>@font-face {{ font-family: f; src: url({url}) }} p {{ font-family: f }}</style><p>x</p>',
    "object": '<object data="{url}"></object>',
    "embed": '<embed src="{url}">',
    "attachment": '<link rel="attachment" href="{url}">',
    "linked attachment": '<a rel="attachment" href="{url}">x</a>',
    "drawing": '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    "drawing use": '<svg width="9" height="9"><use href="{url}#a"/></svg>',
    "base": '<base href="{url}"><img src="x.png">',
}  # fmt: skip


class Listener(BaseHTTPRequestHandler):
    """Remembers who called."""

    calls: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.calls.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


@pytest.fixture(scope="module")
def listener() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/x.png"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("secret") / "secret.txt"
    path.write_text(SECRET)
    return path.as_uri()


@pytest.fixture(scope="module")
def make() -> Make:
    press = Renderer()  # its own: a font that a page asks for leaves a folder behind that goes away with the renderer
    style = CSS(string="html { font-family: 'LXGW WenKai' }", url_fetcher=Registered())

    def made(body: str) -> bytes:
        html = f"<!DOCTYPE html><html lang='zh-CN'><head><title>x</title></head><body>{body}</body></html>"
        return press.printed(HTML(string=html, base_url=BASE, url_fetcher=Registered()), style, {})

    return made


def contains(data: bytes, wanted: str) -> bool:
    parts = [data]
    for piece in data.split(b"stream\n")[1:]:
        try:
            parts.append(zlib.decompressobj().decompress(piece))
        except zlib.error:
            continue
    return any(wanted.encode() in part for part in parts)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("where", ["http", "file", "data", "relative"])
def test_nothing_is_fetched(make: Make, kind: str, where: str, listener: str, secret: str) -> None:
    url = {
        "http": listener,
        "file": secret,
        "data": "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
        "relative": "../../../../etc/passwd",
    }[where]
    Listener.calls.clear()
    try:
        made = make(HOSTILE[kind].format(url=url))
    except DocumentError:
        made = b""
    assert Listener.calls == []
    assert not contains(made, SECRET)


@pytest.mark.parametrize("kind", ["image", "style sheet", "import", "background", "object", "embed", "attachment"])
@pytest.mark.parametrize("where", ["http", "file", "data"])
def test_what_would_be_left_out_is_an_error_that_names_it(
    make: Make, kind: str, where: str, listener: str, secret: str
) -> None:
    url = {"http": listener, "file": secret, "data": "data:text/plain,x"}[where]
    with pytest.raises(ForbiddenFetch) as refused:
        make(HOSTILE[kind].format(url=url))
    assert url[:20] in str(refused.value)


def test_a_drawing_that_refers_outside_is_refused(make: Make, secret: str) -> None:
    with pytest.raises(DocumentError):
        make(HOSTILE["drawing"].format(url=secret))


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_same_as_a_name_is_only_text(kind: str, listener: str) -> None:
    Listener.calls.clear()
    content = specimen("training_certificate")
    name = HOSTILE[kind].format(url=listener)
    made = pdf("training_certificate", {**content, "holder": {**content["holder"], "name": name}})
    assert made.startswith(b"%PDF")
    assert Listener.calls == []


def test_the_committed_seal_is_served_and_nothing_beside_it(make: Make) -> None:
    assert make('<img src="asset:seal" alt="x">').startswith(b"%PDF")
    for url in ("asset:none", "asset:seal.svg", "asset:../../README", str(Path("/etc/passwd"))):
        with pytest.raises(DocumentError):
            make(f'<img src="{url}" alt="x">')
