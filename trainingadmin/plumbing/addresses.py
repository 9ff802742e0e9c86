"""Addresses for templates: a list asks for the page of each row, so each kind of address is built once and filled in."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from flask import has_request_context, request, url_for

# Stand for any number while the pattern is built; no address has these digits by itself.
_ANY = 1_234_567_890
_NUMBERS = {int}
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_WORD = 32
"""Letters of the longest word that is kept; a state's name is shorter, and what people search for is not kept."""


def address(endpoint: str, **values: Any) -> str:
    """Return what Flask's `url_for` returns; quicker where all values are whole numbers, as the ids of rows are, or words and codes."""
    if not has_request_context():
        return url_for(endpoint, **values)
    if endpoint.startswith("."):
        endpoint = f"{request.blueprint}{endpoint}" if request.blueprint else endpoint[1:]
    if {*map(type, values.values())} <= _NUMBERS:
        return _pattern(endpoint, tuple(values)) % values
    if all(map(_is_word, values.values())):
        return _kept(endpoint, tuple(values.items()))
    return url_for(endpoint, **values)


def _is_word(value: object) -> bool:
    if isinstance(value, str):
        return type(value) is str and len(value) < _WORD and _PLAIN.fullmatch(value) is not None
    return value is None or type(value) is int


@cache
def _pattern(endpoint: str, names: tuple[str, ...]) -> str:
    places: dict[str, Any] = {name: _ANY + at for at, name in enumerate(names)}
    pattern = url_for(endpoint, **places).replace("%", "%%")
    for name, number in places.items():
        pattern = pattern.replace(str(number), f"%({name})d")
    return pattern


@lru_cache(maxsize=4096)
def _kept(endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))
