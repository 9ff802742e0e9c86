"""The map of the house: who may import whom, and what the law may know."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "trainingadmin"
NOT_SLICES = {"kernel", "schemes", "plumbing", "demo"}
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
REMEDY = (
    "An import points the wrong way. Ask: which stage of a claim's life comes first? The later one imports the earlier one. "
    "Move the code to the stage that owns it, or pull with a query instead of being told. A new file of a slice gets its floor, "
    "a new slice its line, in [tool.importlinter] of pyproject.toml."
)


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of pyproject.toml on the code in `tree`."""
    command = [sys.executable, "-c", LINT, "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def imports(file: Path) -> Iterator[str]:
    """Name every module this file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


def test_imports_follow_the_map() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, f"{result.stdout[-6000:]}{result.stderr[-2000:]}\n{REMEDY}"


def test_floors_are_checked_in_every_slice() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (floors,) = (contract for contract in contracts if contract["id"] == "floors")
    slices = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - NOT_SLICES
    listed = {name.removeprefix("trainingadmin.") for name in floors["containers"]}
    assert listed == slices, (
        "List every slice, and nothing else, as a container of the contract 'floors' in pyproject.toml."
    )


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("kernel/money.py", "from trainingadmin import settings"),
        ("plumbing/clock.py", "from trainingadmin.people import models"),
        ("people/queries.py", "from trainingadmin.people import actions"),
        ("people/views/pages.py", "from trainingadmin.people import models"),
        ("people/views/pages.py", "import sqlalchemy"),
        ("people/forgotten.py", "x = 1"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, file: str, line: str) -> None:
    shutil.copytree(
        PACKAGE, tmp_path / "trainingadmin", ignore=shutil.ignore_patterns("static", "fonts", "__pycache__")
    )
    target = tmp_path / "trainingadmin" / file
    target.write_text((target.read_text() if target.exists() else "") + f"\n{line}\n")
    assert lint(tmp_path).returncode == 1


@pytest.mark.parametrize("package", ["kernel", "schemes"])
def test_the_law_imports_the_standard_library_only(package: str) -> None:
    allowed = sys.stdlib_module_names | {"yaml"}
    own = ("trainingadmin.kernel",) if package == "kernel" else ("trainingadmin.kernel", "trainingadmin.schemes")
    strange = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sorted((PACKAGE / package).rglob("*.py"))
        for name in imports(file)
        if name.split(".")[0] not in allowed and not name.startswith(own)
    ]
    assert not strange, (
        f"{strange}: kernel and schemes are plain Python; take the value as a parameter instead of importing its source."
    )


def test_the_law_loads_without_the_web() -> None:
    code = "import sys, trainingadmin.schemes; sys.exit(bool({'flask', 'sqlalchemy', 'werkzeug'} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert loaded.returncode == 0, (
        "Importing trainingadmin.schemes loaded Flask or SQLAlchemy; find who imports it with: python -X importtime"
    )
