"""The door to claims and lines: what each actor may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import LIVE
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.roles import Actor
from trainingadmin.people import queries as people
from trainingadmin.plumbing.database import db


def visible_to(actor: Actor) -> Select[Any]:
    """Select the claims `actor` may see: staff their district's once submitted, operators those of their own."""
    submitted = Claim.submitted_at.is_not(None)
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
