"""Every page reads the same whether its pieces are kept or written anew, whoever looked at it before, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.house.test_access import _seen_by, looking, rules
from tests.house.world import World
from trainingadmin.plumbing.pages import LANGUAGES

NEW_EACH_TIME = re.compile(r'name="(?:_key|csrf_token)" value="[^"]*"')


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Name everybody who looks and what they look at, the same page by one after another."""
    for place, rule in enumerate(rules(world, "GET")):
        for who in looking(world, rule, place):
            yield who, world.address(rule, _seen_by(world, rule, who))


def read(client: FlaskClient, address: str) -> str | None:
    answer = client.get(address)
    if answer.mimetype != "text/html" or answer.status_code != 200:
        return None
    return NEW_EACH_TIME.sub("", answer.text)


def differing(world: World, monkeypatch: pytest.MonkeyPatch, language: str) -> tuple[list[str], int]:
    """Return the pages that read otherwise when their pieces are kept, and how many were looked at."""
    kept: Any = world.app.jinja_env.kept  # type: ignore[attr-defined]
    clients: dict[str, FlaskClient] = {}
    wrong, looked = [], 0
    for who, address in pages(world):
        if who not in clients:
            clients[who] = world.client(who)
            clients[who].get(f"/language/{language}")
        now = read(clients[who], address)
        with monkeypatch.context() as patch:
            patch.setattr(kept, "find", lambda *_: (None, None))
            anew = read(clients[who], address)
        looked += now is not None
        wrong += [f"{address} as {who}"] if now != anew else []
    return wrong, looked


@pytest.mark.parametrize("language", LANGUAGES)
def test_kept_pages_read_like_pages_written_anew(world: World, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    wrong, looked = differing(world, monkeypatch, language)
    assert not wrong, "\n".join(wrong)
    assert looked > 100


def test_a_row_kept_under_too_little_would_be_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: Any = world.app.jinja_env.kept  # type: ignore[attr-defined]
    kept.forget()
    honest = kept.find
    monkeypatch.setattr(kept, "find", lambda place, values: honest(place, values[:-1]))
    wrong, _ = differing(world, monkeypatch, "zh_CN")
    assert wrong
