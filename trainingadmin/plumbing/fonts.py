"""Owns the font of the documents: which characters it draws, and how the renderer is made to see no other."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parents[1] / "fonts"
FONT = FOLDER / "LXGWWenKai-trainingadmin.ttf"
_LAID_OUT = frozenset("\n\t ")


@cache
def drawn() -> frozenset[int]:
    """Return the code points the font draws."""
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing_glyphs(text: str) -> list[str]:
    """Return the characters of `text` that no document can print, each once, in order of appearance.

    Private-use characters, direction marks, joiners and control characters are among them whatever the font holds:
    nobody can check such a name by eye.
    """
    known = drawn()
    return [
        character
        for character in dict.fromkeys(text)
        if character not in _LAID_OUT and (ord(character) not in known or unicodedata.category(character)[0] == "C")
    ]


def named(character: str) -> str:
    """Return how a message shows `character`: itself where that is safe, and its code point always."""
    shown = "" if unicodedata.category(character)[0] in "CMZ" else f"{character} "
    return f"{shown}U+{ord(character):04X}"


@contextmanager
def private() -> Iterator[None]:
    """Let Fontconfig see the documents' font and none of the machine's while the block runs."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FOLDER / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def problems() -> list[str]:
    """Return what is wrong with the font files; empty when they are the ones that were committed."""
    found = []
    for line in (FOLDER / "SHA256SUMS").read_text(encoding="ascii").splitlines():
        sha256, name = line.split()
        path = FOLDER / name
        if not path.exists():
            found.append(f"The font file {path} is missing. Get it back with: git checkout -- {path}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            found.append(f"The font file {path} was changed. Get it back with: git checkout -- {path}")
    return found
