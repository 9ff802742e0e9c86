"""Reads of claims, their lines, assessments and steps; `visible_to` is the only door to their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from trainingadmin import schemes
from trainingadmin.claims.models import Assessment, Claim, ClaimLine, ClaimStep, Verdict
from trainingadmin.claims.states import CLAIM, LIVE, ClaimState, LineState, Occasion
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.people import queries as people
from trainingadmin.people.models import Account, Person
from trainingadmin.plumbing.database import db


def visible_to(actor: Actor) -> Select[Any]:
    """Select the claims `actor` may see: staff their district's once submitted, operators those of their own."""
    submitted = Claim.state != ClaimState.DRAFT
    seen: list[ColumnElement[bool]] = [and_(people.office_filter(Claim.office_code, actor), submitted)]
    if actor.organisation_id is not None:
        taught = select(Cohort.id).where(Cohort.institution_id == actor.organisation_id)
        seen += [Claim.payee_id == actor.organisation_id, and_(Claim.cohort_id.in_(taught), submitted)]
    return select(Claim).where(or_(*seen))


def claim(claim_id: int, *, actor: Actor) -> Claim:
    """Return one visible claim or answer 404."""
    found: Claim = db.one_or_404(visible_to(actor).where(Claim.id == claim_id))
    return found


def line(line_id: int, *, actor: Actor) -> ClaimLine:
    """Return one line of a visible claim or answer 404."""
    seen = visible_to(actor).with_only_columns(Claim.id)
    found: ClaimLine = db.one_or_404(select(ClaimLine).where(ClaimLine.id == line_id, ClaimLine.claim_id.in_(seen)))
    return found


def live_claim(cohort_id: int) -> Claim | None:
    """Return the claim of a cohort that is not dead, if there is one."""
    found: Claim | None = db.session.scalars(
        select(Claim).where(Claim.cohort_id == cohort_id, Claim.state.in_(LIVE))
    ).one_or_none()
    return found


class Past(NamedTuple):
    """A move that was made, as the separation of duties judges it."""

    move: str
    human: str


# A line held, released or decided by an officer is an act under the officer's duty of the claim.
_ACTS = {
    Role.ACCEPTANCE.value: "accept",
    Role.FIRST_REVIEW.value: "check",
    Role.SECOND_REVIEW.value: "review",
    Role.APPROVAL.value: "approve",
    Role.PREPARER.value: "pay",
    Role.CHECKER.value: "pay",
}


def past(claim_id: int) -> list[Past]:
    """Return who acted under which duty on a claim and on its lines, delegated accounts folded into humans."""
    of_claim = ClaimStep.line_id.is_(None)
    acts = select(of_claim, ClaimStep.move, ClaimStep.role, ClaimStep.human).where(ClaimStep.claim_id == claim_id)
    return [
        Past(move if whole and not CLAIM.moves[move].automatic else _ACTS[role], human)
        for whole, move, role, human in db.session.execute(acts.distinct())
        if (whole and not CLAIM.moves[move].automatic) or role in _ACTS
    ]


def steps(claim_id: int) -> list[ClaimStep]:
    """Return what was done to a claim as a whole, and the holds of its lines, oldest first."""
    shown = or_(ClaimStep.line_id.is_(None), ClaimStep.move.in_(("hold", "release")))
    return list(
        db.session.scalars(select(ClaimStep).where(ClaimStep.claim_id == claim_id, shown).order_by(ClaimStep.id))
    )


def names_relative(claim_id: int, actor: Actor) -> bool:
    """Tell whether a claim names the actor or a relative they declared."""
    barred = people.relatives_of(actor)
    if not barred:
        return False
    named = (
        select(ClaimLine.id)
        .join(Person, Person.id == ClaimLine.person_id)
        .where(ClaimLine.claim_id == claim_id, Person.id_number_index.in_(barred))
    )
    return db.session.scalar(named.limit(1)) is not None


def line_states(claim_ids: Collection[int]) -> Mapping[int, Mapping[LineState, int]]:
    """Count the lines of each claim by their state."""
    counts: dict[int, dict[LineState, int]] = defaultdict(dict)
    rows = (
        select(ClaimLine.claim_id, ClaimLine.state, func.count())
        .where(ClaimLine.claim_id.in_(claim_ids))
        .group_by(ClaimLine.claim_id, ClaimLine.state)
    )
    for claim_id, state, count in db.session.execute(rows):
        counts[claim_id][state] = count
    return counts


def unknown_open(claim_id: int) -> int:
    """Count the open lines whose verdict is still unknown."""
    unknown = select(func.count()).where(
        ClaimLine.claim_id == claim_id, ClaimLine.state == LineState.OPEN, ClaimLine.verdict == "unknown"
    )
    return db.session.scalar(unknown) or 0


