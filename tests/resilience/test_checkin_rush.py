"""Two web processes and classes that come at once: nobody is lost, nobody is marked twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from tests.checkins.rush import classes, rush
from tests.factories import Office
from tests.servers import web_server
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings

pytestmark = pytest.mark.resilience
CLASSES, PEOPLE = 4, 15


@pytest.fixture
def web(settings: Settings, office: Office) -> Iterator[str]:
    """The address that two processes share, on one database."""
    env = {
        "TRAININGADMIN_VAR": str(settings.var),
        "TRAININGADMIN_DEMO": "1",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    db.session.rollback()
    with web_server(env, workers=2) as server:
        yield server.url


def test_nobody_is_lost_or_doubled_when_classes_come_at_once(app: Flask, office: Office, web: str) -> None:
    people = classes(office, CLASSES, PEOPLE)
    found = rush(app, web, people, within=timedelta(seconds=2))
    assert (found.lost, found.doubled) == (0, 0)
    assert set(found.statuses) == {200}


def test_the_count_notices_a_scan_that_is_kept_twice(app: Flask, office: Office, web: str) -> None:
    people = classes(office, 1, 10)
    found = rush(app, web, people, within=timedelta(seconds=1), same_code=False)
    assert found.lost == 0
    assert found.doubled > 0, "under two codes each form is a scan of its own: the check can fail"
