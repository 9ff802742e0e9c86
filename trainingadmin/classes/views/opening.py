"""Pages of opening a class: the list, the application, the class as a whole, its moves."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import queries as certificates
from trainingadmin.classes import actions, evidence, letters, limits, queries
from trainingadmin.classes import forms as f
from trainingadmin.classes.states import MODE_LABELS
from trainingadmin.classes.views.blueprint import ANYONE, bp, page
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.evidence import rebindings
from trainingadmin.cohorts.forms import ConfirmForm, MoveForm
from trainingadmin.cohorts.letters import file
from trainingadmin.cohorts.states import CLASS
from trainingadmin.courses.queries import openable
from trainingadmin.courses.states import GROUP_LABELS
from trainingadmin.kernel.roles import Role
from trainingadmin.people.queries import names
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import download, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.registers import queries as registers


@bp.get("/")
@admits(*ANYONE)
def index() -> ResponseReturnValue:
    """List the classes one may see."""
    wanted = {"q": request.args.get("q", "").strip(), "state": request.args.get("state", "")}
    rows, counts = page_of(queries.listing(actor(), **wanted)), queries.counts(actor())
    more = {"lifecycle": CLASS, "modes": MODE_LABELS}
    return render_template("classes/index.html", page=rows, counts=counts, wanted=wanted, **more)


@bp.route("/new", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def new() -> ResponseReturnValue:
    """Open a class as a draft."""
    form = f.OpeningForm(item_code=request.args.get("item", ""))
    form.offer(openable())
    opened: list[Any] = []
    if form.carries_out(lambda: opened.append(actions.open_class(form.opening(), by=actor()))):
        said(_("已保存为草稿。接下来请导入花名册，再排教学计划。"))
        return redirect(url_for(".show", cohort_id=opened[0].cohort_id))
    return render_template("classes/new.html", form=form), form.status


@bp.route("/<int:cohort_id>/edit", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def edit(cohort_id: int) -> ResponseReturnValue:
    """Change the application of a draft or returned class."""
    found, form = queries.training_class(cohort_id, actor=actor()), f.OpeningForm()
    form.offer(openable())
    if form.carries_out(lambda: actions.amend(found, form.opening(), by=actor())):
        said(_("已保存。修改后须重新承诺。"))
        return redirect(url_for(".show", cohort_id=cohort_id))
    if request.method == "GET":
        form.show(found)
    return render_template("classes/edit.html", found=found, form=form), form.status


@bp.get("/<int:cohort_id>")
@admits(*ANYONE)
def show(cohort_id: int) -> ResponseReturnValue:
    """Show a class as a whole: what is missing, what was found, what happened."""
    found = queries.training_class(cohort_id, actor=actor())
    return page("classes/show.html", found, **_overview(found))


def _overview(found: Any) -> dict[str, Any]:
    cohort, people = found.cohort, cohorts.people(found.cohort_id)
    undecided = cohort.state in cohorts.UNDECIDED
    held = queries.sessions(found.cohort_id)
    judged = evidence.findings(found, people) if undecided else []
    scored = [queries.last_of(sittings) for sittings in queries.scores(found.cohort_id).values()]
    return {
        "offers": CLASS.offers(state=cohort.state, actor=actor(), past=cohort.steps),
        "checks": limits.checks(found, people, held) if undecided else [],
        "judged": judged,
        "sessions": len(held),
        "passed": sum(1 for one in scored if one is not None and one.passed),
        "scored": len(scored),
        "groups": GROUP_LABELS,
        "version": evidence.version(found),
        "rebound": rebindings(cohort.id),
        "begun_by": names([cohort.created_by]).get(cohort.created_by, ""),
        "committer": names([found.committed_by]).get(found.committed_by, "") if found.committed_by else "",
        "progress_of": certificates.progress(f"cohort:{cohort.id}"),
        "flags": registers.flags([one.person_id for one in people] if actor().is_staff else [], [cohort.operator_id]),
    }


@bp.get("/<int:cohort_id>/letters/<int:step_id>")
@admits(*ANYONE)
def letter(cohort_id: int, step_id: int) -> ResponseReturnValue:
    """Hand out the letter that goes with a return or a refusal."""
    found = queries.training_class(cohort_id, actor=actor())
    return download(*(file(found.cohort, step_id, letters.items(found)) or abort(404)), "application/pdf")


@bp.post("/<int:cohort_id>/promise")
@admits(Role.INSTITUTION)
def promise(cohort_id: int) -> ResponseReturnValue:
    """Accept the commitment for the institution."""
    found, form = queries.training_class(cohort_id, actor=actor()), ConfirmForm()
    if form.carries_out(lambda: actions.promise(found, by=actor())):
        said(_("已承诺。"))
        return redirect(url_for(".show", cohort_id=cohort_id))
    return page("classes/refused.html", found, form.status, form=form)


@bp.post("/<int:cohort_id>/move")
@admits(Role.INSTITUTION, Role.ACCEPTANCE, Role.FIRST_REVIEW)
@weighty("approve")
def move(cohort_id: int) -> ResponseReturnValue:
    """Make a move of the lifecycle; refused, show why beside the form to try again."""
    found, form = queries.training_class(cohort_id, actor=actor()), MoveForm()
    name = form.move.data or ""
    if form.carries_out(lambda: actions.move(found, name, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(move)s。", move=_(CLASS.moves[name].label)))
        return redirect(url_for(".show", cohort_id=cohort_id))
    known = CLASS.moves.get(name) or abort(404)
    return render_template("classes/move.html", found=found, cohort=found.cohort, form=form, known=known), form.status
