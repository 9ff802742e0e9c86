"""The application under test: a migrated database copied for every test, a doorbell that nobody hears."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from werkzeug.routing import Rule

from tests.client import Browser
from tests.factories import Office
from tests.servers import postgres_server
from trainingadmin.app import create_app
from trainingadmin.people import passwords
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies import actions as policies
from trainingadmin.policies import seeding
from trainingadmin.settings import Settings, write_keys

STRATEGY = "FILE_COPY"
DATABASE = os.environ.get("TEST_DATABASE", "sqlite")


def _settings(folder: Path, url: str) -> Settings:
    base = Settings.from_env({"TRAININGADMIN_VAR": str(folder), "TRAININGADMIN_DEMO": "1"})
    return replace(base, database_url=url, redis_url="unix:///nonexistent/valkey.sock")


def _migrate(folder: Path, url: str) -> None:
    app = create_app(_settings(folder, url))
    with app.app_context():
        upgrade()
        with transaction.unit():
            policies.seed_calendar()
            seeding.seed()
        db.engine.dispose()


@cache
def _builder(rule: str, trace: tuple[tuple[bool, str], ...], defaults: str, unknown: bool) -> list[Callable[..., Any]]:
    """Return a place for the function that builds the addresses of such a rule."""
    return []


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    """Compile what builds each address once a run: 60 ms of the 65 that an application takes to start."""
    compile_builder = Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        place = _builder(rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if not place:
            place.append(compile_builder(rule, append_unknown))
        return place[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", kept)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hash cheaply: a dozen accounts a test, each 40 ms at the strength of production, prove nothing more."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One PostgreSQL server for the whole run, given by ./test or started here."""
    with postgres_server() as url:
        yield url
        _server(url).close()
        _server.cache_clear()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> tuple[Path, str]:
    """A migrated, seeded, otherwise empty database that tests copy; and its keys."""
    folder = tmp_path_factory.mktemp("template")
    write_keys(folder / "keys" / "secrets.json", demo=True)
    if DATABASE == "sqlite":
        url = f"sqlite:///{folder / 'template.db'}"
    else:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
        url = _create_database(request.getfixturevalue("postgres_url"), f"template_{worker}", None)
    _migrate(folder, url)
    return folder, url


@pytest.fixture(scope="session")
def staffed(
    template: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, str]:
    """The same with the bureau of `Office` in it, so that the tests that want one need not open it each time."""
    source, url = template
    folder = tmp_path_factory.mktemp("staffed")
    shutil.copytree(source / "keys", folder / "keys")
    if DATABASE == "sqlite":
        shutil.copy(source / "template.db", folder / "template.db")
        url = f"sqlite:///{folder / 'template.db'}"
    else:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
        url = _copy_database(request.getfixturevalue("postgres_url"), f"staffed_{worker}", url)
    app = create_app(_settings(folder, url))
    with app.app_context():
        with transaction.unit():
            Office.open()
        db.session.remove()
        db.engine.dispose()
    return folder, url


@cache
def _server(url: str) -> Connection:
    """Return the one connection of this run that makes databases."""
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()


def _create_database(server: str, name: str, source: str | None) -> str:
    connection = _server(server)
    connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {source} STRATEGY {STRATEGY}" if source else "")))
    return _sibling(server, name)


def _copy_database(server: str, name: str, source: str) -> str:
    return _create_database(server, name, make_url(source).database)


def _sibling(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _fresh(folder: Path, source: tuple[Path, str], request: pytest.FixtureRequest) -> str:
    """Put a copy of a template in the place of this test's database; return its URL."""
    if DATABASE == "sqlite":
        for left in folder.glob("test.db*"):
            left.unlink()
        shutil.copy(source[0] / "template.db", folder / "test.db")
        return f"sqlite:///{folder / 'test.db'}"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    return _copy_database(request.getfixturevalue("postgres_url"), f"test_{worker}", source[1])


@pytest.fixture
def settings(tmp_path: Path, template: tuple[Path, str], request: pytest.FixtureRequest) -> Settings:
    """Settings of an application of this test's own, with the bureau of `Office` where the test asks for it."""
    source = request.getfixturevalue("staffed") if "office" in request.fixturenames else template
    shutil.copytree(source[0] / "keys", tmp_path / "keys")
    return _settings(tmp_path, _fresh(tmp_path, source, request))


class _InMemory(BytecodeCache):
    """Templates compiled once a run instead of once a test."""

    def __init__(self) -> None:
        self.of_template: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.of_template:
            bucket.bytecode_from_string(self.of_template[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.of_template[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session")
def compiled() -> BytecodeCache:
    """The templates compiled so far in this run."""
    return _InMemory()


@pytest.fixture
def app(settings: Settings, compiled: BytecodeCache) -> Iterator[Flask]:
    """The application, inside its context, for actions and queries; use `transaction.unit()` around writes."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def office(app: Flask) -> Office:
    """A bureau with the district 石棉县 and an account per role; see `tests.factories.Office`."""
    with transaction.unit(reads=True):
        return Office.found()


@pytest.fixture
def renew(
    app: Flask, tmp_path: Path, staffed: tuple[Path, str], request: pytest.FixtureRequest
) -> Callable[[], Office]:
    """What empties this test's database and opens the bureau in it, as often as one likes."""

    def again() -> Office:
        db.session.remove()
        db.engine.dispose()
        _fresh(tmp_path, staffed, request)
        with transaction.unit(reads=True):
            return Office.found()

    return again


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A client that follows forms as a person does and checks every page's HTML."""
    return Browser(app)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the run on PostgreSQL what asks for no database: it was proved on SQLite and cannot end otherwise."""
    if DATABASE != "postgresql" or config.getoption("keyword") or config.getoption("--collect-only"):
        return
    asks = [item for item in items if {"template", "postgres_url"} & {*getattr(item, "fixturenames", ())}]
    config.hook.pytest_deselected(items=[item for item in items if item not in {*asks}])
    items[:] = asks
