"""Moves a filing along its lifecycle: what each move demands, and what it settles."""

from __future__ import annotations

from trainingadmin.cohorts import evidence, queries
from trainingadmin.cohorts.actions import diplomas, moving
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import COHORT, EnrolmentState, Outcome
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock
from trainingadmin.schemes import Outcome as Found
from trainingadmin.schemes import Verdict


def move(cohort: Cohort, name: str, *, by: Actor, note: str = "") -> None:
    """Make a move of the filing's lifecycle, and all that it settles.

    Refusals: those of `Lifecycle.check`; `not-the-enterprise`; `own-relative`; at submit `filing-incomplete`,
    `filing-refused`, `no-policy`; at approval `filing-refused`, `unknown-needs-note`; at completion `results-missing`,
    `results-unverified`, `changes-open`.
    """
    settles = {
        "submit": lambda: _submit(cohort),
        "approve": lambda: _approve(cohort, note),
        "complete": lambda: _complete(cohort, by),
    }
    moving.make(cohort, COHORT, name, settles, by=by, note=note)


def _submit(cohort: Cohort) -> None:
    people = queries.people(cohort.id)
    failing = [check for check in evidence.filing_checks(cohort, people) if check.outcome is Found.FAIL]
    if failing:
        message = N_("还不能提交，这些事项不符合要求：%(checks)s。")
        raise Refusal("filing-incomplete", message, **evidence.named(failing))
    _refuse_refused(evidence.filing_findings(cohort, people))
    cohort.filed_on = cohort.filed_on or clock.today()


def _refuse_refused(judged: list[evidence.Judged]) -> None:
    refused = [one.enrolment.person.name for one in judged if one.decision.verdict is Verdict.REFUSED]
    if refused:
        message = N_("有 %(n)s 人不符合备案条件：%(names)s。请移出花名册或补正后再办理。")
        raise Refusal("filing-refused", message, n=len(refused), names="、".join(refused[:5]))


def _approve(cohort: Cohort, note: str) -> None:
    """Freeze the version of the filing date, and plan each person's subsidy and share of the advance."""
    judged = evidence.filing_findings(cohort)
    _refuse_refused(judged)
    unknown = sum(one.decision.verdict is Verdict.UNKNOWN for one in judged)
    if unknown and not note.strip():
        message = N_("还有 %(n)s 人的条件待核实。请先登记核对结果；确需先行同意的，请写明理由。")
        raise Refusal("unknown-needs-note", message, field="note", n=unknown)
    version = evidence.version_of(cohort)
    cohort.policy_code, cohort.policy_digest, cohort.policy = version.code, version.digest, version.to_json()
    percent = min(cohort.advance_percent, version.parameters.advance_max_percent)
    for one in judged:
        one.enrolment.planned = one.planned
        one.enrolment.advance = share(one, percent)
        one.enrolment.advance_paid = None if one.enrolment.advance else ZERO
    cohort.planned = total(one.enrolment.planned or ZERO for one in judged)
    cohort.advance = total(one.enrolment.advance or ZERO for one in judged)


def share(one: evidence.Judged, percent: int) -> Money:
    """Return a person's share of the advance in whole fen: nothing is paid ahead for anyone not found eligible.

    Clause: 人社部发〔2018〕66号 预支不超过 50 %.
    """
    if one.decision.verdict is not Verdict.ELIGIBLE:
        return ZERO
    return Money(one.planned.fen * percent // 100)


def _complete(cohort: Cohort, by: Actor) -> None:
    """Confirm the end of the training, and issue a training certificate to everyone who passed."""
    if queries.tally(cohort.id).open_changes:
        raise Refusal("changes-open", N_("还有变更申请没有审核，不能确认结业。"))
    people, results = queries.people(cohort.id), queries.results(cohort.id)
    lacking = [one for one in people if one.state is EnrolmentState.ACTIVE and one.id not in results]
    if lacking:
        raise Refusal("results-missing", N_("还有 %(n)s 人没有登记考核结果，不能确认结业。"), n=len(lacking))
    passed = [one for one in people if one.id in results and results[one.id].outcome is Outcome.PASSED]
    unverified = sum(results[one.id].verified is None for one in passed)
    if unverified:
        raise Refusal("results-unverified", N_("还有 %(n)s 张证书没有核验，不能确认结业。"), n=unverified)
    diplomas.issue(cohort, passed, results, by=by)
