"""The bureau that the guards of pages look at, built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import DATABASE, _copy_database, _of_worker, _settings
from tests.house.world import World, build
from trainingadmin.app import create_app
from trainingadmin.plumbing.database import db


@pytest.fixture(scope="session")
def world(
    template: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[World]:
    """A bureau on a database of its own; tests only look at it."""
    folder, source = template
    own = tmp_path_factory.mktemp("house")
    shutil.copytree(folder / "keys", own / "keys")
    if DATABASE == "sqlite":
        shutil.copy(folder / "template.db", own / "house.db")
        url = f"sqlite:///{own / 'house.db'}"
    else:
        url = _copy_database(request.getfixturevalue("postgres_url"), _of_worker("house"), source)
    app = create_app(_settings(own, url))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield build(app)
    with app.app_context():
        db.engine.dispose()
