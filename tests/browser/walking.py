"""Walks through the pages of a role as they link to each other, and holds each to what makes a page usable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, ViewportSize
from playwright.sync_api import Error as BrowserError

from tests.browser.axe import expect_usable, overflow
from tests.browser.world import World
from tests.conftest import DATABASE
from trainingadmin.demo.bureau import PASSWORD

DESK: ViewportSize = {"width": 1366, "height": 900}
TABLET: ViewportSize = {"width": 820, "height": 1180}
PHONE: ViewportSize = {"width": 390, "height": 844}
JUDGES_LOOKS = DATABASE == "sqlite"
"""How a page looks does not depend on the database: on PostgreSQL it has to open, and the browser to be content."""
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_IN_WORDS = re.compile(r"(人民币)?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+")
_TEXTS = """() => {
  const told = [document.title, document.body.innerText];
  for (const part of document.querySelectorAll("[placeholder],[aria-label],[title],[data-ask],[alt]"))
    for (const name of ["placeholder", "aria-label", "title", "data-ask", "alt"]) told.push(part.getAttribute(name) || "");
  return told.join("\\n");
}"""
_LINKS = """() => ["main a[href]", "nav a[href]", "a[href]"].flatMap(
  (where) => [...document.querySelectorAll(where)].map((a) => a.href))"""
_HREF = re.compile(r'<a [^>]*href="(/[^"#]*)"')
_ELSEWHERE = {"desk.language", "people.sign_in", "static"}  # another language, another session, a file


@dataclass
class Visitor:
    """Somebody at a browser window; `troubles` are what the browser complained of."""

    page: Page
    base: str
    world: World
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"{self.page.url}: {message.text}")

    @property
    def path(self) -> str:
        """Where the window is."""
        return self.page.url.removeprefix(self.base)

    def open(self, path: str) -> Response:
        """Open a page of the application; anything but a success fails."""
        answer = self.page.goto(self.base + path, wait_until="load")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return answer

    def press(self, name: str) -> None:
        """Press the button of this name in the page's main part."""
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the first link of this name in the page's main part and wait for where it leads."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("link", name=name).first.click()

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in by password."""
        self.open("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.press("登录")
        self.page.wait_for_url(f"{self.base}/desk")

    def sign_in_by_code(self, id_number: str, inbox: Visitor) -> None:
        """Fill in ID number and the code that came, wherever the phone's sign-in page was reached from."""
        self.page.get_by_label("身份证号").fill(id_number)
        self.press("获取验证码")
        self.page.get_by_label("短信验证码").wait_for()
        inbox.open("/dev/inbox")
        code = re.search(r"验证码是 (\d{6})", inbox.page.inner_text("main"))
        assert code is not None
        self.page.get_by_label("短信验证码").fill(code.group(1))
        self.press("登录")

    def links(self) -> Iterator[str]:
        """List the addresses of the application that this page leads to, the page's own before the menu's."""
        for href in self.page.evaluate(_LINKS):
            found = urlsplit(href)
            if f"{found.scheme}://{found.netloc}" == self.base:
                yield found.path + (f"?{found.query}" if found.query else "")

    def links_on(self, path: str) -> list[str]:
        """List the addresses that another page leads to, without drawing it."""
        answer = self.page.request.get(self.base + path)
        assert answer.ok, f"{path}: {answer.status}"
        if "text/html" not in answer.headers.get("content-type", ""):
            return []
        return [unescape(href) for href in _HREF.findall(answer.text())]

    def chinese(self) -> list[str]:
        """List the Chinese words on this page that are neither entered by anybody nor the law's."""
        found = _CHINESE.findall(self.page.evaluate(_TEXTS))
        return sorted(
            {run for run in found if run != "中文" and not _IN_WORDS.fullmatch(run) and not self.world.known(run)}
        )

    def expect_usable(self, *sizes: ViewportSize) -> None:
        """Fail unless the open page is fit for use at desk and phone, or the given sizes, and the browser is content."""
        for size in (sizes or (DESK, PHONE)) if JUDGES_LOOKS else ():
            self.page.set_viewport_size(size)
            expect_usable(self.page)
        self.page.set_viewport_size(DESK)
        assert self.page.locator("h1").count() == 1, self.path
        assert not self.troubles, (self.path, self.troubles)

    def expect_english(self, path: str) -> None:
        """Fail unless `path` is English throughout and fits both sizes in it."""
        if not JUDGES_LOOKS:
            return
        self.open(path)
        left = self.chinese()
        assert left == [], f"{path}: {left}"
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            assert overflow(self.page) <= 0, f"{path} in English, {size['width']} wide"


@dataclass
class Walker:
    """Somebody who looks at one page of each kind that they are led to, in both languages.

    `judged` are kinds that another role has been through: they are only opened, unless the role says they are its own.
    """

    visitor: Visitor
    english: Visitor
    judged: set[str]

    def walk(self, *starts: str, own: Iterable[str] = ()) -> set[str]:
        """Look at each of `starts`, go on until nothing new is linked; return the names of all kinds of pages met."""
        met: set[str] = set()
        waiting = []
        for start in starts:
            waiting.extend(self._look(start))
        while waiting:
            path = waiting.pop(0)
            endpoint = self.visitor.world.endpoint(path)
            if endpoint is None or endpoint in met | _ELSEWHERE:
                continue
            met.add(endpoint)
            look = endpoint not in self.judged or endpoint in own
            waiting.extend(self._look(path) if look else self.visitor.links_on(path))
        return met

    def _look(self, path: str) -> list[str]:
        try:
            self.visitor.open(path)
        except BrowserError as error:
            if "Download is starting" not in str(error):
                raise
            return []
        endpoint = self.visitor.world.endpoint(self.visitor.path)
        self.judged.add(str(endpoint))
        self.visitor.expect_usable()
        self.english.expect_english(self.visitor.path)
        return list(self.visitor.links())


@contextmanager
def visiting(chromium: Browser, base: str, world: World, *, scripts: bool = True) -> Iterator[Visitor]:
    """Open a window with cookies of its own."""
    context = chromium.new_context(viewport=DESK, locale="zh-CN", java_script_enabled=scripts)
    try:
        yield Visitor(context.new_page(), base, world)
    finally:
        context.close()


@contextmanager
def in_english(visitor: Visitor) -> Iterator[Visitor]:
    """Open a second window of the same person, in English."""
    browser = visitor.page.context.browser
    assert browser is not None
    context: BrowserContext = browser.new_context(viewport=DESK, storage_state=visitor.page.context.storage_state())
    try:
        english = Visitor(context.new_page(), visitor.base, visitor.world)
        english.open(f"/language/en?next={quote('/v')}")
        yield english
    finally:
        context.close()
