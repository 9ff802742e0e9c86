"""The cells of a list: what each column's say of themselves is made once, not once a row nor once a page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup

from trainingadmin.plumbing.templating.steady import Steady


class Cells(Steady):
    """Under each column's key, the attributes of its `<th …>` or `<td …>` cells."""

    __slots__ = ("__dict__",)

    def __init__(self, columns: Sequence[tuple[str, ...]]) -> None:
        self.__dict__.update({str(key): _attributes(label, *kind) for key, label, *kind in columns})


def cells(columns: Sequence[tuple[str, ...]]) -> Cells:
    """Return the attributes of the cells below these columns."""
    return _cells(tuple(columns), _kinds(columns))


def heads(columns: Sequence[tuple[str, ...]]) -> Markup:
    """Return the `<th>` cells above these columns."""
    return _heads(tuple(columns), _kinds(columns))


def _kinds(columns: Sequence[tuple[str, ...]]) -> tuple[type, ...]:
    return tuple([type(column[1]) for column in columns])  # a text and the same text as markup differ


@lru_cache(maxsize=1024)
def _cells(columns: tuple[tuple[str, ...], ...], _kinds: tuple[type, ...]) -> Cells:
    return Cells(columns)


@lru_cache(maxsize=1024)
def _heads(columns: tuple[tuple[str, ...], ...], _kinds: tuple[type, ...]) -> Markup:
    return Markup("\n").join([_head(label, *kind) for _, label, *kind in columns])


def _head(label: str, kind: str = "") -> Markup:
    look = Markup(' class="{}"').format(kind) if kind in ("num", "narrow") else ""
    shown = Markup('<span class="hidden">{}</span>').format(label) if kind in ("quiet", "pick") else label
    return Markup('<th role="columnheader" scope="col"{}>{}</th>').format(look, shown)


def _attributes(label: str, kind: str = "") -> Markup:
    if kind == "head":
        return Markup('scope="row" role="rowheader" data-label="{}"').format(label)
    look = Markup('class="{}" ').format(kind) if kind else ""
    return Markup('role="cell" {}data-label="{}"').format(look, label)
