"""What the code may not do anywhere but in one place: commit, ask the time, change a state, reckon with floats."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.scan import ROOT, Function, calls, dotted, files, functions, name_of, parsed

Scan = Callable[[ast.Module], Iterator[tuple[int, str]]]
CODE = files("trainingadmin", "migrations")

# Each exception carries its reason; the key is a file, or a file and the function in it.
COMMITS = {
    "trainingadmin/plumbing/transaction.py": "the one place",
    "trainingadmin/plumbing/engines.py": "ends what could only read: there is nothing to keep",
    "trainingadmin/plumbing/lines.py": "as above",
}
CLOCKS = {"trainingadmin/plumbing/clock.py": "the one place"}
STATES = {
    "trainingadmin/certificates/actions.py": "leased and ended by compare-and-set: the UPDATE's own WHERE is the check",
    "trainingadmin/reforms/actions/simulating.py": "shared among workers by compare-and-set, as certificates are",
    "trainingadmin/notices/actions.py": "posted → cleared and open → decided: one move each, guarded by the query",
}
PRINTS = {"trainingadmin/up.py": "the launcher talks to the person in the terminal"}
MONEY = (
    "trainingadmin/kernel",
    "trainingadmin/schemes",
    "trainingadmin/payments",
    "trainingadmin/ledger",
    "trainingadmin/claims",
    "trainingadmin/notices",
    "trainingadmin/cohorts",
)
CHECKED = (
    "Write `allowed = LIFECYCLE.check(…)` and `thing.state = allowed.target` in one function, so that no state changes "
    "unchecked; an exception goes into STATES with its reason."
)
MOVES = {"trainingadmin/plumbing/access.py": "the one place"}
FLOATS = {
    "trainingadmin/schemes/kinds.py": "meets the floats of JSON in order to turn them away",
}


def commits(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find transactions ended or opened by hand."""
    for line, name in calls(tree):
        if name.split(".")[-1] in {"commit", "begin_nested", "autocommit"}:
            yield line, name


def clocks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find questions after the time: Python's and the database's."""
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime"}
    for line, name in calls(tree):
        if ".".join(name.split(".")[-2:]) in asked or name in {
            "func.now",
            "func.current_timestamp",
            "func.current_date",
        }:
            yield line, name


def states(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find a state that is set in a function without a lifecycle's check, or by SQL."""
    for function in functions(tree):
        checked = any(name.endswith(".check") for _, name in calls(function))
        for line, what in _set_states(function):
            if what == "values(state=…)" or not checked:
                yield line, what


