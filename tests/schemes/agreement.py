"""What the product and the oracle say of many boundary-heavy cases, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.schemes import boundaries, boundary_laws, oracle, oracle_law
from trainingadmin.schemes import versions_from_document
from trainingadmin.schemes.jsonl import answers, shipped_law

LINES_A_LAW = 500
Told = dict[str, Any]


def judged(number: int, seed: int, *, broken: bool = False) -> Iterator[tuple[str, Told, Told]]:
    """Yield each case with what the product and the oracle say, under the shipped law and under many others."""
    random = Random(seed)
    for start in range(0, number, LINES_A_LAW):
        theirs = oracle_law.SHIPPED if start == 0 else boundary_laws.law(random)
        law = dict(shipped_law())
        if start or broken:
            told = {name: [_earlier(one) if broken else one for one in versions] for name, versions in theirs.items()}
            law |= dict(versions_from_document(boundary_laws.document(*one)) for one in told.items())
        lines = boundaries.cases(min(LINES_A_LAW, number - start), random, theirs)
        for line, (_, answer) in zip(lines, answers([line.encode() for line in lines], law), strict=True):
            yield line, said(json.loads(answer)), oracle.answer(line, theirs)


def _earlier(version: Told) -> Told:
    """Return a version that asks one month or year less of everything that has a least or a most of them."""
    asked = {name for name in version if name in {"claim_window_months", "min_age", "window_months"}}
    return version | {name: version[name] - 1 for name in asked if version[name]}


def said(told: Told) -> Told:
    """Return an answer without its texts for reading, which must be there."""
    if "error" in told:
        assert told["error"]["message"]
        return {"case": told["case"], "error": (told["error"]["code"], told["error"]["field"])}
    for finding in told["findings"]:
        assert finding.keys() == {"code", "outcome", "value", "required", "clause", "possible_on"}
        assert finding["value"]
        assert finding["clause"]
    found = [(one["code"], one["outcome"], one["possible_on"]) for one in told["findings"]]
    return told | {"findings": found}
