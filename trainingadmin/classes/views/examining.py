"""Pages of the assessment of a class: the grid of marks, sheets that were sent, the printed list of results."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.classes import actions, evidence, queries
from trainingadmin.classes import forms as f
from trainingadmin.classes.views.blueprint import ANYONE, bp, page
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions import problems
from trainingadmin.cohorts.forms import UploadForm
from trainingadmin.cohorts.states import ENROLMENT, UploadKind
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import XLSX, download, said


@bp.route("/<int:cohort_id>/scores", methods=["GET", "POST"])
@admits(*ANYONE)
def scores(cohort_id: int) -> ResponseReturnValue:
    """Show everybody's marks; the institution fills in those of one sitting."""
    found, form = queries.training_class(cohort_id, actor=actor()), f.GridForm()
    seats = actions.candidates(found, f.sitting_asked())
    form.offer(seats, evidence.scale(found.item).parts)
    form.usual(found, clock.today())
    done: list[int] = []
    if form.carries_out(lambda: done.append(actions.record_scores(found, form.sitting(), form.entries(), by=actor()))):
        said(_("已登记，%(n)s 人的成绩有变化。", n=done[0]))
        return redirect(url_for(".scores", cohort_id=cohort_id, attempt=f.sitting_asked()))
    return _scores(found, form, seats, UploadForm(formdata=None))


def _scores(found: Any, form: f.GridForm, seats: Any, sheet: UploadForm) -> ResponseReturnValue:
    known = queries.scores(found.cohort_id)
    more = {
        "form": form,
        "sheet": sheet,
        "attempt": f.sitting_asked(),
        "attempts": max((max(sittings) for sittings in known.values()), default=0),
        "retakes": any(not queries.last_of(one).passed for one in known.values()),  # type: ignore[union-attr]
        "seats": {one.id for one in seats},
        "people": cohorts.people(found.cohort_id),
        "known": known,
        "scale": evidence.scale(found.item),
        "uploads": cohorts.uploads(found.cohort_id, UploadKind.RESULTS),
        "people_states": ENROLMENT,
    }
    return page("classes/scores.html", found, max(form.status, sheet.status), **more)


@bp.get("/<int:cohort_id>/scores/template")
@admits(Role.INSTITUTION)
def scores_template(cohort_id: int) -> ResponseReturnValue:
    """Hand out the sheet of marks with everybody who sits."""
    found = queries.training_class(cohort_id, actor=actor())
    data = actions.scores_form(found, f.sitting_asked(), by=actor())
    return download(data, _("考核成绩_%(n)s.xlsx", n=found.cohort.number), XLSX)


@bp.post("/<int:cohort_id>/scores/upload")
@admits(Role.INSTITUTION)
def upload_scores(cohort_id: int) -> ResponseReturnValue:
    """Read a sheet of marks."""
    found, sheet = queries.training_class(cohort_id, actor=actor()), UploadForm()
    attempt, read = f.sitting_asked(), list[Any]()
    if sheet.carries_out(lambda: read.append(actions.upload_scores(found, attempt, *sheet.content(), by=actor()))):
        return redirect(url_for(".sheet", cohort_id=cohort_id, upload_id=read[0].id, attempt=attempt))
    form, seats = f.GridForm(formdata=None), actions.candidates(found, attempt)
    form.offer(seats, evidence.scale(found.item).parts)
    return _scores(found, form, seats, sheet)


@bp.route("/<int:cohort_id>/scores/<int:upload_id>", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def sheet(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Show what reading a sheet of marks found, and record it as a sitting."""
    found, form = queries.training_class(cohort_id, actor=actor()), f.SittingForm()
    sent = cohorts.upload(found.cohort_id, upload_id)
    form.usual(found, clock.today())
    if form.carries_out(lambda: actions.import_scores(sent, form.sitting(), by=actor())):
        said(_("已登记 %(n)s 人的成绩。", n=sent.people))
        return redirect(url_for(".scores", cohort_id=cohort_id, attempt=f.sitting_asked()))
    more = {"sent": sent, "problems_found": problems(sent), "attempt": f.sitting_asked()}
    return page("classes/sheet.html", found, form.status, form=form, **more)


@bp.get("/<int:cohort_id>/results")
@admits(*ANYONE)
def results(cohort_id: int) -> ResponseReturnValue:
    """Show the list of results to be printed and signed."""
    found = queries.training_class(cohort_id, actor=actor())
    known = queries.scores(found.cohort_id)
    last = {id_: queries.last_of(sittings) for id_, sittings in known.items()}
    more = {"people": cohorts.people(found.cohort_id), "last": last, "scale": evidence.scale(found.item)}
    return render_template("classes/results.html", found=found, cohort=found.cohort, **more)
