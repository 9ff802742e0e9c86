"""Runs walks of the money by a seed, each from an empty bureau, and counts what was done in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.factories import Office
from tests.journeys.money_walk import Walk


def run(renew: Callable[[], Office], *, seed: int, walks: int, steps: int, shrinking: bool = False) -> Counter[str]:
    """Take so many walks of so many steps by a seed; return how often each thing was done or refused.

    `renew` empties the database and opens the bureau in it. AssertionError with the shortest walk that shows it when
    the books are ever out of order.
    """
    done: Counter[str] = Counter()
    kind: Any = type("Walk", (Walk,), {"renew": staticmethod(renew), "done": done})
    chosen = settings(
        max_examples=walks,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=False,
        phases=[Phase.generate, *([Phase.shrink] if shrinking else [])],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(hypothesis.seed(seed)(kind), settings=chosen)
    return done