def advances_pending(cohort_id: int) -> int:
    """Count the people of a cohort whose advance the bank has not answered for."""
    waiting = select(func.count()).where(
        Enrolment.cohort_id == cohort_id, Enrolment.advance > ZERO, Enrolment.advance_paid.is_(None)
    )
    return db.session.scalar(waiting) or 0


def results_missing(cohort_id: int) -> int:
    """Count the apprentices still in training of whom no result is entered."""
    missing = (
        select(func.count())
        .select_from(Enrolment)
        .outerjoin(Result, Result.enrolment_id == Enrolment.id)
        .where(
            Enrolment.cohort_id == cohort_id, Enrolment.state == EnrolmentState.ACTIVE, Result.enrolment_id.is_(None)
        )
    )
    return db.session.scalar(missing) or 0


def claims_of(cohort_id: int) -> int:
    """Count the claims that a cohort ever had."""
    return db.session.scalar(select(func.count()).where(Claim.cohort_id == cohort_id)) or 0


def latest_ids(line_ids: Select[Any]) -> Select[Any]:
    """Select the id of the latest assessment of each of the lines that `line_ids` selects."""
    return select(func.max(Assessment.id)).where(Assessment.line_id.in_(line_ids)).group_by(Assessment.line_id)


def latest_digests(claim_id: int) -> Mapping[int, str]:
    """Return the digest of the latest assessment of each line of a claim."""
    lines = select(ClaimLine.id).where(ClaimLine.claim_id == claim_id)
    found = db.session.execute(
        select(Assessment.line_id, Assessment.digest).where(Assessment.id.in_(latest_ids(lines)))
    )
    return {row.line_id: row.digest for row in found}


def content_of(assessment: Assessment) -> dict[str, Any]:
    """Return what an assessment's digest covers, as JSON."""
    return {
        "policy_code": assessment.policy_code,
        "policy_digest": assessment.policy_digest,
        "facts": assessment.facts,
        "sources": assessment.sources,
        "findings": assessment.findings,
        "verdict": assessment.verdict.value,
        "entitlement": str(assessment.entitlement),
        "advance": None if assessment.advance is None else str(assessment.advance),
    }


def intact(assessment: Assessment) -> bool:
    """Tell whether an assessment still is what its digest was made of."""
    return schemes.digest_of(content_of(assessment)) == assessment.digest


@dataclass(frozen=True, slots=True)
class Judged:
    """One assessment in a line's history, with who made it and which conditions came out differently than before."""

    assessment: Assessment
    who: str
    changes: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """What the scheme said."""
        return self.assessment.verdict

    @property
    def occasion(self) -> Occasion:
        """Why it was judged."""
        return Occasion(self.assessment.occasion)


def assessments(line_id: int) -> list[Judged]:
    """Return every judgement of a line, newest first, each compared with the one before it."""
    rows = db.session.execute(
        select(Assessment, Account.name)
        .outerjoin(Account, Account.id == Assessment.account_id)
        .where(Assessment.line_id == line_id)
        .order_by(Assessment.id)
    )
    history: list[Judged] = []
    for assessment, who in rows:
        before = history[-1].assessment if history else None
        history.append(Judged(assessment, who or SYSTEM.name, _changes(before, assessment)))
    return history[::-1]


def _changes(before: Assessment | None, after: Assessment) -> tuple[str, ...]:
    if before is None:
        return ()
    outcomes = {finding["code"]: finding["outcome"] for finding in before.findings}
    return tuple(finding["code"] for finding in after.findings if outcomes.get(finding["code"]) != finding["outcome"])


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of a person: where it and its claim stand, what it is worth, and what the scheme found last."""

    line_id: int
    claim_id: int
    number: str
    cohort_id: int
    enrolment_id: int
    claim_state: ClaimState
    line_state: LineState
    frozen_reason: str
    verdict: Verdict
    entitlement: Money
    advance: Money
    balance: Money
    claimed_on: date
    findings: list[Any]


def lines_of_person(person_id: int) -> list[PersonLine]:
    """Return the lines of one person in every claim that was submitted, newest first."""
    newest = select(func.max(Assessment.id)).where(Assessment.line_id == ClaimLine.id).correlate(ClaimLine)
    rows = db.session.execute(
        select(
            ClaimLine.id,
            ClaimLine.claim_id,
            Claim.number,
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
            Assessment.findings,
        )
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(Assessment, Assessment.id == newest.scalar_subquery())
        .where(ClaimLine.person_id == person_id, Claim.submitted_at.is_not(None))
        .order_by(ClaimLine.id.desc())
    )
    return [PersonLine(*tuple(row)) for row in rows]
