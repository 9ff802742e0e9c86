"""Judges what is still open in a claim under a new version, in short writes that any one may be killed between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from trainingadmin import schemes
from trainingadmin.claims import evidence, queries
from trainingadmin.claims.actions.assessing import add_up, rows_of, take_over
from trainingadmin.claims.evidence import Judged
from trainingadmin.claims.models import Assessment, Claim, ClaimLine
from trainingadmin.claims.states import UNDECIDED, ClaimState, Occasion
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db, locked
from trainingadmin.schemes import Version

OPEN = frozenset(
    {
        ClaimState.DRAFT,
        ClaimState.SUBMITTED,
        ClaimState.RETURNED,
        ClaimState.ACCEPTED,
        ClaimState.CHECKED,
        ClaimState.REVIEWED,
    }
)
"""Claims that nobody has approved or refused."""


class Line(NamedTuple):
    """One undecided line of a claim: whose it is, which state of it was looked at, and what was found."""

    person_id: int
    version: int
    judged: Judged


@dataclass(frozen=True, slots=True, repr=False)
class Foreseen:
    """What a version makes of a claim that is still open, judged before anything is written."""

    claim_id: int
    version: Version[Any]
    lines: list[Line]


class Rejudged(NamedTuple):
    """How many lines a version judged anew, and how many of them it gave another verdict or sum."""

    lines: int
    changed: int


def foresee(cohort_id: int, version: Version[Any]) -> Foreseen | None:
    """Judge the undecided lines of a filing's open claim under `version`; None where there is no such claim. Reads."""
    return _foreseen(queries.live_claim(cohort_id), version)


def foresee_own(claim_id: int, version: Version[Any]) -> Foreseen | None:
    """Judge the undecided lines of a claim in somebody's own name under `version`; None where it is decided. Reads."""
    return _foreseen(db.session.get(Claim, claim_id), version)


def _foreseen(claim: Claim | None, version: Version[Any]) -> Foreseen | None:
    if claim is None or claim.state not in OPEN:
        return None
    undecided = {line.person_id: line.version for line in claim.lines if line.state in UNDECIDED}
    lines = [
        Line(id_, undecided[id_], Judged(one, schemes.decide(claim.scheme, one.facts, version)))
        for one in evidence.gather(claim.subject, claim.claimed_on)
        if (id_ := one.person.id) in undecided
    ]
    return Foreseen(claim.id, version, lines)


def apply(foreseen: Foreseen, some: Sequence[Line]) -> bool:
    """Append the assessments of some of the lines foreseen and bring the lines up to date.

    False, and nothing changes, when the claim was decided or one of the lines was touched since.
    """
    state = db.session.scalar(locked(select(Claim.state).where(Claim.id == foreseen.claim_id)))
    if state not in OPEN:
        return False
    wanted = [one.person_id for one in some]
    mine = select(ClaimLine).where(ClaimLine.claim_id == foreseen.claim_id, ClaimLine.person_id.in_(wanted))
    lines = {line.person_id: line for line in db.session.scalars(locked(mine))}
    if any(not _as_seen(one, lines.get(one.person_id)) for one in some):
        return False
    known = queries.latest_digests(foreseen.claim_id, [line.id for line in lines.values()])
    pairs = [(lines[one.person_id], one.judged) for one in some]
    bulk_insert(Assessment, rows_of(pairs, foreseen.version, known, Occasion.POLICY, SYSTEM))
    for line, judged in pairs:
        take_over(line, judged)
    db.session.flush()
    return True


def _as_seen(one: Line, line: ClaimLine | None) -> bool:
    return line is not None and line.version == one.version and line.state in UNDECIDED


def bind(cohort_id: int, version: Version[Any], foreseen: Foreseen | None) -> Rejudged | None:
    """Freeze a version on a filing and its open claim once every line is judged under it, and say so in the journal.

    None, and nothing changes, when the claim was opened, decided or added to since.
    """
    cohort = db.session.get_one(Cohort, cohort_id)
    db.session.refresh(cohort, ["state", "version", "policy_code", "policy_digest"], with_for_update=True)
    claim = queries.live_claim(cohort_id)
    open_claim = claim if claim is not None and claim.state in OPEN else None
    if (open_claim.id if open_claim else None) != (foreseen.claim_id if foreseen else None):
        return None
    if claim is not None and open_claim is None:
        return None
    before, done = cohort.policy_code, Rejudged(0, 0)
    if open_claim is not None:
        done = _rebind(open_claim, version, before)
    cohort.policy_code, cohort.policy_digest, cohort.policy = version.code, version.digest, version.to_json()
    journal.record("rebind-policy", f"cohorts:{cohort.id}", by=SYSTEM, before=before, policy=version.code)
    db.session.flush()
    return done


def bind_own(claim_id: int, version: Version[Any], foreseen: Foreseen | None) -> Rejudged | None:
    """Freeze a version on a claim in somebody's own name once every line is judged under it.

    None, and nothing changes, when the claim was decided since.
    """
    claim = db.session.get_one(Claim, claim_id)
    db.session.refresh(claim, ["state", "version", "policy_code", "policy_digest"], with_for_update=True)
    if foreseen is None or claim.state not in OPEN:
        return None
    done = _rebind(claim, version, claim.policy_code)
    db.session.flush()
    return done


def _rebind(claim: Claim, version: Version[Any], before: str | None) -> Rejudged:
    done = _count(claim.id, version.digest)
    claim.policy_code, claim.policy_digest = version.code, version.digest
    add_up(claim)
    journal.record(
        "reform", f"claims:{claim.id}", by=SYSTEM, before=before, policy=version.code,
        document=version.document, digest=version.digest, lines=done.lines, changed=done.changed,
    )  # fmt: skip
    return done


def _count(claim_id: int, digest: str) -> Rejudged:
    """Count the lines judged by policy under `digest`, and those whose verdict or sum is another than before."""
    lines = select(ClaimLine.id).where(ClaimLine.claim_id == claim_id)
    after = _newest(lines, Assessment.policy_digest == digest, Assessment.occasion == Occasion.POLICY)
    before = _newest(lines, Assessment.policy_digest != digest)
    same = and_(before.verdict == after.verdict, before.entitlement == after.entitlement)
    counted = select(func.count(), func.count().filter(same)).outerjoin_from(
        after, before, before.line_id == after.line_id
    )
    judged, unchanged = db.session.execute(counted).one()
    return Rejudged(judged, judged - unchanged)


def _newest(lines: Select[int], *which: ColumnElement[bool]) -> type[Assessment]:
    """Return the latest of these assessments of each line."""
    ids = select(func.max(Assessment.id)).where(Assessment.line_id.in_(lines), *which).group_by(Assessment.line_id)
    return aliased(Assessment, select(Assessment).where(Assessment.id.in_(ids)).subquery())
