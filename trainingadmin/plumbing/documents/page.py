"""Owns the page description between template and renderer: well-formed, read quickly, matched against little."""

from __future__ import annotations

from functools import cache
from xml.etree.ElementTree import ParseError

import cssselect2  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

from trainingadmin.plumbing.documents.contents import FOLDER
from trainingadmin.plumbing.documents.errors import BrokenDocument

# What relative addresses are relative to, so that they too are asked for, and refused.
BASE = "asset:document"


class Page(HTML):  # type: ignore[misc]  # the library ships no types
    """A page that WeasyPrint prints: parsed as XML and styled from `base.css` instead of all of HTML."""

    def __init__(self, source: str, fetcher: URLFetcher) -> None:
        try:
            root = fromstring(source)
        except ParseError as error:
            raise BrokenDocument(detail=str(error)) from None
        self.base_url = BASE
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [_base()]


@cache
def _base() -> CSS:
    return CSS(string=(FOLDER / "base.css").read_text(encoding="utf-8"))
