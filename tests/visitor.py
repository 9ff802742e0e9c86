"""Somebody at a real browser, over HTTP: cookies, redirects, hidden fields, and many posts at the same moment."""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar
from typing import NamedTuple

import html5lib

from tests.client import PASSWORD, values_of

_BOUNDARY = "----------------at-once"


class Answer(NamedTuple):
    """What a post was answered: the status, and where it leads."""

    status: int
    location: str


class Visitor:
    """Somebody at a real browser: cookies, redirects, hidden fields."""

    def __init__(self, cookies: CookieJar | None = None) -> None:
        self.cookies = CookieJar() if cookies is None else cookies
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def open(self, url: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Return status, address and text of where this leads; anything but http is not ours to open."""
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        try:
            answer = self._opener.open(url, body, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.url, answer.read().decode()

    def send(self, url: str, **changes: str) -> tuple[int, str, str]:
        """Open a page with a form, fill it in and send it."""
        return self.open(url, self.filled_in(url, **changes))

    def filled_in(self, url: str, **changes: str) -> dict[str, str]:
        """Return what the form of a page would send."""
        return {**self._fields(url, *changes), **changes}

    def token(self, url: str) -> str:
        """Return what proves that a form came from a page of this visitor's."""
        return self._fields(url, "csrf_token")["csrf_token"]

    def _fields(self, url: str, *names: str) -> dict[str, str]:
        status, where, text = self.open(url)
        forms = html5lib.parse(text, namespaceHTMLElements=False).iter("form")
        fields = next((values_of(form) for form in forms if set(names) & set(values_of(form))), None)
        assert fields is not None, f"{where}: {status}, no form with {set(names)}\n{text[-2000:]}"
        return {name: value if isinstance(value, str) else value[0] for name, value in fields.items() if value}

    def sign_in(self, url: str, login: str, password: str = PASSWORD) -> tuple[int, str, str]:
        return self.send(f"{url}/sign-in", login=login, password=password)

    def is_in(self, url: str) -> bool:
        """Whether a page for people who are signed in opens."""
        status, where, _ = self.open(f"{url}/password")
        return (
            status == 200 and urllib.parse.urlsplit(where).path == "/password"
        )  # the way to sign in names the page, too

    def post(self, url: str, fields: Mapping[str, str], file: tuple[str, bytes] | None = None) -> Answer:
        """Send one form and follow nothing; `file` is the name of a field and what is uploaded in it."""
        to = urllib.parse.urlsplit(url)
        body, media = _multipart(fields, *file) if file else (urllib.parse.urlencode(fields).encode(), _FORM)
        cookies = "; ".join(f"{one.name}={one.value}" for one in self.cookies)
        connection = http.client.HTTPConnection(to.netloc, timeout=120)
        try:
            connection.request("POST", to.path, body, {"Content-Type": media, "Cookie": cookies})
            answer = connection.getresponse()
            answer.read()
            return Answer(answer.status, answer.getheader("Location") or "")
        finally:
            connection.close()


_FORM = "application/x-www-form-urlencoded"


def _multipart(fields: Mapping[str, str], field: str, data: bytes) -> tuple[bytes, str]:
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="a.csv"\r\n'
    parts.append(f"{head}Content-Type: text/csv\r\n\r\n".encode() + data + b"\r\n")
    return b"".join([*parts, f"--{_BOUNDARY}--\r\n".encode()]), f"multipart/form-data; boundary={_BOUNDARY}"


class Post(NamedTuple):
    """One form to send: by whom, where to, what."""

    visitor: Visitor
    url: str
    fields: Mapping[str, str]
    file: tuple[str, bytes] | None = None


def at_once(posts: Sequence[Post]) -> list[Answer]:
    """Send every form at the same moment; return the answers in the order of the forms."""
    start = threading.Barrier(len(posts))
    answers: list[Answer] = [Answer(0, "")] * len(posts)

    def send(number: int) -> None:
        one = posts[number]
        start.wait(timeout=60)
        answers[number] = one.visitor.post(one.url, one.fields, one.file)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(posts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
