"""A bureau of its own on days of the past: people come in windows of their own, and each page they see is looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, ViewportSize

from tests.browser import dated
from tests.browser.walking import DESK, PHONE, TABLET, Visitor, in_english, visiting
from tests.browser.world import World
from tests.client import PASSWORD
from tests.servers import web_server
from trainingadmin.plumbing.clock import LOCAL

SHOTS = os.environ.get("SHOTS")
_PATIENCE = 10_000
_SIZES = {"desk": DESK, "tablet": TABLET, "phone": PHONE}


@dataclass
class Days:
    """Whoever comes to the bureau, and when."""

    world: World
    base: str
    chromium: Browser
    clock: Path
    stack: ExitStack
    _english: dict[int, Visitor] = field(default_factory=dict)

    def it_is(self, moment: date | datetime) -> None:
        """Set the moment that the server goes on from; of a day, nine in the morning."""
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time(9), LOCAL)
        self.clock.write_text(moment.isoformat())

    def at(self, moment: date | datetime | None, login: str = "", *, size: ViewportSize = DESK) -> Visitor:
        """Open a window at that moment, or now, with `login` signed in where there is one."""
        if moment is not None:
            self.it_is(moment)
        visitor = self.stack.enter_context(visiting(self.chromium, self.base, self.world))
        visitor.page.set_default_timeout(_PATIENCE)
        if login:
            visitor.sign_in(login, PASSWORD)
        visitor.page.set_viewport_size(size)
        return visitor

    def phone(self, moment: date | datetime | None, id_number: str) -> Visitor:
        """Open a phone on which somebody signs in by the code that comes."""
        visitor = self.at(moment, size=PHONE)
        visitor.open("/m/sign-in")
        visitor.sign_in_by_code(id_number, self.at(None))
        visitor.page.wait_for_url(f"{self.base}/m")
        return visitor

    def look(self, visitor: Visitor, name: str) -> None:
        """Hold the open page to what makes it usable at desk, tablet and phone size, in both languages."""
        before = visitor.page.viewport_size
        visitor.expect_usable(*_SIZES.values())
        english = self._in_english(visitor)
        english.expect_english(visitor.path)
        for size, dimensions in _SIZES.items() if SHOTS else ():
            for language, window in (("", visitor), ("-en", english)):
                window.page.set_viewport_size(dimensions)
                window.page.screenshot(path=Path(str(SHOTS)) / f"{name}-{size}{language}.png", full_page=True)
        visitor.page.set_viewport_size(before or DESK)

    def _in_english(self, visitor: Visitor) -> Visitor:
        if id(visitor) not in self._english:
            self._english[id(visitor)] = self.stack.enter_context(in_english(visitor))
        return self._english[id(visitor)]


@contextmanager
def opened(app: Flask, chromium: Browser, folder: Path) -> Iterator[Days]:
    """Serve the database of `app` on days that can be set."""
    settings, moment = app.config["SETTINGS"], folder / "clock"
    env = {
        "TRAININGADMIN_VAR": str(settings.var),
        "TRAININGADMIN_DEMO": "1",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        dated.SET: str(moment),
    }
    moment.write_text(datetime.now(LOCAL).isoformat())
    with web_server(env, app="tests.browser.dated:app") as web, ExitStack() as stack:
        yield Days(World(app), web.url, chromium, moment, stack)
