"""The cells of a list: what each column's say of themselves is made once, not once a row."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

from markupsafe import Markup


def cells(columns: Iterable[tuple[str, ...]]) -> SimpleNamespace:
    """Return, under each column's key, the attributes of its `<th …>` or `<td …>` cells."""
    return SimpleNamespace(**{str(key): _attributes(label, *kind) for key, label, *kind in columns})


def _attributes(label: str, kind: str = "") -> Markup:
    if kind == "head":
        return Markup('scope="row" role="rowheader" data-label="{}"').format(label)
    look = Markup('class="{}" ').format(kind) if kind else ""
    return Markup('role="cell" {}data-label="{}"').format(look, label)
