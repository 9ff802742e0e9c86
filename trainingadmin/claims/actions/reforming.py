"""Judges what is still open in a claim under a new version, in short writes that any one may be killed between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select

from trainingadmin import schemes
from trainingadmin.claims import evidence, queries
from trainingadmin.claims.actions.assessing import add_up, rows_of, take_over
from trainingadmin.claims.evidence import Judged
from trainingadmin.claims.models import Assessment, Claim, ClaimLine
from trainingadmin.claims.states import UNDECIDED, ClaimState, Occasion
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.database import bulk_insert, db, locked
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

    enrolment_id: int
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
    claim = queries.live_claim(cohort_id)
    if claim is None or claim.state not in OPEN:
        return None
    undecided = {line.enrolment_id: line.version for line in claim.lines if line.state in UNDECIDED}
    lines = [
        Line(id_, undecided[id_], Judged(one, schemes.decide(claim.scheme, one.facts, version)))
        for one in evidence.gather(claim.cohort, claim.claimed_on)
        if (id_ := one.enrolment.id) in undecided
    ]
    return Foreseen(claim.id, version, lines)


def apply(foreseen: Foreseen, some: Sequence[Line]) -> bool:
    """Append the assessments of some of the lines foreseen and bring the lines up to date.

    False, and nothing changes, when the claim was decided or one of the lines was touched since.
    """
    state = db.session.scalar(locked(select(Claim.state).where(Claim.id == foreseen.claim_id)))
    if state not in OPEN:
        return False
    wanted = [one.enrolment_id for one in some]
    mine = select(ClaimLine).where(ClaimLine.claim_id == foreseen.claim_id, ClaimLine.enrolment_id.in_(wanted))
    lines = {line.enrolment_id: line for line in db.session.scalars(locked(mine))}
    if any(not _as_seen(one, lines.get(one.enrolment_id)) for one in some):
        return False
    known = queries.latest_digests(foreseen.claim_id, [line.id for line in lines.values()])
    pairs = [(lines[one.enrolment_id], one.judged) for one in some]
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
        done = _count(open_claim.id, version.digest)
        open_claim.policy_code, open_claim.policy_digest = version.code, version.digest
        add_up(open_claim)
        journal.record(
            "reform", f"claims:{open_claim.id}", by=SYSTEM, before=before, policy=version.code,
            document=version.document, digest=version.digest, lines=done.lines, changed=done.changed,
        )  # fmt: skip
    cohort.policy_code, cohort.policy_digest, cohort.policy = version.code, version.digest, version.to_json()
    journal.record("rebind-policy", f"cohorts:{cohort.id}", by=SYSTEM, before=before, policy=version.code)
    db.session.flush()
    return done


def _count(claim_id: int, digest: str) -> Rejudged:
    """Count the lines judged by policy under `digest`, and those whose verdict or sum is another than before."""
    lines = select(ClaimLine.id).where(ClaimLine.claim_id == claim_id)
    newest = select(func.max(Assessment.id)).where(
        Assessment.line_id.in_(lines), Assessment.policy_digest == digest, Assessment.occasion == Occasion.POLICY.value
    )
    after = db.session.execute(_told().where(Assessment.id.in_(newest.group_by(Assessment.line_id)))).all()
    earlier = select(func.max(Assessment.id)).where(
        Assessment.line_id.in_([row.line_id for row in after]), Assessment.policy_digest != digest
    )
    known = {
        row.line_id: row[1:]
        for row in db.session.execute(_told().where(Assessment.id.in_(earlier.group_by(Assessment.line_id))))
    }
    return Rejudged(len(after), sum(known.get(row.line_id) != row[1:] for row in after))


def _told() -> Any:
    return select(Assessment.line_id, Assessment.verdict, Assessment.entitlement)
