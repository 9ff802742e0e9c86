"""Laws whose figures lie a little to either side of the shipped ones, and the files that tell them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.schemes.boundaries import about, text
from tests.schemes.oracle_law import ENTITIES, GROUPS, SHIPPED, Law

Told = dict[str, Any]


def law(random: Random) -> Law:
    """Return a law of all four schemes: the shipped one, or one whose figures were changed, with further versions."""
    changed: Law = copy.deepcopy(SHIPPED)
    for scheme, versions in changed.items():
        for number in range(random.randint(0, 2)):
            begins = date.fromisoformat(versions[-1]["from"]) + timedelta(days=random.choice((1, 30, 400)))
            versions.append(versions[-1] | {"code": f"V{number}", "from": text(begins)})
        for version in versions:
            _change(scheme, version, random)
    return changed


def _change(scheme: str, version: Told, random: Random) -> None:
    for name, value in list(version.items()):
        if random.random() < 0.5:
            continue
        if isinstance(value, int):
            version[name] = min(100, about(value, random)) if name.endswith("percent") else about(value, random)
        elif name in _OTHER:
            version[name] = random.choice(_OTHER[name])


_OTHER: Mapping[str, Sequence[Any]] = {
    "annual_rate": ({"3": 7001, "4": 5000}, {"1": 8500, "2": 7000, "5": 1}, {"4": 0}),
    "uncertified": ("zero", "half", "flat:4000", "flat:0", "flat:3333"),
    "proration": ("months", "whole_year"),
    "groups": (GROUPS[:3], GROUPS, []),
    "entity_types": (ENTITIES[:2], ENTITIES, []),
    "excluded_industries": ([], ["种植", "养殖"]),
    "household_once": ("warn", "refuse"),
}


def document(scheme: str, versions: Sequence[Told]) -> Told:
    """Write versions as a file of them; a later one leaves out what stays as it was."""
    entries, before = [], Told()
    for version in versions:
        figures = {name: value for name, value in version.items() if name not in ("code", "from")}
        told = {
            name: {"value": value, "citation": "文"} for name, value in figures.items() if before.get(name) != value
        }
        entries.append({"code": version["code"], "from": version["from"], "document": "文", "parameters": told})
        before = figures
    return {"scheme": scheme, "versions": entries}
