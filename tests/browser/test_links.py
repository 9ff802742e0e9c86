"""No page leads astray: every link that somebody is shown opens for them."""

from __future__ import annotations

import re
from collections import Counter, deque
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browser.world import World
from tests.client import Browser
from trainingadmin.demo.bureau import LOGINS, PASSWORD

_HREF = re.compile(r'<a [^>]*href="([^"#]+)"')
ALIKE = 2  # of pages that differ in their numbers only, so many are opened


def shape(path: str, world: World) -> tuple[str, ...]:
    """Return what distinguishes an address from those that open the same kind of page."""
    return (str(world.endpoint(path)), *sorted(name for name, _ in parse_qsl(urlsplit(path).query)))


@pytest.mark.parametrize("login", [one.login for one in LOGINS])
def test_no_link_is_broken(login: str, world: World) -> None:
    with world.app.app_context():
        browser = Browser(world.app)
        world.app.config["WTF_CSRF_ENABLED"] = False
        browser.sign_in(login, PASSWORD)
        assert broken(browser, world) == []


def broken(browser: Browser, world: World) -> list[str]:
    """Open every kind of page that links lead to; return those that did not open, and where they were linked."""
    opened: Counter[tuple[str, ...]] = Counter()
    waiting, seen, astray = deque([("/desk", "")]), {"/desk"}, []
    while waiting:
        path, linked_on = waiting.popleft()
        kind = shape(path, world)
        if opened[kind] >= ALIKE or kind[0] in {"desk.language", "static"}:
            continue
        opened[kind] += 1
        with world.app.app_context():
            answer = browser.client.get(path)
        if answer.status_code >= 400:
            astray.append(f"{answer.status_code} {path} linked on {linked_on}")
        if answer.mimetype != "text/html":
            continue
        for href in map(unescape, _HREF.findall(answer.get_data(as_text=True))):
            if href.startswith("/") and href not in seen:
                seen.add(href)
                waiting.append((href, path))
    return astray
