"""How gunicorn serves the application, in the demo and in production; the environment may say otherwise."""

import os

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
