"""Pages on which an applicant puts right what a claim rests on: papers to be added, results to be corrected."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.claims import actions, queries
from trainingadmin.claims.views.blueprint import ANYONE, OPERATORS, bp
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.forms import PaperForm, ResultForm
from trainingadmin.cohorts.states import DOCUMENT_LABELS, OUTCOME_LABELS
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import download, said
from trainingadmin.plumbing.storage import store


@bp.route("/<int:claim_id>/papers", methods=["GET", "POST"])
@admits(*ANYONE)
def papers(claim_id: int) -> ResponseReturnValue:
    """List the papers a claim rests on; the applicant adds to them while the claim lies with him."""
    claim, form = _claim(claim_id), PaperForm()
    form.offer(cohorts.document_kinds(claim.cohort_id))
    if form.carries_out(lambda: actions.add_paper(claim, *form.content(), by=actor())):
        said(_("已上传。"))
        return redirect(url_for(".papers", claim_id=claim_id))
    return render_template("claims/papers.html", claim=claim, form=form, **_listed(claim)), form.status


def _claim(claim_id: int) -> Any:
    claim = queries.claim(claim_id, actor=actor())
    return claim if claim.cohort_id is not None else abort(404)


def _listed(claim: Any) -> dict[str, Any]:
    return {
        "papers": cohorts.documents(claim.cohort_id),
        "labels": DOCUMENT_LABELS,
        "outcomes": OUTCOME_LABELS,
        "people": cohorts.open_results(claim.cohort_id),
        "correctable": actions.may_correct(claim, actor()),
    }


@bp.get("/<int:claim_id>/papers/<int:document_id>")
@admits(*ANYONE)
def paper(claim_id: int, document_id: int) -> ResponseReturnValue:
    """Hand out one paper."""
    found = cohorts.document(_claim(claim_id).cohort_id, document_id)
    return download(store().read(found.sha256), found.filename, found.media_type)


@bp.route("/<int:claim_id>/people/<int:enrolment_id>/result", methods=["GET", "POST"])
@admits(*OPERATORS)
def correct_result(claim_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Correct one person's result, unless it was found true."""
    claim, form = _claim(claim_id), ResultForm()
    one = cohorts.apprentice(claim.cohort_id, enrolment_id)
    form.offer(one, cohorts.results(claim.cohort_id).get(one.id))
    if form.carries_out(lambda: actions.correct_result(claim, form.entry(one.id), by=actor())):
        said(_("已登记 %(name)s 的考核结果。", name=one.person.name))
        return redirect(url_for(".papers", claim_id=claim_id))
    return render_template("claims/correct_result.html", claim=claim, one=one, form=form), form.status
