"""Makes the office's documents: a template's name and plain values in, the bytes of a PDF/A-3 file out."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from trainingadmin.plumbing import fonts
from trainingadmin.plumbing.documents.contents import checked, specimen, templates
from trainingadmin.plumbing.documents.errors import (
    BadContent,
    BrokenDocument,
    DocumentError,
    ForbiddenFetch,
    LimitReached,
    MissingGlyphs,
)
from trainingadmin.plumbing.documents.limits import bounded

__all__ = [
    "BadContent",
    "BrokenDocument",
    "DocumentError",
    "ForbiddenFetch",
    "LimitReached",
    "MissingGlyphs",
    "doctor",
    "pdf",
    "specimen",
    "templates",
    "warm",
]


def pdf(template: str, content: Mapping[str, Any]) -> bytes:
    """Return the document as an unsigned PDF/A-3 file; equal content gives equal bytes.

    `content` has the fields of `specimen(template)`: text, integers, dates as ISO text, and lists and dicts of them;
    nothing in it is read as markup. Raises `DocumentError`: a character without glyph, content that does not fit,
    or more than 20 s of processor, 30 s or 1 GiB (in the main thread of a process).
    """
    plain = checked(template, content)
    with bounded():
        data: bytes = _press().renderer().pdf(template, plain)
    return data


def warm() -> None:
    """Load the renderer and make every document's specimen once, so that a forked child finds all of it in memory."""
    for template in templates():
        pdf(template, specimen(template))


def doctor() -> list[str]:
    """Return what keeps this machine from making documents well, each with its remedy; empty when nothing does."""
    try:
        found = [*fonts.problems(), *_press().problems()]
    except OSError as error:
        return [
            f"{error} Get what is missing with: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ]
    if not found:
        try:
            warm()
        except DocumentError as error:
            found.append(f"{type(error).__name__}: {error}")
    return found


def _press() -> ModuleType:
    # Loaded at the first document: importing WeasyPrint takes a second that no other command should wait for.
    return import_module("trainingadmin.plumbing.documents.renderer")
