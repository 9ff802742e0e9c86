"""Browsers open connections ahead of need; one that says nothing must not hold up those that do."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.servers import answers, web_server
from trainingadmin.settings import Settings

pytestmark = pytest.mark.resilience
SILENT = 3


def test_silent_connections_hold_nobody_up(settings: Settings) -> None:
    env = {
        "TRAININGADMIN_VAR": str(settings.var),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    with web_server(env) as web, ExitStack() as stack:
        place = urlsplit(web.url)
        silent = [
            stack.enter_context(socket.create_connection((str(place.hostname), place.port or 0))) for _ in range(SILENT)
        ]
        assert answers(f"{web.url}/healthz")
        silent[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert silent[0].recv(64).startswith(b"HTTP/1.1 200"), "and is answered when it speaks after all"
