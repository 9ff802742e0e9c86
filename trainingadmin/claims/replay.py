"""Recomputes kept judgements: the same facts under the version of the same digest must give the same findings and sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from trainingadmin import schemes
from trainingadmin.claims.models import Assessment, Claim, ClaimLine
from trainingadmin.claims.queries import PersonLine, content_of
from trainingadmin.cohorts.models import Cohort
from trainingadmin.plumbing.database import db
from trainingadmin.policies import queries as policies
from trainingadmin.registers import why
from trainingadmin.registers.why import Way, nowhere
from trainingadmin.schemes import BadFact, BadPolicy, Decision, Version

CHUNK = 500


class Difference(NamedTuple):
    """One place where what is kept and what comes out today differ; `where` is a path such as findings.age-min.outcome."""

    where: str
    kept: Any
    recomputed: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One assessment recomputed; it matches when nothing differs."""

    assessment_id: int
    line_id: int
    claim: str
    policy: str
    digest: str
    differences: tuple[Difference, ...]

    @property
    def matches(self) -> bool:
        """Whether what is kept is what comes out today."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """Return one line of `claims replay --json`."""
        return {
            "assessment": self.assessment_id,
            "line": self.line_id,
            "claim": self.claim,
            "policy": self.policy,
            "digest": self.digest,
            "ok": self.matches,
            "differences": [difference._asdict() for difference in self.differences],
        }


def every(*, line_id: int | None = None, claim: str | None = None) -> Iterator[Replayed]:
    """Recompute all kept judgements, or those of one line or of one claim's number, oldest first.

    Read in pieces of `CHUNK`, so that memory does not grow with their number.
    """
    wanted = _rows()
    if line_id is not None:
        wanted = wanted.where(ClaimLine.id == line_id)
    if claim is not None:
        wanted = wanted.where(Claim.number == claim)
    last, known = 0, dict[str, Version[Any]]()
    while rows := db.session.execute(wanted.where(Assessment.id > last).limit(CHUNK)).all():
        last = rows[-1][0].id
        for kept, scheme, number, cohort_id in rows:
            by = known.get(kept.policy_digest) or version(scheme, kept.policy_digest, cohort_id)
            if by is not None:
                known[by.digest] = by
            yield replayed(kept, scheme, number, by)
            db.session.expunge(kept)


def _rows() -> Select[Assessment, str, str, int | None]:
    return (
        select(Assessment, Claim.scheme, Claim.number, Claim.cohort_id)
        .join(ClaimLine, ClaimLine.id == Assessment.line_id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .order_by(Assessment.id)
    )


def replayed(kept: Assessment, scheme: str, number: str, by: Version[Any] | None) -> Replayed:
    """Recompute one assessment of a claim of `scheme`; without its version that is the difference."""
    return Replayed(
        assessment_id=kept.id,
        line_id=kept.line_id,
        claim=number,
        policy=kept.policy_code,
        digest=kept.digest,
        differences=tuple(_differences(content_of(kept), kept.digest, scheme, by)),
    )


def version(scheme: str, digest: str, cohort_id: int | None) -> Version[Any] | None:
    """Return the version of a scheme's figures with this digest: stored, or frozen with the filing; None if it is lost."""
    found = policies.by_digest(digest)
    if found is not None or cohort_id is None:
        return found
    frozen = db.session.scalar(select(Cohort.policy).where(Cohort.id == cohort_id, Cohort.policy_digest == digest))
    try:
        kept = schemes.version_from_json(scheme, frozen) if frozen else None
    except BadPolicy:
        return None
    return kept if kept is not None and kept.digest == digest else None


def _differences(content: Mapping[str, Any], digest: str, scheme: str, by: Version[Any] | None) -> Iterator[Difference]:
    if (today := schemes.digest_of(dict(content))) != digest:
        yield Difference("digest", digest, today)
    if by is None:
        yield Difference("policy_digest", content["policy_digest"], None)
        return
    if by.code != content["policy_code"]:
        yield Difference("policy_code", content["policy_code"], by.code)
    try:
        decision = schemes.decide(scheme, schemes.facts_from_json(scheme, content["facts"]), by)
    except BadFact as wrong:
        yield Difference(f"facts.{wrong.field}", content["facts"].get(wrong.field or ""), str(wrong))
        return
    yield from _compared(content, told(decision))


def sums(
    scheme: str, kept: Assessment | PersonLine, cohort_id: int | None, *, way: Way = nowhere
) -> list[dict[str, Any]]:
    """Return how the sums of a kept judgement arise, as `why.sums`; nothing where its version or its facts are not read."""
    by = version(scheme, kept.policy_digest, cohort_id)
    try:
        decision = schemes.decide(scheme, schemes.facts_from_json(scheme, kept.facts), by) if by else None
    except BadFact:
        return []
    return why.sums(decision, kept.sources, way=way) if decision else []


def told(decision: Decision) -> dict[str, Any]:
    """Return what a decision says, as an assessment keeps it."""
    return {
        "verdict": decision.verdict.value,
        "entitlement": str(decision.entitlement),
        "advance": None if decision.advance is None else str(decision.advance),
        "findings": [finding.to_json() for finding in decision.findings],
    }


def _compared(kept: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    for name in ("verdict", "entitlement", "advance"):
        if kept[name] != now[name]:
            yield Difference(name, kept[name], now[name])
    before, after = ({one["code"]: one for one in told["findings"]} for told in (kept, now))
    for code in dict.fromkeys([*before, *after]):
        one, other = before.get(code), after.get(code)
        if one is None or other is None:
            yield Difference(f"findings.{code}", one and one["outcome"], other and str(other["outcome"]))
            continue
        for name, value in other.items():
            if one.get(name) != value:
                yield Difference(f"findings.{code}.{name}", one.get(name), value)
