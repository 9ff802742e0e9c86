"""How gunicorn serves the application, in the demo and in production; the environment may say otherwise."""

import os
import socket
from typing import Any

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
wsgi_app = "wsgi:app"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 1  # nothing waits in a request, so one thread answers more evenly than several
timeout = 60
graceful_timeout = 10
control_socket_disable = True
max_requests = 5000
max_requests_jitter = 500
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


def when_ready(server: Any) -> None:
    """Let the kernel hold a connection until it speaks: browsers open some ahead of need, and each would hold up a process."""
    for listener in server.LISTENERS:
        if listener.sock.family in {socket.AF_INET, socket.AF_INET6} and hasattr(socket, "TCP_DEFER_ACCEPT"):
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, timeout)
