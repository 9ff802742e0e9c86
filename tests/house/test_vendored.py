"""What browsers and tests load from others: exactly the pinned versions, unchanged, with their licences."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from trainingadmin.settings import ROOT

STATIC = ROOT / "trainingadmin" / "static"
FOLDERS = [STATIC / "vendor", ROOT / "tests" / "browser" / "vendor"]
PACKAGES = {"@tabler/core": "tabler", "@tabler/icons": "tabler-icons", "htmx.org": "htmx"}


def _sums(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"SHA256SUMS"}


def _pins() -> dict[str, str]:
    package = json.loads((ROOT / "frontend" / "package.json").read_text())
    return {**package["dependencies"], **package["devDependencies"]}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_file_has_the_bytes_it_came_with(folder: Path) -> None:
    sums = _sums(folder)
    assert _files(folder) == set(sums)
    changed = [
        name for name, digest in sums.items() if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest
    ]
    assert changed == []


def test_folders_are_named_for_the_pinned_versions() -> None:
    wanted = {f"{PACKAGES.get(name, name)}-{version}" for name, version in _pins().items()}
    assert {path.name for folder in FOLDERS for path in folder.iterdir() if path.is_dir()} == wanted


def test_pins_are_exact_and_locked() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    for name, version in _pins().items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock[f"node_modules/{name}"]["version"] == version
        assert lock[f"node_modules/{name}"]["integrity"].startswith("sha512-")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_each_comes_with_its_licence(folder: Path) -> None:
    without = [path.name for path in folder.iterdir() if path.is_dir() and not (path / "LICENSE").is_file()]
    assert without == []


def test_the_sprite_draws_exactly_the_listed_icons() -> None:
    sprite = (STATIC / "icons.svg").read_text()
    listed = (ROOT / "frontend" / "icons.txt").read_text().split()
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == listed
    assert sorted(set(listed)) == listed


def test_our_own_styles_and_scripts_fetch_nothing_from_elsewhere() -> None:
    own = [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]
    assert own
    assert [path.name for path in own if re.search(r"https?://|@import|//cdn", path.read_text())] == []
