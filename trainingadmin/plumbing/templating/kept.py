"""Writes a row of a list, or another piece of a page, once: the same inputs in the same language make the same text.

The compiler of templates finds what a piece reads of its page (`row.title`, `labels[row.state]`, a masked number) and
what it does with that is known to depend on nothing else: translating, addresses, icons, our macros. The piece is kept
under the values it read, so that it cannot be out of date, and nobody gets it whose page did not read those values.
Pieces are the rows in `{% call(cell) table(…) %}`, where that can be shown, and what `{% filter kept %}` encloses, where
it must be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateAssertionError
from jinja2.parser import Parser
from jinja2.runtime import Undefined
from markupsafe import Markup

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.templating.steady import Steady

FILTER = "kept"
LIMIT = 8_000_000
"""Characters of the young generation; as many again may be old."""

_TABLE = ("components/table.html", "table")
# These answer the same to the same arguments in one language; the address of a page also depends on who asks (`reader`).
_FUNCTIONS = frozenset({"_", "gettext", "ngettext", "url_for", "icon", "static"})
_FILTERS = frozenset(
    {
        "t",
        "day",
        "when",
        "money",
        "yuan",
        "grouped",
        "percent",
        "default",
        "d",
        "trim",
        "string",
        "int",
        "format",
        "min",
    }
)
# New at each call, so that nothing they are part of comes twice; or not a value at all.
_FRESH = frozenset(
    {"csrf_token", "idempotency_key", "get_flashed_messages", "language_href", "caller", "super", "self"}
)
# Methods that only look.
_LOOKS = frozenset({"has", "get", "isoformat", "grouped", "index", "count"})

_PLAIN: frozenset[type] = frozenset({str, Markup, int, bool, type(None), date, Money})


class Kept:
    """The pieces written last, at most `limit` characters of them twice over."""

    def __init__(self, *, limit: int = LIMIT) -> None:
        self.reader: Callable[[], Hashable] = lambda: None
        self._limit = limit
        self._size = 0
        self._young: dict[Hashable, str] = {}
        self._old: dict[Hashable, str] = {}
        self._shapes: dict[tuple[type, ...], tuple[int, tuple[int, ...] | None]] = {}

    def find(self, place: str, values: tuple[Any, ...]) -> tuple[Hashable, str | None]:
        """Return the key of the piece at `place` that read `values`, None if it cannot be kept; and its text, if it is."""
        kinds = tuple(map(type, values))
        shape = self._shapes.get(kinds) or self._learn(kinds)
        number, unsure = shape
        if unsure is None or (unsure and not all(_stands(values[at]) for at in unsure)):
            return None, None
        key = (place, self.reader(), number, values)
        return key, self.found(key)

    def keep(self, key: Hashable, text: str) -> None:
        """Remember a piece; forget those that were not asked for since many others came."""
        self._size += len(text)
        if self._size > self._limit:
            self._old, self._young, self._size = self._young, {}, len(text)
        self._young[key] = text

    def found(self, key: Hashable) -> str | None:
        """Return what was kept under a key, if it still is."""
        text = self._young.get(key)
        if text is None and (text := self._old.pop(key, None)) is not None:
            self.keep(key, text)
        return text

    def forget(self) -> None:
        """Write everything anew."""
        self._young, self._old, self._size = {}, {}, 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def _learn(self, kinds: tuple[type, ...]) -> tuple[int, tuple[int, ...] | None]:
        # A piece is kept under numbers for the kinds of its values: 1 and True are equal, but are not written alike.
        known = all(_is_plain(kind) or kind in (datetime, tuple) for kind in kinds)
        unsure = tuple(at for at, kind in enumerate(kinds) if not _is_plain(kind)) if known else None
        return self._shapes.setdefault(kinds, (len(self._shapes), unsure))


def _is_plain(kind: type) -> bool:
    return kind in _PLAIN or issubclass(kind, (Enum, Steady, Undefined))


def _stands(value: Any) -> bool:
    """Whether equal values of this kind are always written alike: instants only where all are in UTC."""
    if type(value) is datetime:
        return value.tzinfo is UTC
    if type(value) is tuple:  # the kinds inside would have to be part of the shape
        return not value or {*map(type, value)} <= {str}
    return _is_plain(type(value))


def may_ask(row: Any) -> bool:
    """Whether the attributes of `row` may ask the database, and so are not read before they are shown."""
    return _is_entity(type(row))  # type: ignore[arg-type]  # a type is hashable


@cache
def _is_entity(kind: Hashable) -> bool:
    return hasattr(kind, "__mapper__")


class _Unclear(Exception):
    """A piece does something that may depend on more than its inputs; the first argument says what."""


class _Piece:
    """What one piece of a template reads."""

    def __init__(self, page: Page, names: Iterable[str] = (), steady: Iterable[str] = ()) -> None:
        self.page, self.own, self.steady = page, set(names), frozenset(steady)
        self.inputs: list[nodes.Expr] = []
        self._branches = 0

    def statements(self, body: Iterable[nodes.Node]) -> None:
        for node in body:
            self._statement(node)

    def _statement(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Output):
            self.expressions(node.nodes)
        elif isinstance(node, nodes.If):
            self.expression(node.test)
            with self._branch():
                self.statements([*node.body, *node.elif_, *node.else_])
        elif isinstance(node, nodes.For) and not node.recursive:
            self._loop(node)
        elif isinstance(node, nodes.Assign):
            self._assignment(node)
        else:
            raise _Unclear(type(node).__name__)

    @contextmanager
    def _branch(self) -> Iterator[None]:
        self._branches += 1
        yield
        self._branches -= 1

    def _loop(self, node: nodes.For) -> None:
        self.expression(node.iter)
        outer, self.own = self.own, self.own | {*_names(node.target), "loop"}
        if node.test is not None:
            self.expression(node.test)
        self.statements([*node.body, *node.else_])
        self.own = outer

    def _assignment(self, node: nodes.Assign) -> None:
        self.expression(node.node)
        names = _names(node.target)
        if self._branches and not names <= self.own:
            raise _Unclear("{% set %} in a branch")  # elsewhere the name may still mean the page's
        self.own |= names

    def expression(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Name):
            if node.name not in self.own:
                self._input(node)
        elif isinstance(node, (nodes.Getattr, nodes.Getitem)):
            self._chain(node)
        elif isinstance(node, nodes.Call):
            self._call(node)
        elif isinstance(node, nodes.Filter):
            if node.name in _FILTERS and node.node is not None:
                self.expressions(node.iter_child_nodes())
            else:
                self._input(node)
        elif isinstance(node, _OPERATORS):
            self.expressions(node.iter_child_nodes())
        else:
            raise _Unclear(type(node).__name__)

    def expressions(self, found: Iterable[nodes.Node]) -> None:
        for node in found:
            self.expression(node)

    def _chain(self, node: nodes.Getattr | nodes.Getitem) -> None:
        base: nodes.Node = node
        while isinstance(base, (nodes.Getattr, nodes.Getitem)):
            base = base.node
        if isinstance(base, nodes.Name) and base.name in self.own:  # made of inputs, which are plain
            self.expression(node.node)
            if isinstance(node, nodes.Getitem):
                self.expression(node.arg)
        elif isinstance(base, nodes.Name) and base.name in self.steady and isinstance(node, nodes.Getattr):
            self._input(base)
        else:
            self._input(node)

    def _call(self, node: nodes.Call) -> None:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise _Unclear("a call with *")
        called = node.node
        if isinstance(called, nodes.Name) and called.name not in self.own and self.page.is_pure(called.name):
            self.expressions([*node.args, *node.kwargs])
        elif isinstance(called, nodes.Getattr) and called.attr in _LOOKS and self._mentions_own(node):
            self.expressions([called.node, *node.args, *node.kwargs])
        else:
            self._input(node)

    def _input(self, node: nodes.Expr) -> None:
        if self._mentions_own(node):
            raise _Unclear(f"{node!r} of something made inside")
        for call in [node, *node.find_all(nodes.Call)]:
            if isinstance(call, nodes.Call):
                _must_only_look(call)
        if node not in self.inputs:
            self.inputs.append(node)

    def _mentions_own(self, node: nodes.Node) -> bool:
        names = [node, *node.find_all(nodes.Name)]
        return any(isinstance(name, nodes.Name) and name.name in self.own for name in names)


_OPERATORS = (
    nodes.Const,
    nodes.TemplateData,
    nodes.Operand,
    nodes.Keyword,
    nodes.Pair,
    nodes.BinExpr,
    nodes.UnaryExpr,
    nodes.Compare,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Test,
    nodes.Tuple,
    nodes.List,
    nodes.Dict,
    nodes.Slice,
)


def _must_only_look(call: nodes.Call) -> None:
    called = call.node
    if isinstance(called, nodes.Name) and called.name not in _FRESH:
        return  # a function of the page or of all pages, which work something out
    if isinstance(called, nodes.Getattr) and called.attr in _LOOKS:
        return
    raise _Unclear(f"a call of {called!r}")


def _names(target: nodes.Node) -> set[str]:
    if isinstance(target, nodes.Name):
        return {target.name}
    if isinstance(target, nodes.Tuple):
        return {name for item in target.items for name in _names(item)}
    raise _Unclear("{% set %} of a namespace")


class Page:
    """One parsed template, of which pieces may be kept."""

    def __init__(self, environment: Environment, tree: nodes.Template, name: str | None, source: str) -> None:
        self._environment, self._tree, self._name = environment, tree, name
        self._digest = hashlib.sha256(f"{name}\0{source}".encode()).hexdigest()[:12]
        self._places = 0
        self._told: dict[str, bool] = {}
        self._macros = {node.name: node for node in tree.find_all(nodes.Macro)}
        self._imports = dict(_imported(tree))
        self._stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}

    def mark(self) -> None:
        """Mark what can be kept, and refuse what should be and cannot."""
        for block in list(self._tree.find_all(nodes.FilterBlock)):
            if block.filter.name == FILTER:
                self._mark_block(block)
        for call in list(self._tree.find_all(nodes.CallBlock)):
            if isinstance(call.call.node, nodes.Name) and self._imports.get(call.call.node.name) == _TABLE:
                self._mark_rows(call.body, {arg.name for arg in call.args})

    def _mark_block(self, block: nodes.FilterBlock) -> None:
        try:
            inputs = self._inputs(block.body, ())
        except _Unclear as unclear:
            raise TemplateAssertionError(f"cannot be kept: {unclear}", block.lineno, self._name) from unclear
        block.filter = self._filter(inputs, (), block.lineno)

    def _mark_rows(self, body: Iterable[nodes.Node], steady: Iterable[str]) -> None:
        for node in body:
            if isinstance(node, nodes.For):
                try:
                    inputs = self._inputs(node.body, steady)
                except _Unclear:
                    self._mark_rows(node.body, steady)
                    continue
                kept = self._filter(inputs, _names(node.target), node.lineno)
                node.body = [nodes.FilterBlock(node.body, kept, lineno=node.lineno)]
            elif isinstance(node, nodes.If):
                self._mark_rows([*node.body, *node.elif_, *node.else_], steady)

    def _inputs(self, body: Sequence[nodes.Node], steady: Iterable[str]) -> list[nodes.Expr]:
        piece = _Piece(self, steady=steady)
        piece.statements(body)
        return piece.inputs

    def _filter(self, inputs: list[nodes.Expr], rows: Iterable[str], lineno: int) -> nodes.Filter:
        self._places += 1
        place = nodes.Const(f"{self._digest}:{self._places}", lineno=lineno)
        read = nodes.Tuple(inputs, "load", lineno=lineno)
        asked = nodes.Tuple([nodes.Name(name, "load", lineno=lineno) for name in rows], "load", lineno=lineno)
        return nodes.Filter(None, FILTER, [place, read, asked], [], None, None, lineno=lineno)

    def is_pure(self, name: str) -> bool:
        """Whether a function or macro that this page calls `name` makes its answer of its arguments alone."""
        if name not in self._told:
            self._told[name] = False  # while it is looked at: a macro that calls itself is not
            self._told[name] = self._judge(name)
        return self._told[name]

    def _judge(self, name: str) -> bool:
        if name in self._macros:
            return self._is_pure_macro(self._macros[name])
        if name in self._imports:
            template, macro = self._imports[name]
            return parsed(self._environment, template).is_pure(macro)
        return name in _FUNCTIONS and name not in self._stored

    def _is_pure_macro(self, macro: nodes.Macro) -> bool:
        piece = _Piece(self, (arg.name for arg in macro.args))
        try:
            piece.statements(macro.body)
            piece.expressions(macro.defaults)
        except _Unclear:
            return False
        return not piece.inputs


def _imported(tree: nodes.Template) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in tree.body:
        if isinstance(node, nodes.FromImport) and isinstance(node.template, nodes.Const) and not node.with_context:
            for name in node.names:
                macro, here = name if isinstance(name, tuple) else (name, name)
                yield here, (node.template.value, macro)


def parsed(environment: Environment, name: str) -> Page:
    """Return a template that others import from, parsed and judged once an environment."""
    pages: dict[str, Page] = environment.__dict__.setdefault("_judged", {})
    if name not in pages:
        assert environment.loader is not None
        source, _, _ = environment.loader.get_source(environment, name)
        pages[name] = Page(environment, Parser(environment, source, name).parse(), name, source)
    return pages[name]
