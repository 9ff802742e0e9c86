"""Pages of changes of a running class: asked for, replaced, decided."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.classes import actions, queries
from trainingadmin.classes.change_forms import FORMS, ReplaceForm
from trainingadmin.classes.states import CHANGES, LABELS
from trainingadmin.classes.views.blueprint import ANYONE, bp, page
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions import Newcomer
from trainingadmin.cohorts.forms import MoveForm
from trainingadmin.cohorts.states import CHANGE
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said


@bp.get("/<int:cohort_id>/changes")
@admits(*ANYONE)
def changes(cohort_id: int) -> ResponseReturnValue:
    """List the changes asked for, and what can be asked for."""
    found = queries.training_class(cohort_id, actor=actor())
    more: dict[str, Any] = {
        "asked": cohorts.changes(cohort_id),
        "kinds": LABELS,
        "change": CHANGE,
        "offered": CHANGES,
    }
    return page("classes/changes.html", found, last=actions.deadline(found), **more)


@bp.route("/<int:cohort_id>/changes/new/<kind>", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def request_change(cohort_id: int, kind: str) -> ResponseReturnValue:
    """Ask for a change of one kind."""
    found = queries.training_class(cohort_id, actor=actor())
    form = (FORMS.get(kind) or abort(404))()
    form.offer(found, cohorts.active_people(cohort_id), queries.unmarked_from(cohort_id, clock.today()))
    if form.carries_out(lambda: actions.request_change(found, form.asked(), by=actor())):
        said(_("变更申请已提交，待初审岗审核。"))
        return redirect(url_for(".changes", cohort_id=cohort_id))
    return page("classes/request_change.html", found, form.status, form=form, label=LABELS[form.kind])


@bp.route("/<int:cohort_id>/people/<int:enrolment_id>/replace", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def replace_person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Ask for another person in a trainee's place."""
    found, form = queries.training_class(cohort_id, actor=actor()), ReplaceForm()
    one = cohorts.apprentice(found.cohort_id, enrolment_id)
    form.offer(found)
    if form.carries_out(lambda: actions.request_change(found, form.asked(one.id), by=actor())):
        said(_("变更申请已提交，待初审岗审核。"))
        return redirect(url_for(".changes", cohort_id=cohort_id))
    return page("classes/replace_person.html", found, form.status, form=form, one=one, last=actions.deadline(found))


@bp.route("/<int:cohort_id>/changes/<int:change_id>", methods=["GET", "POST"])
@admits(Role.FIRST_REVIEW)
def decide_change(cohort_id: int, change_id: int) -> ResponseReturnValue:
    """Approve or refuse a change."""
    found, form = queries.training_class(cohort_id, actor=actor()), MoveForm()
    asked, name = cohorts.change(found.cohort_id, change_id), form.move.data or ""
    if form.carries_out(lambda: actions.decide_change(found, asked, name, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(move)s。", move=_(CHANGE.moves[name].label)))
        return redirect(url_for(".changes", cohort_id=cohort_id))
    more = {"asked": asked, "kinds": LABELS, "name": cohorts.name_of(asked)}
    more["offers"] = CHANGE.offers(state=asked.state, actor=actor(), past=[])
    more["comes"] = Newcomer.of(asked).cells if asked.newcomer else None
    return render_template("classes/decide_change.html", found=found, form=form, **more), form.status
