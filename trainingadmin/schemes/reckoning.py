"""How a sum arises, for reading: figures with what they rest on, facts by name, and the sum written out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from trainingadmin.kernel.money import Money
from trainingadmin.schemes.facts import Facts, FactSpec, specs_of
from trainingadmin.schemes.figures import Figure, Version


class Step(NamedTuple):
    """One value that a sum is worked out from: a figure of the version, or what the facts named come to.

    `value` is neutral or of words that `wording.in_english` knows.
    """

    label_zh: str
    label_en: str
    value: str
    facts: tuple[str, ...] = ()
    figure: Figure | None = None


class Reckoning(NamedTuple):
    """How one sum arises: what it is worked out from, written out from left to right, and what it comes to.

    A division in `formula` leaves out what is less than a yuan. `beside` marks a sum that is no part of the entitlement.
    """

    steps: tuple[Step, ...]
    formula: str
    amount: Money
    beside: bool = False


def figure(version: Version[Any], name: str, value: str = "", facts: tuple[str, ...] = ()) -> Step:
    """Return a figure of the version as a step; `value` where not all of it counts."""
    found = version.figures[name]
    shown = value or f"{found.shown} {found.unit}".strip()
    return Step(found.spec.label_zh, found.spec.label_en, shown, facts, found)


def known(facts: Facts, names: Sequence[str]) -> list[Step]:
    """Return the facts named that are known and not empty, each as a step."""
    specs = {spec.name: spec for spec in specs_of(type(facts))}
    return [_of(specs[name], value) for name in names if (value := getattr(facts, specs[name].attribute))]


def _of(spec: FactSpec, value: Any) -> Step:
    shown = f"{spec.kind.show(value)} {spec.unit}".strip()
    return Step(spec.title(english=False), spec.title(english=True), shown, (spec.name,))


def grouped(yuan: int) -> str:
    """Show whole yuan with separators."""
    return f"{yuan:,}"
