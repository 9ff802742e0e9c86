"""The application under test: a migrated database copied for every test, a doorbell that nobody hears."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
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
from tests.staging import Ground
from trainingadmin.app import create_app
from trainingadmin.certificates import printing
from trainingadmin.people import passwords
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies import actions as policies
from trainingadmin.policies import seeding
from trainingadmin.settings import Settings, write_keys

# A machine may be busy with something else: how long examples take is judged nowhere.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")
STRATEGY = "FILE_COPY"
DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
COPIES_STAGES = os.environ.get("TEST_STAGES", "copied") == "copied"
"""`TEST_STAGES=made` makes every stage by the product's actions, as `tests.staging` would be without it."""
_OWN_WAYS = {"monkeypatch", "days", "window"}
"""Who asks for these changes the code under a stage, or lets another process serve the database."""


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
        printing.press()  # makes its keys, so that those who copy this have the same
        db.engine.dispose()


@cache
def _compiled(rule: str, subdomain: str, merge_slashes: bool, defaults: str) -> dict[str, Any]:
    """Return a place for what such a rule is compiled to."""
    return {}


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    """Compile each address once a run: most of what an application takes to start."""
    compile_rule = Rule.compile
    made = ("_parts", "_trace", "_converters", "arguments")

    def kept(rule: Rule) -> None:
        place = _compiled(rule.rule, rule.subdomain or "", rule.merge_slashes, repr(rule.defaults))
        if not place:
            compile_rule(rule)
            place |= {name: getattr(rule, name) for name in made}
            place |= {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
            return
        for name in made:
            setattr(rule, name, place[name])
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, place[name].__get__(rule, None))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", kept)
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
    url = f"sqlite:///{folder / 'template.db'}"
    if DATABASE == "postgresql":
        url = _create_database(request.getfixturevalue("postgres_url"), _of_worker("template"), None)
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
        url = _copy_database(request.getfixturevalue("postgres_url"), _of_worker("staffed"), url)
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
        _put(source[0] / "template.db", folder)
        return f"sqlite:///{folder / 'test.db'}"
    return _copy_database(request.getfixturevalue("postgres_url"), _of_worker("test"), source[1])


def _put(file: Path, folder: Path) -> None:
    for left in folder.glob("test.db*"):
        left.unlink()
    shutil.copy(file, folder / "test.db")


def _of_worker(name: str) -> str:
    return f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}"


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
def office(app: Flask, ground: Ground | None) -> Office:
    """A bureau with the district 石棉县 and an account per role; see `tests.factories.Office`."""
    with transaction.unit(reads=True):
        found = Office.found()
    if ground is not None:
        ground.begin(found)
    return found


@pytest.fixture
def ground(app: Flask, tmp_path: Path, kept_stages: Path, request: pytest.FixtureRequest) -> Iterator[Ground | None]:
    """What knows which stages made this test's database; None where a copy of it would not be the same."""
    if not COPIES_STAGES or _OWN_WAYS & set(request.fixturenames):
        yield None
        return
    of_postgresql = DATABASE == "postgresql"
    copies = _Templates(request.getfixturevalue("postgres_url")) if of_postgresql else _Files(tmp_path, kept_stages)
    with Ground(db.engine, tmp_path, copies, kept_stages) as here:
        yield here


@pytest.fixture(scope="session")
def kept_stages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of stages are kept for this run."""
    return tmp_path_factory.mktemp("stages")


@dataclass
class _Files:
    """Copies of a test's SQLite file."""

    folder: Path
    keep: Path
    worth: float = 0.02
    most: int = 128

    def save(self, name: str) -> None:
        shutil.copy(self.folder / "test.db", self.keep / f"{name}.db")

    def restore(self, name: str) -> None:
        _put(self.keep / f"{name}.db", self.folder)

    def forget(self, name: str) -> None:
        (self.keep / f"{name}.db").unlink()


@dataclass
class _Templates:
    """Copies of a test's database on a server of PostgreSQL, 10 MB each."""

    server: str
    worth: float = 0.3
    most: int = 32

    def save(self, name: str) -> None:
        _create_database(self.server, _of_worker(name), _of_worker("test"))

    def restore(self, name: str) -> None:
        _create_database(self.server, _of_worker("test"), _of_worker(name))

    def forget(self, name: str) -> None:
        _server(self.server).execute(text(f"DROP DATABASE {_of_worker(name)}"))


@pytest.fixture
def renew(
    app: Flask,
    tmp_path: Path,
    staffed: tuple[Path, str],
    ground: Ground | None,
    request: pytest.FixtureRequest,
) -> Callable[[], Office]:
    """What empties this test's database and opens the bureau in it, as often as one likes."""

    def again() -> Office:
        db.session.remove()
        db.engine.dispose()
        _fresh(tmp_path, staffed, request)
        with transaction.unit(reads=True):
            found = Office.found()
        if ground is not None:
            ground.begin(found)
        return found

    return again


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A client that follows forms as a person does and checks every page's HTML."""
    return Browser(app)


def pytest_collection_finish() -> None:
    """Let the collector leave alone what stays until the end: thousands of tests and every module, again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the run on PostgreSQL what asks for no database: it was proved on SQLite and cannot end otherwise."""
    if DATABASE != "postgresql" or config.getoption("keyword") or config.getoption("--collect-only"):
        return
    asks = [item for item in items if {"template", "postgres_url"} & {*getattr(item, "fixturenames", ())}]
    config.hook.pytest_deselected(items=[item for item in items if item not in {*asks}])
    items[:] = asks