def _set_states(function: Function) -> Iterator[tuple[int, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((node.lineno, dotted(t)) for t in targets if isinstance(t, ast.Attribute) and t.attr == "state")
        if isinstance(node, ast.Call):
            words = {keyword.arg for keyword in node.keywords}
            if "state" in words and dotted(node.func).endswith(".values"):
                yield node.lineno, "values(state=…)"
            if dotted(node.func) == "setattr" and len(node.args) > 1 and _is(node.args[1], "state"):
                yield node.lineno, "setattr(…, 'state')"


def _is(node: ast.expr, value: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


def prints(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find output that no log would see."""
    return ((line, name) for line, name in calls(tree) if name in {"print", "pprint", "breakpoint"})


def late_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find imports that hide in functions."""
    for function in functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno, function.name


def moves_read(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find moves that are read from a request by hand: some from its form, others from its address."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _is(node.args[0], "move"):
            if dotted(node.func) in {"request.values.get", "request.form.get", "request.args.get"}:
                yield node.lineno, dotted(node.func)
        elif isinstance(node, ast.Subscript) and _is(node.slice, "move") and dotted(node.value).startswith("request."):
            yield node.lineno, dotted(node.value)


def unbounded_rows(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find fields that take any whole number for a row's: a database cannot even be asked for some."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            told = {keyword.arg: keyword.value for keyword in node.keywords}
            free = isinstance(told.get("validate_choice"), ast.Constant)
            if free and isinstance(read := told.get("coerce"), ast.Name) and read.id == "int":
                yield node.lineno, dotted(node.func)


def floats(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find floats and what makes them: literals, the type, true division, rounding."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, str(node.value)
        elif isinstance(node, ast.Name) and node.id in {"float", "round"}:
            yield node.lineno, node.id
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not _is_path(node):
            yield node.lineno, "/"


def _is_path(node: ast.BinOp | ast.AugAssign) -> bool:
    """Paths are joined by the same sign: to a text, or to something named after a folder."""
    right = node.right if isinstance(node, ast.BinOp) else node.value
    return isinstance(right, ast.Constant | ast.JoinedStr) and not isinstance(
        getattr(right, "value", None), int | float
    )


def found(scan: Scan, places: list[Path], allowed: dict[str, str]) -> list[str]:
    """Run a scan over files; name what it finds outside the allowed ones."""
    return [
        f"{name_of(file)}:{line} {what}"
        for file in places
        if name_of(file) not in allowed
        for line, what in scan(parsed(file))
    ]


GUARDS: dict[str, tuple[Scan, list[Path], dict[str, str], str]] = {
    "commit": (commits, CODE, COMMITS, "Actions never commit. Outside a request use `with transaction.unit():`."),
    "clock": (clocks, CODE, CLOCKS, "Ask plumbing.clock.now() or .today(): tests and the demo set it."),
    "state": (states, CODE, STATES, CHECKED),
    "print": (prints, CODE, PRINTS, "Log with structlog; commands answer with click.echo."),
    "import": (late_imports, CODE, {}, "Import at the top. If that makes a cycle, the code belongs to the other slice."),
    "row": (unbounded_rows, CODE, {}, "Read it by plumbing.pages.row_id: what no database could hold is no choice."),
    "move": (moves_read, CODE, MOVES, "Ask plumbing.access.move_asked(): what asks for a proof reads the same move."),
    "float": (
        floats, files(*MONEY), FLOATS,
        "Money and the facts it is worked out from are whole numbers: use Money, //, Fraction or Decimal.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_the_code_keeps_to(guard: str) -> None:
    scan, places, allowed, remedy = GUARDS[guard]
    broken = found(scan, places, allowed)
    assert not broken, "\n".join([*broken, remedy])


@pytest.mark.parametrize("guard", GUARDS)
def test_every_exception_is_still_needed(guard: str) -> None:
    scan, _, allowed, _ = GUARDS[guard]
    needless = [name for name in allowed if not list(scan(parsed(ROOT / name)))]
    assert not needless, f"{needless}: take them out of the exceptions of this guard."


BREACHES = {
    "commit": ["db.session.commit()", "with session.begin_nested(): pass"],
    "clock": ["datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "time.time()", "func.now()"],
    "state": [
        "def f(claim): claim.state = S.PAID",
        "def f(claim): setattr(claim, 'state', 1)",
        "def f(): update(Claim).values(state=S.PAID)",
        "def check(): pass\ndef f(claim): claim.state = 1",
    ],
    "print": ["print(1)", "def f(): breakpoint()"],
    "import": ["def f():\n    import json", "class A:\n    def f(self):\n        from x import y"],
    "move": ["request.values.get('move', '')", "request.form.get('move')", "request.args['move']"],
    "row": ["SelectField('x', coerce=int, validate_choice=False)"],
    "float": ["x = 0.1", "y = a / b", "y /= 2", "float(x)", "round(x)"],
}
HONEST = {
    "commit": ["transaction.unit()"],
    "clock": ["clock.now()", "time.monotonic()"],
    "state": ["def f(claim):\n    allowed = CLAIM.check('x', state=claim.state)\n    claim.state = allowed.target"],
    "print": ["click.echo(1)"],
    "import": ["import json"],
    "move": ["move_asked()", "request.args.get('next')", "queries.get('move')"],
    "row": ["SelectField('x', coerce=int)", "SelectField('x', coerce=row_id, validate_choice=False)"],
    "float": ["x = a // b", "path = ROOT / 'templates'", "path = ROOT / f'{name}'"],
}


@pytest.mark.parametrize(("guard", "code"), [(guard, code) for guard, codes in BREACHES.items() for code in codes])
def test_a_breach_would_be_found(guard: str, code: str) -> None:
    assert list(GUARDS[guard][0](ast.parse(code)))


@pytest.mark.parametrize(("guard", "code"), [(guard, code) for guard, codes in HONEST.items() for code in codes])
def test_honest_code_is_left_alone(guard: str, code: str) -> None:
    assert not list(GUARDS[guard][0](ast.parse(code)))
