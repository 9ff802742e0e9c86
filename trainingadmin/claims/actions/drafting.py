"""Opens a claim for a cohort: a draft that shows every person's findings before anything is submitted."""

from __future__ import annotations

from sqlalchemy import select

from trainingadmin.claims import evidence, queries
from trainingadmin.claims.actions import assessing
from trainingadmin.claims.evidence import Judgement
from trainingadmin.claims.models import Claim
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, locked

CLAIMABLE = frozenset({CohortState.APPROVED, CohortState.COMPLETED})


def open_claim(cohort: Cohort, *, by: Actor) -> Claim:
    """Open a draft with a line and a first assessment for every person of the cohort, and return it.

    Refusals `claim-not-yours`, `cohort-not-approved`, `claim-live`, `cohort-empty`, `no-policy`.
    """
    if not by.has(Role.ENTERPRISE) or by.organisation_id != cohort.enterprise_id:
        raise Refusal("claim-not-yours", N_("只有申领单位的经办人可以办理。"))
    if cohort.state not in CLAIMABLE:
        raise Refusal("cohort-not-approved", N_("备案获批后才能申领补贴。"))
    # Two at once would both find no live claim and take the same number.
    db.session.execute(locked(select(Cohort.id).where(Cohort.id == cohort.id)))
    if (live := queries.live_claim(cohort.id)) is not None:
        raise Refusal("claim-live", N_("本班已有申领 %(number)s，不能重复申领。"), number=live.number)
    judgement = evidence.judge(cohort, clock.today())
    if not judgement.lines:
        raise Refusal("cohort-empty", N_("花名册里没有人员，无法申领。"))
    claim = _draft(cohort, judgement, by)
    lines = assessing.new_lines(claim, judgement)
    db.session.add_all(lines)
    db.session.flush()
    assessing.first_assessment(lines, judgement, by=by)
    assessing.add_up(claim)
    journal.record("open-claim", f"claims:{claim.id}", by=by, cohort=cohort.id, people=len(lines))
    return claim


def _draft(cohort: Cohort, judgement: Judgement, by: Actor) -> Claim:
    claim = Claim(
        number=f"SL{cohort.number.removeprefix('XT')}-{queries.claims_of(cohort.id) + 1}",
        scheme=cohort.scheme,
        cohort_id=cohort.id,
        payee_id=cohort.enterprise_id,
        office_code=cohort.office_code,
        claimed_on=clock.today(),
        policy_code=judgement.version.code,
        policy_digest=judgement.version.digest,
        created_by=by.id,
        created_at=clock.now(),
    )
    db.session.add(claim)
    db.session.flush()
    return claim
