"""Who already had a hand in what is to be paid: one human being handles one claim under one duty only."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select

from trainingadmin.claims.models import ClaimStep
from trainingadmin.cohorts.models import CohortStep
from trainingadmin.kernel.roles import FINANCE, REVIEWERS, Actor, Role
from trainingadmin.payments.models import Due
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.membership import among

_UPSTREAM = [role.value for role in (Role.ENTERPRISE, Role.INSTITUTION, Role.TRAINEE, *REVIEWERS)]
# What each of the two finance duties does to a claim; entering the bank's answer is neither's decision.
_OTHERS = {Role.PREPARER: ("verify", "send"), Role.CHECKER: ("pay",)}


def elsewhere(due_ids: Collection[int], duty: Role, by: Actor) -> bool:
    """Tell whether `by` acted on any of the claims or filings behind some dues under another duty than `duty`.

    `duty` is the preparer's or the checker's; delegated accounts are folded into humans.
    """
    return _of_claims(due_ids, duty, by) or _of_filings(due_ids, by)


def _of_claims(due_ids: Collection[int], duty: Role, by: Actor) -> bool:
    lines = select(Due.claim_line_id).where(among(Due.id, due_ids))
    claims = select(ClaimStep.claim_id).where(ClaimStep.line_id.in_(lines))
    other = ClaimStep.move.in_(_OTHERS[duty]) & ClaimStep.role.in_([role.value for role in FINANCE])
    acted = select(ClaimStep.id).where(
        ClaimStep.claim_id.in_(claims), ClaimStep.human == by.human, or_(ClaimStep.role.in_(_UPSTREAM), other)
    )
    return db.session.scalar(acted.limit(1)) is not None


def _of_filings(due_ids: Collection[int], by: Actor) -> bool:
    """Of an advance: there is no claim yet, the filing was reviewed."""
    filings = select(Due.cohort_id).where(among(Due.id, due_ids), Due.claim_line_id.is_(None))
    acted = select(CohortStep.id).where(
        CohortStep.cohort_id.in_(filings), CohortStep.human == by.human, CohortStep.role.in_(_UPSTREAM)
    )
    return db.session.scalar(acted.limit(1)) is not None
