"""Jinja as pages of lists need it: the same templates and escaping, without the work it would repeat at every value."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from types import FunctionType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]  # escape() without its wrapping


def written(value: object) -> str:
    """Return `value` as it stands in a page: markup as it is, anything else escaped."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)  # type: ignore[arg-type]
    return value if kind is Markup else escape(value)  # type: ignore[return-value]


class _Writer(CodeGenerator):
    # Jinja's own `escape(…)` wraps markup anew at each of the two thousand places of a page.
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class _Context(Context):
    # Functions that ask for nothing of the template, nearly all, are called without asking them each time.
    def call(self, obj: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is not FunctionType or hasattr(obj, "jinja_pass_arg"):
            return super().call(obj, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return obj(*args, **kwargs)


class PageEnvironment(Environment):
    """The environment of all pages."""

    context_class = _Context
    code_generator_class = _Writer
    written = staticmethod(written)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Share one dictionary of globals, which each `{% from … import … %}` compares with its own."""
        return super().make_globals(d) if d else self.globals


class PageApp(Flask):
    """A Flask application that renders in a `PageEnvironment`."""

    jinja_environment = PageEnvironment


def once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """Return `macro` writing each of its last 1024 results once; for macros of few arguments that often repeat."""
    return lru_cache(maxsize=1024, typed=True)(macro)  # typed: a text and the same text as markup differ
