"""The law: every scheme's conditions as plain functions, its figures as dated and cited data, judged by `decide`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from trainingadmin.kernel.labels import N_
from trainingadmin.schemes import apprenticeship, documents, entrepreneurship_grant, special_skill, work_as_training
from trainingadmin.schemes.base import Condition, Decision, Finding, Outcome, Scheme, Verdict
from trainingadmin.schemes.errors import BadFact, BadPolicy
from trainingadmin.schemes.facts import Facts
from trainingadmin.schemes.figures import Figure, ParameterSpec, Version, canonical, digest_of, in_force
from trainingadmin.schemes.kinds import Json
from trainingadmin.schemes.owing import Owed
from trainingadmin.schemes.wording import in_english

__all__ = [
    "SCHEMES",
    "BadFact",
    "BadPolicy",
    "Condition",
    "Decision",
    "Facts",
    "Figure",
    "Finding",
    "Outcome",
    "Owed",
    "ParameterSpec",
    "Scheme",
    "Verdict",
    "Version",
    "anchor_of",
    "canonical",
    "decide",
    "digest_of",
    "facts_from_json",
    "in_english",
    "version_from_json",
    "version_on",
    "versions",
    "versions_from_document",
]

SCHEMES: Mapping[str, Scheme] = {
    module.SCHEME.name: module.SCHEME
    for module in (apprenticeship, special_skill, work_as_training, entrepreneurship_grant)
}


def decide(scheme: str, facts: Facts, version: Version[Any]) -> Decision:
    """Judge one case under one version: the same for a claim, a recomputation and a simulation. KeyError: no such scheme."""
    return SCHEMES[scheme].judge(facts, version)


def facts_from_json(scheme: str, told: Mapping[str, Json]) -> Facts:
    """Read the facts of a case; BadFact names the first that is not of its form, or that the scheme does not have."""
    facts: Facts = SCHEMES[scheme].reader.read(told)
    return facts


def anchor_of(facts: Facts) -> tuple[str, date]:
    """Return the fact that chooses the version, and its date; BadFact when it is missing."""
    if facts.policy_on is not None:
        return "policy_on", facts.policy_on
    scheme = SCHEMES[facts.scheme]
    day = scheme.anchor_on(facts)
    if day is None:
        raise BadFact("bad-fact", scheme.anchor, N_("缺少选定政策版本的锚定日"))
    return scheme.anchor, day


def versions(scheme: str) -> tuple[Version[Any], ...]:
    """Return the versions of a scheme that come with the application, in order of their dates."""
    return documents.shipped(SCHEMES[scheme])


def version_on(scheme: str, day: date, among: Sequence[Version[Any]] | None = None) -> Version[Any]:
    """Return the version in force on `day`, of those shipped or of `among`; BadFact `no-policy` before the first."""
    return in_force(versions(scheme) if among is None else among, day, SCHEMES[scheme].anchor)


def versions_from_document(source: Mapping[str, Json] | Path) -> tuple[str, tuple[Version[Any], ...]]:
    """Return the scheme that a document of versions names, and its versions; BadPolicy says where it is wrong.

    `source` is a YAML or JSON file, or what was read from one. OSError when the file cannot be read.
    """
    document = documents.read_document(source.read_bytes()) if isinstance(source, Path) else source
    scheme = documents.scheme_of(document, SCHEMES)
    return scheme.name, documents.versions_of(document, scheme)


def version_from_json(scheme: str, entry: Mapping[str, Json]) -> Version[Any]:
    """Return the version that `Version.to_json` wrote, with the same digest; BadPolicy when it is not whole."""
    return documents.versions_of({"versions": [entry]}, SCHEMES[scheme])[0]
