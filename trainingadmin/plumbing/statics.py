"""Files that a browser has already: it is told so ahead of all that pages need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import adler32

from flask import Flask
from werkzeug.http import http_date

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOREVER = "public, max-age=31536000, immutable"
_ASKS_MORE = ("HTTP_RANGE", "HTTP_IF_MATCH")


class Unchanged:
    """Answers 304 where a browser names the very file that is there, as the application would; leaves all else to it."""

    def __init__(self, app: Flask, version: str, headers: Mapping[str, str]) -> None:
        self.application: WSGIApplication = app.wsgi_app
        self._files = dict(_files(app))
        self._headers = [("Accept-Ranges", "bytes"), *headers.items()]
        self._kept = {"": "no-cache", f"v={version}": FOREVER}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        etag = environ.get("HTTP_IF_NONE_MATCH")
        kept = self._kept.get(environ.get("QUERY_STRING", ""))
        if etag is None or kept is None or not self._is_current(etag, environ):
            return self.application(environ, start_response)
        said = [("Date", http_date()), ("ETag", etag), ("Cache-Control", kept), *self._headers]
        start_response("304 NOT MODIFIED", said)
        return []

    def _is_current(self, etag: str, environ: WSGIEnvironment) -> bool:
        path = self._files.get(environ.get("PATH_INFO", ""))
        if path is None or environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _ASKS_MORE):
            return False
        return etag == _etag(path)


def _files(app: Flask) -> Iterable[tuple[str, Path]]:
    folder = Path(app.static_folder or "")
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"{app.static_url_path}/{path.relative_to(folder).as_posix()}", path


def _etag(path: Path) -> str | None:
    """Return what Werkzeug calls the file as it is now."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return f'"{stat.st_mtime}-{stat.st_size}-{adler32(str(path).encode())}"'


def install(app: Flask, *, version: str, headers: Mapping[str, str]) -> None:
    """Stand ahead of `app`; `headers` are those of every answer, `version` the one in the addresses of pages."""
    app.wsgi_app = Unchanged(app, version, headers)  # type: ignore[method-assign]
