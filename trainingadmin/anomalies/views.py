"""Pages of anomalies: the list, one with its evidence and what was found out, the limits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.anomalies import actions, queries
from trainingadmin.anomalies.forms import LimitsForm, VerdictForm
from trainingadmin.anomalies.states import ANOMALY, KIND_LABELS, LIMIT_LABELS, SENTENCES, AnomalyKind
from trainingadmin.kernel.roles import REVIEWERS, ROLE_LABELS, Role
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import render_kept, said
from trainingadmin.plumbing.paging import page_of

bp = Blueprint("anomalies", __name__, url_prefix="/anomalies")

_READERS = (*REVIEWERS, Role.POLICY, Role.SUPERVISOR)


def _sentence(kind: AnomalyKind, facts: dict[str, Any]) -> str:
    """Say what an anomaly shows; names and times stand in its facts between Chinese commas."""
    told = {name: _("、").join(fact.split("、")) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return str(_(SENTENCES[kind], **told))


_WORDS: dict[str, Any] = {"kinds": KIND_LABELS, "sentence": _sentence, "lifecycle": ANOMALY, "roles": ROLE_LABELS}


@bp.app_template_global()
def odd_about(cohort_id: int, enrolment_id: int | None = None) -> list[Any]:
    """Return what is odd about a filing, or about one of its people, for the page of their claim."""
    some = None if enrolment_id is None else [enrolment_id]
    return queries.about(actor(), cohort_id, some) if actor().is_staff else []


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"anomaly_words": _WORDS}


@bp.get("/")
@admits(*_READERS)
def index() -> ResponseReturnValue:
    """List what cannot be so, the undecided first."""
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "kind", "state")}
    page = page_of(queries.listing(actor(), **wanted))
    found = queries.names([row.id for row in page.rows])
    counted = wanted["kind"] == AnomalyKind.MANY_CERTIFICATES
    more = {"names": found, "unassessed": queries.without_assessor() if counted else 0}
    return render_kept("anomalies/index.html", page=page, wanted=wanted, **more, **_WORDS)


@bp.get("/<int:anomaly_id>")
@admits(*_READERS)
def show(anomaly_id: int) -> ResponseReturnValue:
    """Show an anomaly with its evidence, whom it names and what was found out."""
    found = queries.anomaly(anomaly_id, actor=actor())
    possible = actions.offers(found, actor())
    more = {"people": queries.people(found.id), "possible": possible, "may_rule": any(one.allowed for one in possible)}
    more["recused"] = more["may_rule"] and actions.recused(found, actor())
    return render_template("anomalies/show.html", found=found, **more, **_WORDS)


@bp.route("/<int:anomaly_id>/moves/<name>", methods=["GET", "POST"])
@admits(Role.ACCEPTANCE, Role.FIRST_REVIEW, Role.SUPERVISOR)
def move(anomaly_id: int, name: str) -> ResponseReturnValue:
    """Say what was found out about an anomaly, and by what."""
    found, form = queries.anomaly(anomaly_id, actor=actor()), VerdictForm()
    known = ANOMALY.moves.get(name) or abort(404)
    if form.carries_out(lambda: actions.move(found, name, by=actor(), note=form.note.data or "")):
        said(_("已登记：%(move)s。", move=_(known.label)))
        return redirect(url_for(".show", anomaly_id=anomaly_id))
    return render_template("anomalies/move.html", found=found, form=form, known=known, **_WORDS), form.status


@bp.route("/limits", methods=["GET", "POST"])
@admits(*_READERS)
def limits() -> ResponseReturnValue:
    """Show the limits and who set them; policy sets them anew."""
    form = LimitsForm.showing(queries.limits())
    if form.carries_out(lambda: actions.set_limits(form.limits(), form.reason.data or "", by=actor())):
        said(_("已保存，下一次查找起按新标准。"))
        return redirect(url_for(".limits"))
    more: dict[str, Any] = {
        "labels": LIMIT_LABELS,
        "set_before": queries.limits_set(),
        "editable": actor().has(*actions.LIMITERS),
    }
    more["unassessed"] = queries.without_assessor()
    return render_template("anomalies/limits.html", form=form, **more), form.status
