"""Jinja as pages of lists need it: the same templates and escaping, without the work it would repeat at every value."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from keyword import iskeyword
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]  # escape() without its wrapping

from trainingadmin.plumbing.templating import kept


def written(value: object) -> str:
    """Return `value` as it stands in a page: markup as it is, anything else escaped."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)  # type: ignore[arg-type]
    return value if kind is Markup else escape(value)  # type: ignore[return-value]


_FUNCTIONS = frozenset({FunctionType, MethodType, BuiltinMethodType, type(lru_cache(len))})


# Functions of every page that ask for nothing of the template: pages call them fifty times and more.
_OURS = frozenset(
    {"_", "cells", "csrf_token", "gettext", "heads", "icon", "language_href", "static", "today", "url_for"}
)


def _asks_nothing(node: nodes.Call) -> bool:
    if node.dyn_args is not None or node.dyn_kwargs is not None or any(iskeyword(given.key) for given in node.kwargs):
        return False
    return isinstance(node.node, nodes.Name) and node.node.name in _OURS


class _Writer(CodeGenerator):
    # Jinja's own `escape(…)` wraps markup anew at each of the two thousand places of a page.
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - Jinja's name
        if forward_caller or not _asks_nothing(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    _plainly = False

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        if node.filter.name != kept.FILTER or not node.filter.args:
            super().visit_FilterBlock(node, frame)
            return
        key, text, buffer = (self.temporary_identifier() for _ in range(3))
        self._find(node.filter.args, key, text, frame)
        self.writeline(f"if {text} is None:", node)
        self.indent()
        inner = frame.inner()
        inner.symbols.analyze_node(node)
        inner.buffer = buffer
        self.writeline(f"{buffer} = []")
        self.enter_frame(inner)
        self.blockvisit(node.body, inner)
        self.leave_frame(inner)
        self.writeline(f"{text} = concat({buffer})")
        self.writeline(f"if {key} is not None: environment.kept.keep({key}, {text})")
        self.outdent()
        self.start_write(frame, node)
        self.write(text)
        self.end_write(frame)

    def _find(self, args: list[nodes.Expr], key: str, text: str, frame: Frame) -> None:
        """Write how the piece is looked up: by the values that it reads, as soon as they can be read without harm."""
        place, read, asked = args
        assert isinstance(place, nodes.Const)
        assert isinstance(asked, nodes.Tuple)
        self.writeline(f"{key} = {text} = None")
        for row in asked.items:
            self.writeline("if not environment.may_ask(")
            self.visit(row, frame)
            self.write("):")
            self.indent()
        for plainly in (True, False):  # attributes as Python has them, or else as templates do, which is slower
            self.writeline("try:")
            self.indent()
            self.writeline(f"{key}, {text} = environment.kept.find({place.value!r}, ")
            self._plainly = plainly
            self.visit(read, frame)
            self._plainly = False
            self.write(")")
            self.outdent()
            self.writeline("except Exception:")
            self.indent()
        self.writeline("pass")
        self.outdent(2 + len(asked.items))

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        if self._plainly and node.attr.isidentifier() and not iskeyword(node.attr):
            self.visit(node.node, frame)
            self.write(f".{node.attr}")
        else:
            super().visit_Getattr(node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        if self._plainly and not isinstance(node.arg, nodes.Slice):
            self.visit(node.node, frame)
            self.write("[")
            self.visit(node.arg, frame)
            self.write("]")
        else:
            super().visit_Getitem(node, frame)


class _Context(Context):
    def __init__(self, environment: Any, parent: Any, name: Any, blocks: Any, globals: Any = None) -> None:  # noqa: A002 - Jinja's name
        # What all templates share need not be compared with what a template has, at each `{% from … import … %}`.
        super().__init__(environment, parent, name, blocks, None if globals is environment.globals else globals)

    # Functions that ask for nothing of the template, nearly all, are called without asking them each time.
    def call(self, obj: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) not in _FUNCTIONS or hasattr(obj, "jinja_pass_arg"):
            return super().call(obj, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return obj(*args, **kwargs)


class PageEnvironment(Environment):
    """The environment of all pages."""

    context_class = _Context
    code_generator_class = _Writer
    written = staticmethod(written)
    may_ask = staticmethod(kept.may_ask)

    def __init__(self, app: Flask, **options: Any) -> None:
        # All templates are ours and are few; to know which was used last costs more than to keep them.
        super().__init__(app, **{"cache_size": -1, **options})
        self.kept = kept.Kept()
        self.filters[kept.FILTER] = lambda text: text  # where nothing is kept

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if not self.auto_reload:  # a page that is being edited
            kept.Page(self, tree, name, source).mark()
        return tree

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Share one dictionary of globals, which each `{% from … import … %}` compares with its own."""
        return super().make_globals(d) if d else self.globals


class PageApp(Flask):
    """A Flask application that renders in a `PageEnvironment`."""

    jinja_environment: type[Environment] = PageEnvironment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: none of ours is a coroutine, which Flask would ask each of twenty at every request."""
        return func


def once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """Return `macro` writing each of its last 1024 results once; for macros of few arguments that often repeat."""
    return lru_cache(maxsize=1024, typed=True)(macro)  # typed: a text and the same text as markup differ
