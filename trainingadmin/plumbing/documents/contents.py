"""Owns what may go into a document: plain values of bounded size, in the fields the template's specimen shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing import fonts
from trainingadmin.plumbing.documents.errors import BadContent, MissingGlyphs

FOLDER = Path(__file__).parents[3] / "templates" / "documents"
LONGEST_TEXT = 2_000
LONGEST_LIST = 1_000
MOST_CHARACTERS = 100_000
DEEPEST = 6
OPTIONAL = "optional"


@cache
def _sample(template: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / f"{template}.json").read_text(encoding="utf-8"))
    return content


@cache
def specimen(template: str) -> dict[str, Any]:
    """Return the sample content committed beside a template: it shows every field and is printed by `doctor`."""
    return {field: value for field, value in _sample(template).items() if field != OPTIONAL}


def optional(template: str) -> tuple[str, ...]:
    """Return the fields that a document may lack, as its specimen lists them: then they are nothing."""
    return tuple(_sample(template).get(OPTIONAL, ()))


@cache
def templates() -> tuple[str, ...]:
    """Return the names of the documents that can be made."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.html")))


def checked(template: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return `content` as plain values, copied.

    Raises `BadContent` for a field that is missing, too long or not plain, `MissingGlyphs` for a character that
    cannot be printed.
    """
    if template not in templates():
        raise LookupError(f"no document called {template!r}")
    content = {**dict.fromkeys(optional(template)), **content}
    for field in specimen(template):
        if field not in content:
            raise BadContent(field=field, problem=N_("缺少这一项"))
    copied: dict[str, Any] = _plain(dict(content), template, 0)
    texts = list(_texts(copied))
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise BadContent(field=template, problem=N_("总字数太多，不得超过10万字"))
    if missing := fonts.missing_glyphs("".join(texts)):
        raise MissingGlyphs(characters="、".join(map(fonts.named, missing[:20])))
    return copied


def _plain(value: Any, field: str, depth: int) -> Any:
    # Exactly these types: a subclass of str could carry markup past the escaping, a float is no amount.
    if value is None or type(value) in (bool, int):
        return value
    if type(value) is str:
        return _short(value, field)
    if depth > DEEPEST or not isinstance(value, dict | list | tuple):
        raise BadContent(field=field, problem=N_("不是文本、整数或列表"))
    if len(value) > LONGEST_LIST:
        raise BadContent(field=field, problem=N_("列表太长，不得超过1000项"))
    if isinstance(value, dict):
        return {str(key): _plain(item, f"{field}.{key}", depth + 1) for key, item in value.items()}
    return [_plain(item, f"{field}[{i}]", depth + 1) for i, item in enumerate(value)]


def _short(text: str, field: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise BadContent(field=field, problem=N_("文字太长，一项不得超过2000字"))
    return text


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return []
    return [text for item in value for text in _texts(item)]
