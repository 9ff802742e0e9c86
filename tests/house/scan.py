"""Reads the code of the house for its guards: files, functions, calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "trainingadmin"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(file: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(file.read_text(), str(file))


def files(*folders: str) -> list[Path]:
    """Return the Python files below these folders of the repository, in order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(file: Path) -> str:
    """Return how a message names a file."""
    return file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield every function and method, wherever it stands."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for such an expression, with `?` for what is neither name nor attribute."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of every call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)


def lines_of(function: Function) -> int:
    """Return how many lines a function takes, its decorators not counted."""
    return (function.end_lineno or function.lineno) - function.lineno + 1
