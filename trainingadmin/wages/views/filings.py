"""The list of filings of people trained at work, one filing as a whole, and its moves."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.cohorts.evidence import rebindings, version_of
from trainingadmin.cohorts.letters import file
from trainingadmin.cohorts.states import PLACEMENT
from trainingadmin.kernel.roles import Role
from trainingadmin.people.queries import names
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import download, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.wages import actions, queries
from trainingadmin.wages.forms import MoveForm, PlanForm
from trainingadmin.wages.views.blueprint import ANYONE, bp
from trainingadmin.wages.views.framing import page


@bp.get("/")
@admits(*ANYONE)
def index() -> ResponseReturnValue:
    """List the filings one may see."""
    wanted = {"q": request.args.get("q", "").strip(), "state": request.args.get("state", "")}
    found, counts = page_of(queries.listing(actor(), **wanted)), queries.counts(actor())
    return render_template("wages/index.html", page=found, counts=counts, wanted=wanted, lifecycle=PLACEMENT)


@bp.route("/new", methods=["GET", "POST"])
@admits(Role.ENTERPRISE)
def new() -> ResponseReturnValue:
    """File a period of months as a draft."""
    form, filed = PlanForm(), list[Any]()
    if form.carries_out(lambda: filed.append(actions.file(form.plan(), by=actor()))):
        said(_("已保存为草稿。接下来请上传人员花名册。"))
        return redirect(url_for(".roster", cohort_id=filed[0].id))
    return render_template("wages/new.html", form=form), form.status


@bp.route("/<int:cohort_id>/edit", methods=["GET", "POST"])
@admits(Role.ENTERPRISE)
def edit(cohort_id: int) -> ResponseReturnValue:
    """Change title and months of a draft or returned filing."""
    cohort, form = queries.filing(cohort_id, actor=actor()), PlanForm()
    if form.carries_out(lambda: actions.amend(cohort, form.plan(), by=actor())):
        said(_("已保存。"))
        return redirect(url_for(".show", cohort_id=cohort_id))
    if request.method == "GET":
        form.show(cohort)
    return render_template("wages/edit.html", cohort=cohort, form=form), form.status


@bp.get("/<int:cohort_id>")
@admits(*ANYONE)
def show(cohort_id: int) -> ResponseReturnValue:
    """Show a filing as a whole: what comes next, what is proved, what happened."""
    cohort = queries.filing(cohort_id, actor=actor())
    offers = PLACEMENT.offers(state=cohort.state, actor=actor(), past=cohort.steps)
    told: dict[str, Any] = {
        "lacking": queries.unscanned(cohort_id),
        "wanting": queries.wanting(cohort, clock.today()),
        "begun_by": names([cohort.created_by]).get(cohort.created_by, ""),
        "version": version_of(cohort),
        "rebound": rebindings(cohort_id),
    }
    return page("wages/show.html", cohort, offers=offers, **told)


@bp.get("/<int:cohort_id>/letters/<int:step_id>")
@admits(*ANYONE)
def letter(cohort_id: int, step_id: int) -> ResponseReturnValue:
    """Hand out the letter that goes with a return or a refusal."""
    cohort = queries.filing(cohort_id, actor=actor())
    return download(*(file(cohort, step_id, ()) or abort(404)), "application/pdf")


@bp.post("/<int:cohort_id>/move")
@admits(Role.ENTERPRISE, Role.ACCEPTANCE, Role.FIRST_REVIEW)
@weighty("approve")
def move(cohort_id: int) -> ResponseReturnValue:
    """Make a move of the lifecycle; refused, show why beside the form to try again."""
    cohort, form = queries.filing(cohort_id, actor=actor()), MoveForm()
    name = form.move.data or ""
    if form.carries_out(lambda: actions.move(cohort, name, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(move)s。", move=_(PLACEMENT.moves[name].label)))
        return redirect(url_for(".show", cohort_id=cohort_id))
    known = PLACEMENT.moves.get(name) or abort(404)
    return render_template("wages/move.html", cohort=cohort, form=form, known=known), form.status
