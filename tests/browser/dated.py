"""The application at the moment a test has set, and going on from there: what gunicorn serves where a story takes weeks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from trainingadmin.app import create_app
from trainingadmin.plumbing import clock

SET = "TEST_CLOCK"
"""Names the file with the moment; its age is how long ago it was set."""

_serve = create_app()


def _now() -> datetime:
    told = Path(os.environ[SET])
    return datetime.fromisoformat(told.read_text()) + timedelta(seconds=time.time() - told.stat().st_mtime)


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request at the moment that was set."""
    with clock.at(_now()):
        answer = _serve(environ, start_response)
        try:
            return list(answer)
        finally:
            getattr(answer, "close", lambda: None)()
