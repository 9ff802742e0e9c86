"""The application under test: a migrated database copied for every test, a doorbell that nobody hears."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, make_url, text

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


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hash cheaply: a dozen accounts a test, each 40 ms at the strength of production, prove nothing more."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One PostgreSQL server for the whole run, given by ./test or started here."""
    with postgres_server() as url:
        yield url


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


def _create_database(server: str, name: str, source: str | None) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {source}" if source else "")))
    engine.dispose()
    return _sibling(server, name)


def _copy_database(server: str, name: str, source: str) -> str:
    return _create_database(server, name, make_url(source).database)


def _sibling(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def settings(tmp_path: Path, template: tuple[Path, str], request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of an application of this test's own."""
    folder, _ = template
    shutil.copytree(folder / "keys", tmp_path / "keys")
    if DATABASE == "sqlite":
        shutil.copy(folder / "template.db", tmp_path / "test.db")
        yield _settings(tmp_path, f"sqlite:///{tmp_path / 'test.db'}")
        return
    server = request.getfixturevalue("postgres_url")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    yield _settings(tmp_path, _create_database(server, f"test_{worker}", f"template_{worker}"))


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
    with transaction.unit():
        return Office.open()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A client that follows forms as a person does and checks every page's HTML."""
    return Browser(app)
