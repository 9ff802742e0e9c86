"""Simultaneous posts in full size, by real processes: `python -m bench.at_once [--break keys|guards] [--postgresql]`.

Twenty claims composed, checked, released and settled by fifty identical posts each; fifty people with six claims each
against one cap; twenty batches against a budget for seven. Leaves with 1 when anything is paid twice or over a limit,
and so it must with `--break`: `keys` gives every post a key of its own, `guards` takes the locks and checks away.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from flask_migrate import upgrade

from bench import ratio
from tests.factories import Office
from tests.resilience import crowd
from tests.resilience.crowd import Breaking
from tests.servers import postgres_database, postgres_server
from trainingadmin.app import create_app
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies import actions as policies
from trainingadmin.policies import seeding
from trainingadmin.settings import Settings, write_keys

Scene = Callable[[Office, Settings], list[str]]


@contextmanager
def bureau(url: str | None) -> Iterator[tuple[Office, Settings]]:
    """Open a bureau on a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        write_keys(Path(folder) / "keys" / "secrets.json", demo=True)
        settings = Settings.from_env({"TRAININGADMIN_VAR": folder, "TRAININGADMIN_DEMO": "1"})
        settings = replace(settings, redis_url="unix:///nonexistent/valkey.sock")
        settings = replace(settings, database_url=url or f"sqlite:///{folder}/bench.db")
        app = create_app(settings)
        with app.app_context():
            upgrade()
            with transaction.unit():
                policies.seed_calendar()
                seeding.seed()
                office = Office.open()
            yield office, settings
            db.session.remove()
            db.engine.dispose()


def scenes(breaking: Breaking) -> dict[str, Scene]:
    """Name what is tried."""
    return {
        "20 claims × 50 identical posts": lambda o, s: crowd.identical_posts(o, s, 20, 50, breaking),
        "50 people × 6 claims against one cap": lambda o, s: crowd.claims_against_caps(o, s, 50, 6, breaking),
        "20 batches against a budget for 7": lambda o, s: crowd.batches_against_budget(o, s, 20, 7, breaking),
    }


@contextmanager
def databases(*, postgresql: bool) -> Iterator[Callable[[], str | None]]:
    """Hand out one fresh database after the other."""
    if not postgresql:
        yield lambda: None
        return
    with postgres_server() as server, ExitStack() as dropped:
        yield lambda: dropped.enter_context(postgres_database(server))


def main() -> None:
    """Run every scene; leave with 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--break", dest="broken", choices=["keys", "guards"])
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--workers", type=int, default=4)
    wanted = parser.parse_args()
    breaking = Breaking(wanted.broken is not None, wanted.broken == "guards", wanted.workers)
    wrong = 0
    with databases(postgresql=wanted.postgresql) as fresh:
        for name, scene in scenes(breaking).items():
            started = time.perf_counter()
            with bureau(fresh()) as (office, settings):
                found = scene(office, settings)
            wrong += len(found)
            for one in found[:5]:
                print(f"    {one}")
            ratio.fact(name, f"{len(found)} wrong, {time.perf_counter() - started:.0f} s", goal="0 wrong")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
