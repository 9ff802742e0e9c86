"""One person's lines, for the person's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from trainingadmin.claims.models import Assessment, Claim, ClaimLine, Verdict
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.database import db


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of a person: where it and its claim stand, what it is worth, and what the scheme found last."""

    line_id: int
    claim_id: int
    number: str
    title: str
    cohort_id: int | None
    enrolment_id: int | None
    claim_state: ClaimState
    line_state: LineState
    frozen_reason: str
    verdict: Verdict
    entitlement: Money
    advance: Money
    balance: Money
    claimed_on: date
    scheme: str
    findings: list[Any]
    facts: dict[str, Any]
    sources: dict[str, Any]
    policy_digest: str


def lines_of_person(person_id: int) -> list[PersonLine]:
    """Return the lines of one person in every claim that was submitted, newest first."""
    newest = select(func.max(Assessment.id)).where(Assessment.line_id == ClaimLine.id).correlate(ClaimLine)
    rows = db.session.execute(
        select(
            ClaimLine.id,
            ClaimLine.claim_id,
            Claim.number,
            Claim.title,
            Claim.cohort_id,
            ClaimLine.enrolment_id,
            Claim.state,
            ClaimLine.state,
            ClaimLine.frozen_reason,
            ClaimLine.verdict,
            ClaimLine.entitlement,
            ClaimLine.advance,
            ClaimLine.balance,
            Claim.claimed_on,
            Claim.scheme,
            Assessment.findings,
            Assessment.facts,
            Assessment.sources,
            Assessment.policy_digest,
        )
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(Assessment, Assessment.id == newest.scalar_subquery())
        .where(ClaimLine.person_id == person_id, Claim.submitted_at.is_not(None))
        .order_by(ClaimLine.id.desc())
    )
    return [PersonLine(*tuple(row)) for row in rows]
