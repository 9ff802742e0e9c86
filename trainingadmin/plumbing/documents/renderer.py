"""Turns a template and checked content into a PDF/A-3 file with WeasyPrint, the same bytes for the same content."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from typing import Any

import jinja2
from defusedxml.ElementTree import fromstring
from weasyprint import CSS, HTML
from weasyprint.images import SVGImage
from weasyprint.logger import LOGGER
from weasyprint.text.ffi import harfbuzz, harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from trainingadmin.plumbing import fonts, qr
from trainingadmin.plumbing.documents.contents import FOLDER
from trainingadmin.plumbing.documents.errors import BadContent, BrokenDocument, ForbiddenFetch, MissingGlyphs
from trainingadmin.plumbing.documents.images import Code, Drawing
from trainingadmin.plumbing.documents.page import Page

VARIANT = "pdf/a-3a"
_COLOURS = "--srgb"
# hb_set_add_sorted_array, which the renderer needs to subset by HarfBuzz; without it a certificate takes seconds.
HARFBUZZ = (4, 1, 0)
_NOTDEF = re.compile(r"\(U\+([0-9A-F]+)\)")
_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


class Registered(URLFetcher):  # type: ignore[misc]  # the library ships no types
    """Fetches the committed images, from memory; whatever else is asked for ends the rendering."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return a committed image. Raises `FatalURLFetchingError`, the one kind that cannot be swallowed."""
        if url not in _assets():
            raise FatalURLFetchingError(url)
        kind, body = _assets()[url]
        return URLFetcherResponse(url, body, {"Content-Type": kind})


class Srgb:
    """The colours of every document, as the library's own class gives them to it.

    That one opens the profile anew for each document without closing it, and its second copy differs from its first.
    Ours says the same curve by its formula (ICC.1:2004, `para`) instead of by a table: 0.4 kB a document, not 2.6.
    """

    name = "sRGB"
    components = (("r",), ("g",), ("b",))

    def __init__(self) -> None:
        self.content = (FOLDER / "srgb.icc").read_bytes()
        self.pdf_reference = b""  # set by the library, for the document it is writing


class Ear(logging.Handler):
    """Hears what the renderer complains about in this thread while one document is made."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        if record.thread == self._thread:
            self.heard.append(record.getMessage())

    def __enter__(self) -> Ear:
        LOGGER.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        LOGGER.removeHandler(self)

    def judge(self) -> None:
        """Raise `MissingGlyphs` or `BrokenDocument` when something was heard."""
        boxes = dict.fromkeys(found[1] for line in self.heard if (found := _NOTDEF.search(line)))
        if boxes:
            raise MissingGlyphs(characters="、".join(fonts.named(chr(int(point, 16))) for point in boxes))
        if self.heard:
            raise BrokenDocument(detail="; ".join(self.heard)[:500])


class Renderer:
    """What documents share: the font map, the templates, their styles and decoded images. One thread at a time."""

    def __init__(self) -> None:
        if LOGGER.getEffectiveLevel() > logging.WARNING:
            LOGGER.setLevel(logging.WARNING)  # what nobody logs must still be heard
        with fonts.private():
            self._fonts = FontConfiguration()
        self._templates = _environment()
        self._styles: dict[str, CSS] = {}
        self._images = _drawings()
        self._colours = Srgb()
        self._turn = threading.Lock()

    def pdf(self, template: str, content: Mapping[str, Any]) -> bytes:
        """Fill the template and print it. Raises `DocumentError`."""
        codes: dict[str, Code] = {}
        try:
            html = self._templates.get_template(f"{template}.html").render(content, qr=partial(_code, codes))
        except (jinja2.UndefinedError, TypeError, ValueError) as error:
            raise BadContent(field=template, problem=str(error)) from None
        return self.printed(Page(html, Registered()), self._style(template), codes)

    def printed(self, page: HTML, style: CSS, codes: Mapping[str, Code]) -> bytes:
        """Print one page description. Raises `DocumentError`."""
        images = {**self._images, **codes}  # a new one each time: the library adds to it and never takes away
        with self._turn, Ear() as ear:
            try:
                data: bytes = page.write_pdf(
                    font_config=self._fonts,
                    color_profiles={_COLOURS: self._colours},
                    stylesheets=[style],
                    cache=images,
                    pdf_variant=VARIANT,
                    output_intent=_COLOURS,
                )
            except FatalURLFetchingError as error:
                raise ForbiddenFetch(url=str(error)[:200]) from None
            ear.judge()
        return data

    def _style(self, template: str) -> CSS:
        if template not in self._styles:
            with Ear() as ear:
                text = (FOLDER / f"{template}.css").read_text(encoding="utf-8")
                self._styles[template] = CSS(string=text, font_config=self._fonts, url_fetcher=Registered())
                ear.judge()
        return self._styles[template]


@cache
def renderer() -> Renderer:
    """Return this process's renderer."""
    return Renderer()


def problems() -> list[str]:
    """Return what this machine lacks for making documents, each with its remedy."""
    if harfbuzz_subset is None:
        return ["The library libharfbuzz-subset is missing. Get it with: apt-get install libharfbuzz-subset0"]
    if not harfbuzz.hb_version_atleast(*HARFBUZZ):
        return ["HarfBuzz is older than 4.1. Use Debian 12 or later, or install a newer libharfbuzz0b."]
    return []


@cache
def _assets() -> dict[str, tuple[str, bytes]]:
    return {
        f"asset:{path.stem}": (_KINDS[path.suffix], path.read_bytes())
        for path in sorted(FOLDER.iterdir())
        if path.suffix in _KINDS
    }


def _drawings() -> dict[str, Drawing]:
    found = {}
    for url, (kind, body) in _assets().items():
        if kind == _KINDS[".svg"]:
            drawing = Drawing(url.removeprefix("asset:"), SVGImage(fromstring(body), url, Registered(), None))
            if drawing.plain:
                found[url] = drawing
    return found


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, loader=jinja2.FileSystemLoader(FOLDER), auto_reload=False
    )
    environment.filters["day"] = _day
    environment.globals["asset"] = _asset
    return environment


def _code(codes: dict[str, Code], text: str) -> str:
    """Draw a QR code and return the address a template gives its image. Raises `BadContent`."""
    name = f"code-{len(codes)}"
    try:
        codes[f"asset:{name}"] = Code(name, text)
    except qr.TooLong as error:
        raise BadContent(field="verify_url", problem=str(error)) from None
    return f"asset:{name}"


def _asset(name: str) -> str:
    if f"asset:{name}" not in _assets():
        raise ValueError(f"no image called {name!r}")
    return f"asset:{name}"


def _day(iso: str) -> str:
    """Write an ISO date as a document does."""
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"
