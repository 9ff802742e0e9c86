"""What is known of each person of a claim, a file a scheme, and what the scheme says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from trainingadmin import schemes
from trainingadmin.applications.models import Application
from trainingadmin.claims.evidence import apprenticeship, entrepreneurship_grant, special_skill, work_as_training
from trainingadmin.claims.evidence.shapes import Evidence, Gatherer, Judged, Judgement
from trainingadmin.cohorts.evidence import version_of
from trainingadmin.cohorts.models import Cohort
from trainingadmin.policies.queries import in_force
from trainingadmin.schemes import Version

__all__ = ["GATHERERS", "Evidence", "Judged", "Judgement", "digest", "frozen", "gather", "judge"]

GATHERERS: Mapping[str, Gatherer] = {
    "apprenticeship": apprenticeship.gather,
    "entrepreneurship_grant": entrepreneurship_grant.gather,
    "special_skill": special_skill.gather,
    "work_as_training": work_as_training.gather,
}
"""What gathers the facts of each scheme that can be claimed."""


def gather(subject: Cohort | Application, claimed_on: date) -> Sequence[Evidence]:
    """Return what is known of everybody of a filing or application, as a claim of `claimed_on` would be told."""
    return GATHERERS[subject.scheme](subject, claimed_on)


def judge(subject: Cohort | Application, claimed_on: date) -> Judgement:
    """Gather the evidence of a filing or application and judge every person, as a claim of `claimed_on` would be.

    A filing is judged under the version frozen with it, an application under the one in force on its anchor date.
    """
    told = gather(subject, claimed_on)
    version = version_of(subject) if isinstance(subject, Cohort) else _of_anchor(told[0])
    return Judgement(version, [Judged(one, schemes.decide(subject.scheme, one.facts, version)) for one in told])


def _of_anchor(one: Evidence) -> Version[Any]:
    _, day = schemes.anchor_of(one.facts)
    return in_force(one.facts.scheme, day)


def frozen(judged: Judged, version: Version[Any]) -> dict[str, Any]:
    """Return what an assessment keeps of one judgement, as JSON; `digest` covers exactly this."""
    decision = judged.decision
    return {
        "policy_code": version.code,
        "policy_digest": version.digest,
        "facts": judged.evidence.facts.to_json(),
        "sources": {name: dict(source) for name, source in judged.evidence.sources.items()},
        "findings": [finding.to_json() for finding in decision.findings],
        "verdict": decision.verdict.value,
        "entitlement": str(decision.entitlement),
        "advance": None if decision.advance is None else str(decision.advance),
    }


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of what `frozen` returned."""
    return schemes.digest_of(dict(content))
