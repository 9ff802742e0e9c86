"""Puts right what a claim is judged on while it lies with the applicant: results and papers of its filing.

What was frozen when it was sent stays as it is; sent again, the claim is judged anew.
"""

from __future__ import annotations

from trainingadmin.claims.actions import steps
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts.actions import ResultEntry
from trainingadmin.cohorts.models import Cohort, Document
from trainingadmin.cohorts.states import DocumentKind
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing.database import db

CORRECTABLE = frozenset({ClaimState.DRAFT, ClaimState.RETURNED})


def correct_result(claim: Claim, entry: ResultEntry, *, by: Actor) -> int:
    """Correct one person's result; refusals `claim-not-yours`, `claim-sent`, and those of `cohorts.actions.correct_result`."""
    return cohorts.correct_result(_to_correct(claim, by), entry, by=by)


def add_paper(claim: Claim, kind: DocumentKind, filename: str, data: bytes, *, by: Actor) -> Document:
    """Add a paper to what the claim rests on; refusals `claim-not-yours`, `claim-sent`, and `cohorts.actions.add_paper`'s."""
    return cohorts.add_paper(_to_correct(claim, by), kind, filename, data, by=by)


def may_correct(claim: Claim, actor: Actor) -> bool:
    """Tell whether `actor` may put right now what the claim rests on."""
    return claim.cohort_id is not None and claim.state in CORRECTABLE and steps.applies(claim, actor)


def _to_correct(claim: Claim, by: Actor) -> Cohort:
    steps.refuse_wrong_hands(claim, by)
    # Sent at the same moment, it would be judged on what changes under the judge's hands.
    db.session.refresh(claim, ["state", "version"], with_for_update=True)
    if claim.state not in CORRECTABLE or claim.cohort is None:
        raise Refusal("claim-sent", N_("申领已提交，材料和结果不能再改。需要更改的，请等待退回补正。"))
    return claim.cohort
