"""A file that a browser has: 304 ahead of the application, and the same answer as the application's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from trainingadmin.plumbing import statics
from trainingadmin.plumbing.statics import FOREVER, Unchanged

FILE = "/static/css/phone.css"
_OF_THE_FILE = {"Date", "Content-Disposition"}
"""Headers that a 304 need not have, or that tell the time."""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def etag(client: FlaskClient, path: str = FILE) -> str:
    with client.get(path) as answer:
        return answer.headers["ETag"]


def told(answer: TestResponse) -> tuple[int, bytes, dict[str, str]]:
    with answer:
        headers = {name: value for name, value in answer.headers if name not in _OF_THE_FILE}
        return answer.status_code, answer.data, headers


def asked_of_the_application(app: Flask, path: str, named: str) -> TestResponse:
    ahead = app.wsgi_app
    assert isinstance(ahead, Unchanged)
    return Client(ahead.application).get(path, headers={"If-None-Match": named})


@pytest.fixture
def no_application(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gets as far as the application fails."""
    monkeypatch.setattr(app.wsgi_app, "application", lambda *_asked: pytest.fail("asked the application"))


@pytest.mark.parametrize("versioned", [True, False])
def test_the_answer_is_the_applications(app: Flask, client: FlaskClient, versioned: bool) -> None:
    path = f"{FILE}?v={app.config['STATIC_VERSION']}" if versioned else FILE
    known = etag(client)
    answer = client.get(path, headers={"If-None-Match": known})
    assert told(answer) == told(asked_of_the_application(app, path, known))
    assert answer.status_code == 304
    assert answer.headers["Cache-Control"] == (FOREVER if versioned else "no-cache")


def test_the_application_is_not_asked(client: FlaskClient, request: pytest.FixtureRequest) -> None:
    known = etag(client)
    request.getfixturevalue("no_application")
    assert client.get(FILE, headers={"If-None-Match": known}).status_code == 304


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"If-None-Match": '"another"'}, 200),
        ({"Range": "bytes=0-3"}, 206),
        ({"If-Match": '"another"'}, 412),
    ],
)
def test_whoever_asks_for_more_asks_the_application(client: FlaskClient, asked: dict[str, str], status: int) -> None:
    with client.get(FILE, headers={"If-None-Match": etag(client), **asked}) as answer:
        assert answer.status_code == status


def test_a_file_that_changed_or_went_is_current_no_more(tmp_path: Path) -> None:
    file = tmp_path / "a.css"
    file.write_text("a {}")
    app = Flask("some", static_folder=str(tmp_path), static_url_path="/static")
    statics.install(app, version="1", headers={})
    client = app.test_client()
    known = {"If-None-Match": etag(client, "/static/a.css")}
    assert client.get("/static/a.css", headers=known).status_code == 304
    file.write_text("a { color: red }")
    with client.get("/static/a.css", headers=known) as answer:
        assert answer.data == b"a { color: red }"
    file.unlink()
    with client.get("/static/a.css", headers=known) as answer:
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "path", ["/static/none.css", "/static/../app.py", "/sign-in", "/static/css/phone.css?v=old%00"]
)
def test_other_addresses_are_the_applications(client: FlaskClient, path: str) -> None:
    with client.get(path, headers={"If-None-Match": etag(client)}) as answer:
        assert answer.status_code in (200, 400, 404)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
