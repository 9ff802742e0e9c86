"""The visit to the place, on an officer's phone: record it with photographs, confirm it as the second officer."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.applications import actions as applications
from trainingadmin.applications import queries as found_of
from trainingadmin.applications.forms import VisitForm
from trainingadmin.applications.states import PHOTO_LABELS
from trainingadmin.claims import actions, particulars, queries
from trainingadmin.claims.forms import AnswerForm, MoveForm
from trainingadmin.claims.views.blueprint import bp
from trainingadmin.kernel.roles import REVIEWERS, STAFF
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said
from trainingadmin.registers import queries as registers
from trainingadmin.registers.states import CLEAR, FACT_LABELS, Fact
from trainingadmin.schemes import SCHEMES
from trainingadmin.schemes.facts import specs_of


@bp.route("/<int:claim_id>/visit", methods=["GET", "POST"])
@admits(*STAFF)
def visit(claim_id: int) -> ResponseReturnValue:
    """Show photographs and visits of an application, and record a visit."""
    claim = queries.claim(claim_id, actor=actor())
    application = claim.application or abort(404)
    form = VisitForm(place=application.place)
    if form.carries_out(lambda: applications.visit(application, form.seen(), by=actor())):
        said(_("核查已记录，请同行的另一名核查人员登录确认。"))
        return redirect(url_for(".visit", claim_id=claim_id))
    return render_template("claims/visit.html", form=form, **_visited(claim)), form.status


def _visited(claim: Any) -> dict[str, Any]:
    return {
        "claim": claim,
        "matter": particulars.told(claim.scheme, claim.lines[0].particulars),
        "photos": found_of.photos(claim.application_id),
        "visits": found_of.visits(claim.application_id),
        "labels": PHOTO_LABELS,
        "visitor": actor().has(*REVIEWERS) and claim.application.closed_at is None,
        "me": actor().human,
    }


@bp.post("/<int:claim_id>/visits/<int:visit_id>/confirm")
@admits(*REVIEWERS)
def confirm_visit(claim_id: int, visit_id: int) -> ResponseReturnValue:
    """Confirm a visit as the second officer who was there."""
    claim, form = queries.claim(claim_id, actor=actor()), MoveForm()
    recorded = found_of.visit(claim.application_id or abort(404), visit_id)
    if form.carries_out(lambda: actions.confirm_visit(claim, recorded, by=actor())):
        said(_("核查已确认，申领已重新核验。"))
        return redirect(url_for(".show", claim_id=claim_id))
    return render_template("claims/confirm_visit.html", form=form, **_visited(claim)), form.status


@bp.route("/lines/<int:line_id>/attest", methods=["GET", "POST"])
@admits(*STAFF)
def attest_line(line_id: int) -> ResponseReturnValue:
    """Record what another department says of a person who claims for themselves, under every answer there ever was."""
    line, form = queries.line(line_id, actor=actor()), AnswerForm()
    if line.claim.application_id is None:
        abort(404)
    form.offer(_facts_of(line.claim.scheme))
    if form.carries_out(lambda: _answer(line, form)):
        said(_("已登记。"))
        return redirect(url_for(".attest_line", line_id=line_id))
    more: dict[str, Any] = {"history": registers.history(line.person_id, None), "labels": FACT_LABELS, "clear": CLEAR}
    return render_template("claims/attest_line.html", line=line, claim=line.claim, form=form, **more), form.status


def _facts_of(scheme: str) -> list[Fact]:
    known = {spec.name for spec in specs_of(SCHEMES[scheme].facts)}
    return [fact for fact in Fact if fact.value in known]


def _answer(line: Any, form: AnswerForm) -> actions.Reassessment:
    told: dict[str, Any] = {
        "source": form.source.data or "",
        "as_of": form.day,
        "note": form.note.data or "",
        "by": actor(),
    }
    return actions.answer_line(line, form.fact.data, form.value.data == "yes", **told)
