"""Nothing grows past what one person reads in one go; what must, says why and grows no further."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.scan import PACKAGE, ROOT, Function, dotted, files, functions, lines_of, name_of, parsed

FILE, FUNCTION, VIEW, TEMPLATE, FOLDER = 400, 40, 15, 120, 1500
REMEDY = "Split it by idea; or, if it is one idea, write its size and the reason into the exceptions of tests/house/test_sizes.py."

# What is larger, how large it may be, and why it is one thing.
FILES: dict[str, tuple[int, str]] = {}
FUNCTIONS: dict[str, tuple[int, str]] = {
    "tests/payments/stage.py:approved_cohort": (48, "one row with every column that a filing has"),
    "tests/payments/stage.py:cleared_claim": (58, "the rows of a claim and of its steps, column by column"),
    "trainingadmin/notices/actions.py:publish": (44, "one row with every column that a notice has"),
}
VIEWS: dict[str, tuple[int, str]] = {
    "trainingadmin/notices/views.py:object_to": (19, "one action with six fields, each on a line of its own"),
    "trainingadmin/people/views/pages.py:register": (20, "one action with six fields, each on a line of its own"),
}
FOLDERS: dict[str, tuple[int, str]] = {
    "schemes": (3470, "the law is one body: a file a scheme, what all are judged with and how their sums arise"),
    "attendance": (
        2200,
        "files to read, the form to print and the sums lie beside the sessions; its acts and reads are folders of their own",
    ),
    "classes": (
        2000,
        "two sheets, the timetable and its limits lie beside the class; its acts and pages are folders of their own",
    ),
    "cohorts/actions": (1700, "what classes share of rosters, changes and moves lies beside what apprentices do"),
    "cohorts": (2800, "four sheets to read and print lie beside the filing; what is done to it is a folder of its own"),
    "plumbing": (
        4000,
        "one file a concern, none of which knows another's; the two large ones are folders of their own",
    ),
    "plumbing/spreadsheets": (2000, "one wall around hostile files, from the first byte to the annotated copy"),
}
GENERATED = "migrations/versions/"
FORBIDDEN = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "service",
    "services",
    "manager",
    "handler",
    "misc",
    "base",
}
NAMES = {"trainingadmin/schemes/base.py": "what all schemes stand on, as architecture.md names it"}


def length(file: Path) -> int:
    return len(file.read_text().splitlines())


def views() -> list[tuple[str, Function]]:
    """Return every function that answers a request."""
    found = []
    for file in files("trainingadmin"):
        for function in functions(parsed(file)):
            marks = {dotted(mark.func if isinstance(mark, ast.Call) else mark) for mark in function.decorator_list}
            if any(mark.startswith("bp.") for mark in marks):
                found.append((f"{name_of(file)}:{function.name}", function))
    return found


def body_of(function: Function) -> int:
    """Return the lines of a view after its name: decorators, signature and docstring are not what it does."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


def too_large(sizes: dict[str, int], limit: int, exceptions: dict[str, tuple[int, str]]) -> list[str]:
    """Name what is over its limit."""
    return [
        f"{name}: {size} lines, at most {exceptions.get(name, (limit, ''))[0]}"
        for name, size in sizes.items()
        if size > exceptions.get(name, (limit, ""))[0]
    ]


def folders() -> dict[str, int]:
    """Return the lines of code of every folder; one that was split off counts by itself."""
    every = sorted({file.parent for file in files("trainingadmin")})
    return {folder.relative_to(PACKAGE).as_posix(): sum(map(length, folder.glob("*.py"))) for folder in every}


EVERY = files("trainingadmin", "tests", "migrations", "bench", "deploy")
MEASURES: dict[str, tuple[dict[str, int], int, dict[str, tuple[int, str]]]] = {
    "file": ({name_of(file): length(file) for file in EVERY}, FILE, FILES),
    "function": (
        {
            f"{name_of(file)}:{each.name}": lines_of(each)
            for file in EVERY
            if not name_of(file).startswith(GENERATED)  # lists of tables, written by a program
            for each in functions(parsed(file))
        },
        FUNCTION,
        FUNCTIONS,
    ),
    "view": ({name: body_of(view) for name, view in views()}, VIEW, VIEWS),
    "template": ({name_of(path): length(path) for path in sorted((ROOT / "templates").rglob("*.html"))}, TEMPLATE, {}),
    "folder": (folders(), FOLDER, FOLDERS),
}


@pytest.mark.parametrize("what", MEASURES)
def test_nothing_is_too_large(what: str) -> None:
    broken = too_large(*MEASURES[what])
    assert not broken, "\n".join([*broken, REMEDY])


@pytest.mark.parametrize("what", MEASURES)
def test_every_exception_is_still_needed_and_gives_its_reason(what: str) -> None:
    sizes, limit, exceptions = MEASURES[what]
    needless = [name for name in exceptions if sizes.get(name, 0) <= limit]
    assert not needless, f"{needless} became small enough: take them out of the exceptions."
    assert all(len(reason) > 20 for _, reason in exceptions.values())


def test_most_functions_are_read_at_a_glance() -> None:
    sizes = sorted(lines_of(each) for file in files("trainingadmin") for each in functions(parsed(file)))
    ninth = sizes[len(sizes) * 9 // 10]
    assert statistics.median(sizes) <= 10, "Half of all functions should fit in ten lines."
    assert ninth <= 25, "Nine of ten functions should fit in 25 lines."


def test_modules_are_named_for_what_they_own() -> None:
    vague = [name_of(file) for file in EVERY if file.stem in FORBIDDEN and name_of(file) not in NAMES]
    assert not vague, f"{vague}: a name that fits anything collects everything; call it after the thing it owns."


def test_every_module_says_in_a_sentence_what_it_owns() -> None:
    silent = [
        name_of(file)
        for file in files("trainingadmin")
        if file.read_text().strip()
        and not (ast.get_docstring(parsed(file)) or "").partition("\n")[0].endswith((".", ":", "…"))
    ]
    assert not silent, f"{silent}: begin with one sentence that says what the module owns."


def test_public_functions_say_what_they_mean() -> None:
    silent = [
        f"{name_of(file)}:{node.name}"
        for file in files("trainingadmin")
        for node in parsed(file).body
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent, f"{silent}: give meaning, units, errors and, for rules, the clause."


def test_tests_outweigh_the_code(record_property: Callable[[str, object], None]) -> None:
    code = sum(length(file) for file in files("trainingadmin"))
    tests = sum(length(file) for file in files("tests"))
    record_property("tests_per_line_of_code", round(tests / code, 2))
    assert tests >= 0.5 * code, "Each action has a test file: its happy path, then each refusal by its code."


def test_a_breach_would_be_found() -> None:
    assert too_large({"a.py": 401}, FILE, {}) == ["a.py: 401 lines, at most 400"]
    assert too_large({"a.py": 451}, FILE, {"a.py": (450, "one table")}) == ["a.py: 451 lines, at most 450"]
    assert too_large({"a.py": 449}, FILE, {"a.py": (450, "one table")}) == []
    (function,) = functions(ast.parse('def f():\n    """Say.\n\n    More.\n    """\n    x = 1\n    return x'))
    assert (lines_of(function), body_of(function)) == (7, 2)
