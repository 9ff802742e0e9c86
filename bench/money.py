"""An office's money in any order: `python -m bench.money [--seeds 20] [--steps 2000] [--first-seed N]`.

Each seed takes walks of 100 steps until it has taken so many, each walk from an empty bureau; after every step the
books are proved and the caps counted. Prints the seeds, and leaves with 1 and the shortest walk that shows it when
anything is ever out of order.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher
from flask_migrate import upgrade

from bench import ratio
from tests.factories import Office
from tests.journeys import money_runs
from trainingadmin.app import create_app
from trainingadmin.people import passwords
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies import actions as policies
from trainingadmin.policies import seeding
from trainingadmin.settings import Settings, write_keys

WALK = 100


def renewing(folder: Path) -> Callable[[], Office]:
    """Return what puts the bureau's first database back; it is migrated once."""
    upgrade()
    with transaction.unit():
        policies.seed_calendar()
        seeding.seed()
    db.session.remove()
    db.engine.dispose()
    first, now = folder / "first.db", folder / "bench.db"
    shutil.copy(now, first)

    def renew() -> Office:
        db.session.remove()
        db.engine.dispose()
        for left in folder.glob("bench.db*"):
            left.unlink()
        shutil.copy(first, now)
        with transaction.unit():
            return Office.open()

    return renew


def of_seed(renew: Callable[[], Office], seed: int, steps: int) -> Counter[str]:
    """Take walks by a seed until they are so many steps together; some end early."""
    done: Counter[str] = Counter()
    while (left := steps - done["step"]) > 0:
        more = {"walks": -(-left // WALK), "steps": min(WALK, steps)}
        done += money_runs.run(renew, seed=seed * 1000 + done["walk"], shrinking=True, **more)
        done["walk"] += more["walks"]
    return done


def main() -> None:
    """Take every seed's walks; AssertionError where the books fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--first-seed", type=int, default=1)
    wanted = parser.parse_args()
    # Opening a bureau is not what is tried.
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # noqa: SLF001
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_keys(folder / "keys" / "secrets.json", demo=True)
        settings = Settings.from_env({"TRAININGADMIN_VAR": place, "TRAININGADMIN_DEMO": "1"})
        settings = replace(
            settings, redis_url="unix:///nonexistent/valkey.sock", database_url=f"sqlite:///{folder}/bench.db"
        )
        with create_app(settings).app_context():
            renew, all_done = renewing(folder), Counter[str]()
            for seed in range(wanted.first_seed, wanted.first_seed + wanted.seeds):
                started = time.perf_counter()
                done = of_seed(renew, seed, wanted.steps)
                all_done += done
                acted = sum(count for what, count in done.items() if ":" not in what)
                ratio.fact(
                    f"seed {seed}",
                    f"{done['step']} steps, {acted} acts, books hold, {time.perf_counter() - started:.0f} s",
                )
            for what, count in sorted(all_done.items()):
                print(f"    {count:6d}  {what}")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
