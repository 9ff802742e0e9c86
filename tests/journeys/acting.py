"""What people do in a journey: sign in on a day, press a button that is there, fill in a form, hand a file on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from tests.client import PASSWORD, Browser, Page, values_of
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.clock import LOCAL
from trainingadmin.plumbing.spreadsheets.writing import Column, Value, write_csv
from trainingadmin.schedule import PERIODIC

ANSWER_TITLES = ("序号", "账号", "户名", "金额", "状态", "失败原因")


class Stranger(Browser):
    """A browser whose every request stands alone, as at a server: nothing of one is left for the next."""

    def open(self, path: str, *, expect: int = 200) -> Page:
        """GET a page."""
        with self.app.app_context():
            return super().open(path, expect=expect)

    def post(self, path: str, data: dict[str, Any] | None = None, *, expect: int = 200) -> Page:
        """POST to a path."""
        with self.app.app_context():
            return super().post(path, data, expect=expect)

    def download(self, path: str) -> bytes:
        """GET a file."""
        with self.app.app_context():
            return super().download(path)


@dataclass
class Desk:
    """Whoever sits at the browser; forms are sent with the token that the page gave them."""

    app: Flask

    def __post_init__(self) -> None:
        self.app.config["WTF_CSRF_ENABLED"] = True
        self.browser = Stranger(self.app)

    @contextmanager
    def at(self, day: date, login: str, password: str = PASSWORD) -> Iterator[Browser]:
        """Let the block happen at nine on `day`, with `login` signed in; their desk was opened."""
        with clock.at(day):
            self.browser.sign_in(login, password)
            yield self.browser

    def press(self, page: Page, action: str, move: str, **fields: Any) -> Page:
        """Press the button `move` of the form that posts to `action`; one that is not there cannot be pressed."""
        form = page.form(action)
        offered = {button.get("value") for button in form.iter("button") if button.get("name") == "move"}
        assert move in offered, f"the page offers {offered}"
        data = {**values_of(form), "move": move, **fields}
        return self.browser.post(form.get("action") or _path(page), data)

    def follow(self, page: Page, part: str) -> Page:
        """Follow the first link to a place whose path contains `part`."""
        return self.browser.open(next(link for link in page.links(part) if part in urlsplit(link).path))

    def tick(self, page: Page, action: str, name: str, *values: str, **fields: Any) -> Page:
        """Send the form with these of its boxes ticked; a box that is not there cannot be ticked."""
        boxes = {field.get("value") for field in page.form(action).iter("input") if field.get("name") == name}
        assert set(values) <= boxes, f"the page has the boxes {boxes}"
        sent: dict[str, Any] = {name: list(values), **fields}
        return self.browser.submit(page, action, **sent)


def _path(page: Page) -> str:
    return urlsplit(page.response.request.url).path


def clock_strikes(moment: datetime) -> None:
    """Let the clock's process do at `moment` what it does every half minute."""
    for task in PERIODIC:
        with clock.at(moment), transaction.unit():
            task.work()


def at_the_clock(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment on the wall clock of the bureau."""
    return datetime.combine(day, time(hour, minute, second), LOCAL)


def answered(sent: bytes, failed: dict[int, str] | None = None) -> bytes:
    """Return what a bank answers to its file: everything paid, but for the positions in `failed`."""
    rows: list[list[Value]] = []
    for line in sent.decode("gb18030").splitlines()[1:]:
        position, account, name, _bank, amount = line.split(",")[:5]
        reason = (failed or {}).get(int(position), "")
        rows.append([int(position), account, name, amount, "失败" if reason else "成功", reason])
    return write_csv([Column(title) for title in ANSWER_TITLES], rows, encoding="gb18030", guarded=False)
