"""Whole classes checking in at once over real HTTP, none lost and none doubled: python -m bench.checkins.

`--database postgresql` starts a PostgreSQL of its own; `--break code` sends each second form under another showing of the
code, which the count must notice: then the exit is 0 only if it did.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.ratio import fact
from tests.checkins.rush import Outcome, classes, rush
from tests.factories import Office
from tests.servers import postgres_database, postgres_server, web_server
from trainingadmin.app import create_app
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings, write_keys

GOAL = "0"


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Open an empty database of this kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    with postgres_server() as server, postgres_database(server) as url:
        yield url


def busy(master: int) -> float:
    """Return the processor seconds that the web processes under this one have taken: others on the machine do not change
    them as they change the time of day."""
    ids = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    told = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in ids]
    return sum(int(one[11]) + int(one[12]) for one in told) / os.sysconf("SC_CLK_TCK")


def run(kind: str, number: int, size: int, seconds: int, workers: int, *, same_code: bool) -> tuple[Outcome, float]:
    """Let `number` classes of `size` come within `seconds`; return that, and the processor seconds it took the web."""
    with tempfile.TemporaryDirectory(prefix="checkins-") as name:
        folder = Path(name)
        write_keys(folder / "keys" / "secrets.json", demo=True)
        with database(kind, folder) as url:
            env = {"TRAININGADMIN_VAR": name, "TRAININGADMIN_DEMO": "1", "DATABASE_URL": url}
            env["REDIS_URL"] = "unix:///nonexistent/valkey.sock"
            app = create_app(replace(Settings.from_env(env)))
            with app.app_context():
                db.create_all()
                with transaction.unit():
                    office = Office.open()
                people = classes(office, number, size)
                db.session.remove()
                with web_server(env, workers=workers) as web:
                    before = busy(web.program.pid)
                    found = rush(app, web.url, people, within=timedelta(seconds=seconds), same_code=same_code)
                    taken = busy(web.program.pid) - before
                db.session.remove()
                db.engine.dispose()
            return found, taken


def main() -> None:
    """Run it and print what it took; exit 1 when anybody was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--classes", type=int, default=20)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--break", dest="broken", choices=("code",))
    told = parser.parse_args()
    print(f"{told.classes} classes × {told.people} people within {told.seconds} s, each form sent twice at once;")
    print(f"{told.database}, {told.workers} web processes, {os.cpu_count()} cores shared with the phones")
    same = told.broken is None
    found, taken = run(told.database, told.classes, told.people, told.seconds, told.workers, same_code=same)
    fact("people", len(found.seconds))
    fact("all were in after", f"{found.took:.1f} s")
    fact(
        "scan to answer",
        f"median {found.percentile(50):.2f} s, 90 % {found.percentile(90):.2f} s, 99 % {found.percentile(99):.2f} s",
    )
    fact("processor time of the web", f"{taken:.1f} s, {1000 * taken / len(found.seconds):.1f} ms a person")
    fact("answers", dict(found.statuses))
    fact("lost", found.lost, goal=GOAL)
    fact("doubled", found.doubled, goal=GOAL if same else "> 0")
    right = found.lost == 0 and (found.doubled == 0) is same
    raise SystemExit(0 if right else 1)


if __name__ == "__main__":
    main()
