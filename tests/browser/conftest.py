"""One browser for all tests of pages; a seeded bureau and a server for those of each file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from tests.browser import walking
from tests.browser.days import Days, opened
from tests.browser.walking import Visitor, Walker
from tests.browser.world import World, seed
from tests.conftest import DATABASE, _copy_database, _of_worker, _settings
from tests.factories import Office
from tests.servers import web_server
from trainingadmin.app import create_app
from trainingadmin.plumbing.database import db

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


Saved = tuple[Path, str]
"""A folder with keys and files, and the address of the database that belongs to them."""


class Opens(Protocol):
    """Opens a window in which somebody signed in, or nobody."""

    def __call__(self, login: str = "", *, scripts: bool = True) -> Visitor: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def told(template: Saved, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Saved:
    """The demo's bureau with all its stories, made once a run; nobody works in it."""
    world = _copy(template, tmp_path_factory.mktemp("told"), "told", request)
    seed(world.app)
    return _left(world)


@pytest.fixture(scope="module")
def world(told: Saved, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[World]:
    """A copy of it for the tests of one file: what others did must not decide what these find."""
    world = _copy(told, tmp_path_factory.mktemp("world"), "world", request)
    yield world
    _left(world)


def _copy(source: Saved, folder: Path, name: str, request: pytest.FixtureRequest) -> World:
    shutil.copytree(source[0], folder, dirs_exist_ok=True)
    url = f"sqlite:///{folder / 'template.db'}"
    if DATABASE == "postgresql":
        url = _copy_database(request.getfixturevalue("postgres_url"), _of_worker(name), source[1])
    return World(create_app(_settings(folder, url)))


def _left(world: World) -> Saved:
    """Leave the database of a world, so that it can be copied; return where it is."""
    settings = world.app.config["SETTINGS"]
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
    return settings.var, settings.database_url


@pytest.fixture(scope="module")
def base(world: World) -> Iterator[str]:
    """The address of a server on the world's database."""
    settings = world.app.config["SETTINGS"]
    env = {
        "TRAININGADMIN_VAR": str(settings.var),
        "TRAININGADMIN_DEMO": "1",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    with web_server(env) as web:
        yield web.url


@pytest.fixture(scope="session")
def chromium(told: Saved) -> Iterator[Browser]:
    """Debian's browser; started after the stories are told, for signing runs an event loop of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def judged() -> set[str]:
    """The kinds of pages that some role has been through in this run."""
    return set()


@pytest.fixture
def window(chromium: Browser, base: str, world: World) -> Iterator[Opens]:
    """Open windows; all are closed after the test."""
    with ExitStack() as stack:

        def opened(login: str = "", *, scripts: bool = True) -> Visitor:
            visitor = stack.enter_context(walking.visiting(chromium, base, world, scripts=scripts))
            if login:
                visitor.sign_in(login)
            return visitor

        yield opened


@pytest.fixture
def days(app: Flask, office: Office, chromium: Browser, tmp_path: Path) -> Iterator[Days]:
    """A bureau where nothing was done yet, on days of the past; `office` is who is there."""
    with opened(app, chromium, tmp_path) as days:
        yield days


class Walks(Protocol):
    """Makes the walker of a role."""

    def __call__(self, visitor: Visitor) -> Walker: ...


@pytest.fixture
def walker(judged: set[str]) -> Iterator[Walks]:
    """Make walkers for people in windows."""
    with ExitStack() as stack:
        yield lambda visitor: Walker(visitor, stack.enter_context(walking.in_english(visitor)), judged)
