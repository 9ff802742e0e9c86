"""Lets a visit that a second officer confirms count in the claim at once."""

from __future__ import annotations

from trainingadmin.applications import actions as applications
from trainingadmin.applications.models import SiteVisit
from trainingadmin.claims.actions.assessing import Reassessment, reassess
from trainingadmin.claims.actions.attesting import NOTHING
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import DECIDED, IN_REVIEW, Occasion
from trainingadmin.kernel.roles import Actor


def confirm_visit(claim: Claim, visit: SiteVisit, *, by: Actor) -> Reassessment:
    """Confirm a visit as the second officer, and judge the claim again where it is under review.

    Refusals as `applications.actions.confirm_visit` and `reassess`.
    """
    assert claim.application is not None
    applications.confirm_visit(claim.application, visit, by=by)
    if claim.state not in {*IN_REVIEW, *DECIDED}:
        return NOTHING
    return reassess(claim, Occasion.VISIT, by=by)
