"""The pre-check: what a claim for a cohort would find today, person by person, before anything is submitted."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.attendance.evidence import shortfall
from trainingadmin.claims import actions, evidence, particulars, queries
from trainingadmin.claims.evidence import Judged
from trainingadmin.claims.forms import MoveForm
from trainingadmin.claims.views import wording
from trainingadmin.claims.views.blueprint import ANYONE, OPERATORS, bp
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.ways import ways
from trainingadmin.kernel.money import ZERO, total
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said
from trainingadmin.plumbing.paging import PAGE_SIZE, Page
from trainingadmin.registers.why import Way, card, label_of, nowhere, sums


@bp.get("/precheck/<int:cohort_id>")
@admits(*ANYONE)
def precheck(cohort_id: int) -> ResponseReturnValue:
    """Show what a claim of today would find; nothing is kept."""
    return render_template("claims/precheck.html", form=MoveForm(), **_found(cohort_id))


def _found(cohort_id: int) -> dict[str, Any]:
    cohort = cohorts.cohort(cohort_id, actor=actor())
    judged = evidence.judge(cohort, clock.today())
    wanted = request.args.get("verdict", "")
    page = _page([one for one in judged.lines if wanted in ("", one.decision.verdict.value)])
    decisions = [one.decision for one in judged.lines]
    return {
        "cohort": cohort,
        "version": judged.version,
        "page": page,
        "short": shortfall(cohort),
        "wanted": wanted,
        "masked": queries.masked_ids([one.evidence.person.id for one in page.rows]),
        "entitlement": total(one.entitlement for one in decisions),
        "advance": total(one.advance or ZERO for one in decisions),
        "people": {name: sum(one.verdict.value == name for one in decisions) for name in wording.verdicts()},
        "reasons": queries.reasons([[finding.to_json() for finding in one.findings] for one in decisions]),
        "verdicts": wording.verdicts(),
        "label_of": lambda code: label_of(cohort.scheme, code),
        "brief": lambda known: particulars.brief(cohort.scheme, known),
        **_ways(cohort),
    }


def _page(rows: list[Judged]) -> Page[Judged]:
    number = max(1, request.args.get("page", 1, type=int))
    return Page(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, len(rows), PAGE_SIZE)


def _ways(cohort: Any) -> dict[str, Any]:
    """Return what can be done from here, and what is still in the way of submitting."""
    live = queries.live_claim(cohort.id)
    mine = actor().has(*OPERATORS) and actor().organisation_id == cohort.operator_id
    hidden = live is not None and live.submitted_at is None and not mine
    return {
        "live": None if hidden else live,
        "may_open": mine and live is None and cohort.state in actions.CLAIMABLE,
        "approved": cohort.state in actions.CLAIMABLE,
        "pending": queries.advances_pending(cohort.id),
        "missing": queries.results_missing(cohort.id),
    }


@bp.get("/precheck/<int:cohort_id>/<int:enrolment_id>")
@admits(*ANYONE)
def precheck_person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Show every condition of one person as a claim of today would find it."""
    cohort = cohorts.cohort(cohort_id, actor=actor())
    judged = evidence.judge(cohort, clock.today())
    one = next((line for line in judged.lines if _is(line, enrolment_id)), None) or abort(404)
    way = ways(cohort_id, enrolment_id, reader=actor())
    return render_template(
        "claims/precheck_person.html",
        cohort=cohort,
        one=one,
        masked=queries.masked_ids([one.evidence.person.id])[one.evidence.person.id],
        matter=particulars.brief(cohort.scheme, one.evidence.particulars),
        items=why_of(one, way),
        sums=sums(one.decision, one.evidence.sources, way=way),
        verdicts=wording.verdicts(),
    )


def _is(line: Judged, enrolment_id: int) -> bool:
    return line.evidence.enrolment is not None and line.evidence.enrolment.id == enrolment_id


def why_of(one: Judged, way: Way = nowhere) -> list[dict[str, Any]]:
    """Return the why card of one judgement."""
    told, facts = one.decision, one.decision.facts.to_json()
    findings = [finding.to_json() for finding in told.findings]
    document = told.version.document
    return card(told.version.scheme, findings, one.evidence.sources, facts=facts, document=document, way=way)


@bp.post("/precheck/<int:cohort_id>/open")
@admits(*OPERATORS)
def open_claim(cohort_id: int) -> ResponseReturnValue:
    """Open a draft claim with what was just shown."""
    cohort, form, opened = cohorts.cohort(cohort_id, actor=actor()), MoveForm(), list[Any]()
    if form.carries_out(lambda: opened.append(actions.open_claim(cohort, by=actor()))):
        said(_("已生成申领草稿，请核对后提交。"))
        return redirect(url_for(".show", claim_id=opened[0].id))
    return render_template("claims/open_claim.html", cohort=cohort, form=form), form.status
