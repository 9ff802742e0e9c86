"""The README's recipe "add a scheme": whoever left out one of its four pieces is told which, and where it belongs."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.house.scan import ROOT

SCHEMES = Path("trainingadmin/schemes")
FIGURES = SCHEMES / "parameters"
REGISTRY = SCHEMES / "__init__.py"
EVIDENCE = Path("trainingadmin/claims/evidence/__init__.py")
CASES = Path("tests/schemes/cases")
CONDITION = re.compile(r'@rules\.condition\(\s*"([a-z-]+)"')
EXAMPLE = "entrepreneurship_grant"

# Schemes that are judged from the outside only, and why nobody can claim them in the application yet.
NOT_CLAIMED: dict[str, str] = {}


def schemes_in(root: Path) -> set[str]:
    """Name every scheme of which any piece is there."""
    laws = {path.stem for path in (root / SCHEMES).glob("*.py") if "SCHEME = Scheme(" in path.read_text()}
    figures = {path.stem for path in (root / FIGURES).glob("*.yaml")}
    cases = {path.stem for path in (root / CASES).glob("*.yaml")}
    return laws | figures | cases | registered(root) | gathered(root)


def registered(root: Path) -> set[str]:
    """Name the modules that the registry's SCHEMES is made of."""
    for node in ast.walk(ast.parse((root / REGISTRY).read_text())):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "SCHEMES":
            return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} & {
                path.stem for path in (ROOT / SCHEMES).glob("*.py")
            }
    return set()


def gathered(root: Path) -> set[str]:
    """Name the schemes that `claims.evidence.GATHERERS` gathers facts for."""
    for node in ast.walk(ast.parse((root / EVIDENCE).read_text())):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "GATHERERS":
            assert isinstance(node.value, ast.Dict)
            return {
                key.value for key in node.value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return set()


def missing(root: Path, *, but: dict[str, str]) -> Iterator[str]:
    """Name each step of the recipe that a scheme still lacks; `but` are those excused from the third."""
    for name in sorted(schemes_in(root)):
        if not (root / SCHEMES / f"{name}.py").exists():
            yield f"{name}: step 1, write its law in {SCHEMES}/{name}.py"
        if not (root / FIGURES / f"{name}.yaml").exists():
            yield f"{name}: step 1, write its dated and cited figures in {FIGURES}/{name}.yaml"
        if name not in registered(root):
            yield f"{name}: step 2, put it into SCHEMES in {REGISTRY}"
        if name not in gathered(root) and name not in but:
            yield f"{name}: step 3, write its gatherer and put it into GATHERERS in {EVIDENCE}"
        yield from _cases(root, name)


def _cases(root: Path, name: str) -> Iterator[str]:
    path, law = root / CASES / f"{name}.yaml", root / SCHEMES / f"{name}.py"
    if not path.exists():
        yield f"{name}: step 4, write its cases in {CASES}/{name}.yaml"
        return
    cases = yaml.safe_load(path.read_text())["cases"]
    passed = {code for case in cases for code in case.get("passes", ())}
    alone = {
        case[word][0] for case in cases for word in ("refused", "unknown", "warns") if len(case.get(word, ())) == 1
    }
    for code in CONDITION.findall(law.read_text()) if law.exists() else ():
        if code not in passed:
            yield f"{name}: step 4, write a case that just passes {code}"
        if code not in alone:
            yield f"{name}: step 4, write a case that fails only {code}"


def test_every_scheme_has_all_four_pieces() -> None:
    assert list(missing(ROOT, but=NOT_CLAIMED)) == []


def test_every_excuse_is_still_needed() -> None:
    assert set(NOT_CLAIMED) == schemes_in(ROOT) - gathered(ROOT)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The pieces of all schemes in a tree of their own, so that one can be left out."""
    for piece in (SCHEMES, CASES):
        shutil.copytree(ROOT / piece, tmp_path / piece, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / EVIDENCE).parent.mkdir(parents=True)
    shutil.copy(ROOT / EVIDENCE, tmp_path / EVIDENCE)
    return tmp_path


def leave_out(file: Path, words: str) -> None:
    """Take one naming of a scheme, the last in its file, out of it."""
    text = file.read_text()
    assert words in text, f"{file} no longer says {words}"
    before, _, after = text.rpartition(words)
    file.write_text(before + after)


def test_without_its_law_the_first_step_is_named(copy: Path) -> None:
    (copy / SCHEMES / f"{EXAMPLE}.py").unlink()
    assert f"{EXAMPLE}: step 1, write its law in {SCHEMES}/{EXAMPLE}.py" in missing(copy, but=NOT_CLAIMED)


def test_without_its_figures_the_first_step_is_named(copy: Path) -> None:
    (copy / FIGURES / f"{EXAMPLE}.yaml").unlink()
    (step,) = missing(copy, but=NOT_CLAIMED)
    assert step == f"{EXAMPLE}: step 1, write its dated and cited figures in {FIGURES}/{EXAMPLE}.yaml"


def test_unregistered_the_second_step_is_named(copy: Path) -> None:
    leave_out(copy / REGISTRY, f", {EXAMPLE}")
    (step,) = missing(copy, but=NOT_CLAIMED)
    assert step == f"{EXAMPLE}: step 2, put it into SCHEMES in {REGISTRY}"


def test_without_a_gatherer_the_third_step_is_named(copy: Path) -> None:
    leave_out(copy / EVIDENCE, f'    "{EXAMPLE}": {EXAMPLE}.gather,\n')
    steps = list(missing(copy, but=NOT_CLAIMED))
    assert f"{EXAMPLE}: step 3, write its gatherer and put it into GATHERERS in {EVIDENCE}" in steps


def test_without_its_cases_the_fourth_step_is_named(copy: Path) -> None:
    (copy / CASES / f"{EXAMPLE}.yaml").unlink()
    (step,) = missing(copy, but=NOT_CLAIMED)
    assert step == f"{EXAMPLE}: step 4, write its cases in {CASES}/{EXAMPLE}.yaml"


def test_a_condition_without_cases_is_named(copy: Path) -> None:
    law = copy / SCHEMES / f"{EXAMPLE}.py"
    law.write_text(law.read_text() + '\n@rules.condition("new-one", "industry", "")\n')
    assert list(missing(copy, but=NOT_CLAIMED)) == [
        f"{EXAMPLE}: step 4, write a case that just passes new-one",
        f"{EXAMPLE}: step 4, write a case that fails only new-one",
    ]


def test_the_recipe_tells_the_same_four_steps() -> None:
    recipe = next(
        line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("**加一个补贴项目**")
    )
    for step in ("① `schemes/", "② 登记到 `schemes/__init__.py`", "③ `claims/evidence", "④ `tests/schemes/cases/"):
        assert step in recipe
