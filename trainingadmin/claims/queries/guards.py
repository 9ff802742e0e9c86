"""Counts that actions are refused by, and what the latest assessments of a claim are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, exists, func, select

from trainingadmin.claims.models import Assessment, Claim, ClaimLine, Verdict
from trainingadmin.claims.states import LineState
from trainingadmin.classes.models import Score
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import WORK_SCHEME, EnrolmentState
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.plumbing.database import db


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


def sums(claim_id: int) -> tuple[Money, Money]:
    """Add up what the lines of a claim earn, the refused nothing, and what was paid ahead for all of them."""
    earns = func.sum(ClaimLine.entitlement).filter(ClaimLine.state != LineState.REFUSED)
    added = select(earns, func.sum(ClaimLine.advance)).where(ClaimLine.claim_id == claim_id)
    earned, ahead = db.session.execute(added).one()
    return earned or ZERO, ahead or ZERO


def unknown_open(claim_id: int) -> int:
    """Count the open lines whose verdict is still unknown."""
    unknown = select(func.count()).where(
        ClaimLine.claim_id == claim_id, ClaimLine.state == LineState.OPEN, ClaimLine.verdict == Verdict.UNKNOWN
    )
    return db.session.scalar(unknown) or 0


def advances_pending(cohort_id: int) -> int:
    """Count the people of a cohort whose advance the bank has not answered for."""
    waiting = select(func.count()).where(
        Enrolment.cohort_id == cohort_id, Enrolment.advance > ZERO, Enrolment.advance_paid.is_(None)
    )
    return db.session.scalar(waiting) or 0


def results_missing(cohort_id: int) -> int:
    """Count the people still in training of whom neither a result nor, in a class, a mark is entered.

    Who is trained at work has none.
    """
    missing = (
        select(func.count())
        .select_from(Enrolment)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(Result, Result.enrolment_id == Enrolment.id)
        .where(
            Enrolment.cohort_id == cohort_id,
            Cohort.scheme != WORK_SCHEME,
            Enrolment.state == EnrolmentState.ACTIVE,
            Result.enrolment_id.is_(None),
            ~exists().where(Score.enrolment_id == Enrolment.id),
        )
    )
    return db.session.scalar(missing) or 0


def claims_of(cohort_id: int) -> int:
    """Count the claims that a cohort ever had."""
    return db.session.scalar(select(func.count()).where(Claim.cohort_id == cohort_id)) or 0


def latest_ids(line_ids: Select[Any]) -> Select[Any]:
    """Select the id of the latest assessment of each of the lines that `line_ids` selects."""
    return select(func.max(Assessment.id)).where(Assessment.line_id.in_(line_ids)).group_by(Assessment.line_id)


def latest_digests(claim_id: int, some: Collection[int] | None = None) -> Mapping[int, str]:
    """Return the digest of the latest assessment of each line of a claim, or of `some` of them."""
    lines = select(ClaimLine.id).where(ClaimLine.claim_id == claim_id)
    if some is not None:
        lines = lines.where(ClaimLine.id.in_(some))
    found = db.session.execute(
        select(Assessment.line_id, Assessment.digest).where(Assessment.id.in_(latest_ids(lines)))
    )
    return {row.line_id: row.digest for row in found}
