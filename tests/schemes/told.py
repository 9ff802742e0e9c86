"""Cases told in JSON for the tests of the law, and how to judge them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from trainingadmin.schemes import SCHEMES, Decision, versions, versions_from_document
from trainingadmin.schemes.jsonl import decide_told, shipped_law

CASES = Path(__file__).parent / "cases"
Told = dict[str, Any]


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _dates_as_text(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(entry) for entry in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@functools.cache
def cases_of(scheme: str) -> dict[str, Any]:
    """Return the file of cases of a scheme, dates as text as JSON has them."""
    read: dict[str, Any] = _dates_as_text(yaml.safe_load((CASES / f"{scheme}.yaml").read_text(encoding="utf-8")))
    return read


def eligible(scheme: str, /, **other: Any) -> Told:
    """Return a case that meets every condition of a scheme, but for the facts in `other`."""
    base: Told = cases_of(scheme)["base"]
    return {"case": "案例", "scheme": scheme} | base | other


def document_of(scheme: str, **figures: Any) -> dict[str, Any]:
    """Return the shipped versions of a scheme as a document, with other values for some figures in all of them."""
    entries = [version.to_json() for version in versions(scheme)]
    for entry in entries:
        for name, value in figures.items():
            entry["parameters"][name]["value"] = value
    return {"scheme": scheme, "versions": entries}


def judge(told: Told, **figures: Any) -> Decision:
    """Judge a case under the shipped versions, with other values for some figures."""
    law = shipped_law()
    scheme = told["scheme"]
    assert scheme in SCHEMES
    if figures:
        _, law[scheme] = versions_from_document(document_of(scheme, **figures))
    return decide_told(told, law)
