"""The door to claims and lines: what each actor may see."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select

from trainingadmin.applications.models import Application
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import LIVE, LineState
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.people import queries as people
from trainingadmin.plumbing.database import db, one_or_404, remembered


class LineRow(NamedTuple):
    """What payments need of a claim line, read without an entity; `particulars` are read only where they are told."""

    id: int
    claim_id: int
    state: LineState
    version: int
    entitlement: Money
    advance: Money
    particulars: dict[str, Any] | None


@remembered
def visible_to(actor: Actor) -> Select[Any]:
    """Select the claims `actor` may see: staff their district's once submitted, operators those of their own, a person their own."""
    submitted = Claim.submitted_at.is_not(None)
    seen: list[ColumnElement[bool]] = [and_(people.office_filter(Claim.office_code, actor), submitted)]
    if actor.organisation_id is not None:
        taught = select(Cohort.id).where(Cohort.institution_id == actor.organisation_id)
        seen += [Claim.payee_id == actor.organisation_id, and_(Claim.cohort_id.in_(taught), submitted)]
    if actor.person_id is not None and actor.is_trainee:
        mine = select(Application.id).where(Application.person_id == actor.person_id)
        seen.append(Claim.application_id.in_(mine))
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


def claim_of(application_id: int, *, actor: Actor) -> Claim:
    """Return the last claim of an application one may see, or answer 404."""
    mine = visible_to(actor).where(Claim.application_id == application_id).order_by(Claim.id.desc()).limit(1)
    found: Claim = one_or_404(mine)
    return found


def live_own(scheme: str, person_id: int) -> Claim | None:
    """Return the last claim of a person's own application that is not closed; only ever called with one's own id."""
    mine = select(Application.id).where(
        Application.scheme == scheme, Application.person_id == person_id, Application.closed_at.is_(None)
    )
    found: Claim | None = db.session.scalars(
        select(Claim).where(Claim.application_id.in_(mine)).order_by(Claim.id.desc()).limit(1)
    ).one_or_none()
    return found


def owns(person_id: int) -> list[Claim]:
    """Return a person's own claims, the latest first; only ever called with one's own id."""
    mine = select(Application.id).where(Application.person_id == person_id)
    return list(db.session.scalars(select(Claim).where(Claim.application_id.in_(mine)).order_by(Claim.id.desc())))


def claim_of_filing(cohort_id: int, *, actor: Actor) -> Claim | None:
    """Return the claim of a filing that is not dead, if there is one that `actor` may see."""
    return _live(visible_to(actor), cohort_id)


def live_claim(cohort_id: int) -> Claim | None:
    """Return the claim of a cohort that is not dead, if there is one."""
    return _live(select(Claim), cohort_id)


def _live(claims: Select[Any], cohort_id: int) -> Claim | None:
    found: Claim | None = db.session.scalars(
        claims.where(Claim.cohort_id == cohort_id, Claim.state.in_(LIVE))
    ).one_or_none()
    return found
