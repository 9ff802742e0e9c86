"""Opens a claim for a filing or an application: a draft that shows every finding before anything is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from trainingadmin.applications import actions as applications
from trainingadmin.applications.actions import Business
from trainingadmin.applications.models import Application
from trainingadmin.claims import applicants, evidence, queries
from trainingadmin.claims.actions import assessing, steps
from trainingadmin.claims.evidence import Judgement
from trainingadmin.claims.models import Claim, Declaration, Verdict
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, locked

CLAIMABLE = frozenset({CohortState.APPROVED, CohortState.COMPLETED})


def open_claim(cohort: Cohort, *, by: Actor) -> Claim:
    """Open a draft with a line and a first assessment for every person of the cohort, and return it.

    Refusals `claim-not-yours`, `cohort-not-approved`, `claim-live`, `cohort-empty`, `no-policy`.
    """
    payee = cohort.operator
    if not by.has(Role.ENTERPRISE, Role.INSTITUTION) or by.organisation_id != payee.id:
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
    number = f"SL{cohort.number.removeprefix('XT')}-{queries.claims_of(cohort.id) + 1}"
    about = {"cohort_id": cohort.id, "title": cohort.title, "applicant": payee.name, "payee_id": payee.id}
    return _open(number, cohort, judgement, about, by)


def open_own(scheme: str, person: Person, *, by: Actor) -> Claim:
    """Open a person's application, as they stated last, and a draft claim with its one line; return the claim.

    Refusals as `applications.actions.begin`, `state-first`, `too-early` with the first possible day, `not-eligible`.
    """
    applications.refuse_others(person, by)
    foreseen = applicants.foresee(scheme, person) if applicants.scheme_of(scheme) else None
    if foreseen is None:
        raise Refusal("state-first", N_("请先填写经营主体和本人情况。"))
    business = business_of(foreseen.declaration)
    applications.refuse_second(scheme, person.id, business.credit_code)
    if (day := foreseen.possible_on) is not None:
        raise Refusal("too-early", N_("还不到申请的日期，最早 %(day)s 可以申请。"), day=day.isoformat())
    if foreseen.decision.verdict.value == Verdict.REFUSED.value:
        raise Refusal("not-eligible", N_("按现在掌握的情况不符合条件，请先看不符合的条件和补救办法。"))
    application = applications.begin(scheme, person, business, foreseen.declaration.facts, by=by)
    about = {"application_id": application.id, "title": application.business, "applicant": person.name}
    judgement = evidence.judge(application, clock.today())
    return _open(f"SL-{application.number}", application, judgement, about, by)


def business_of(declaration: Declaration) -> Business:
    """Return the business that a person named, as it is applied for."""
    return Business(
        office_code=declaration.office_code,
        credit_code=declaration.credit_code,
        name=declaration.business,
        place=declaration.place,
    )


def correct_own(claim: Claim, declaration: Declaration, *, by: Actor) -> bool:
    """Let what a person stated anew count in their own draft or returned claim; False when the claim is in review.

    Refusals as `applications.actions.restate`.
    """
    if claim.application is None or claim.state not in (ClaimState.DRAFT, ClaimState.RETURNED):
        return False
    steps.refuse_wrong_hands(claim, by)
    business = business_of(declaration)
    applications.restate(claim.application, business, declaration.facts, by=by)
    claim.title = claim.application.business
    assessing.recheck(claim, by=by)
    return True


def _open(
    number: str, subject: Cohort | Application, judgement: Judgement, about: Mapping[str, Any], by: Actor
) -> Claim:
    claim = Claim(
        number=number,
        scheme=subject.scheme,
        **about,
        office_code=subject.office_code,
        claimed_on=clock.today(),
        policy_code=judgement.version.code,
        policy_digest=judgement.version.digest,
        created_by=by.id,
        created_at=clock.now(),
    )
    db.session.add(claim)
    db.session.flush()
    lines = assessing.new_lines(claim, judgement)
    db.session.add_all(lines)
    db.session.flush()
    assessing.first_assessment(lines, judgement, by=by)
    assessing.add_up(claim)
    journal.record("open-claim", f"claims:{claim.id}", by=by, people=len(lines), **_of(claim))
    return claim


def _of(claim: Claim) -> dict[str, int]:
    return {"cohort": claim.cohort_id} if claim.cohort_id is not None else {"application": claim.application_id or 0}
