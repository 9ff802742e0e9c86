"""Pages of the roster of a class: the list, files that were sent, one trainee."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.attendance.evidence import LABELS, terms
from trainingadmin.attendance.grid import hours_text
from trainingadmin.attendance.queries import meters, totals
from trainingadmin.classes import actions, evidence, queries, roster_columns
from trainingadmin.classes.views.blueprint import ANYONE, bp, page
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions import problems
from trainingadmin.cohorts.forms import ConfirmForm, ReasonForm, UploadForm
from trainingadmin.cohorts.states import ENROLMENT, UploadKind
from trainingadmin.cohorts.ways import ways
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import searching
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import XLSX, download, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.plumbing.storage import store


@bp.route("/<int:cohort_id>/roster", methods=["GET", "POST"])
@admits(*ANYONE)
def roster(cohort_id: int) -> ResponseReturnValue:
    """List the trainees and the files they came from; the institution sends another file to be read."""
    found, form = queries.training_class(cohort_id, actor=actor()), UploadForm()
    read: list[Any] = []
    if form.carries_out(lambda: read.append(actions.upload_roster(found, *form.content(), by=actor()))):
        return redirect(url_for(".upload", cohort_id=cohort_id, upload_id=read[0].id))
    return page("classes/roster.html", found, form.status, form=form, **_listed(found))


@bp.post("/<int:cohort_id>/roster/find")
@admits(*ANYONE)
def find(cohort_id: int) -> ResponseReturnValue:
    """Narrow the roster, or lead to the trainee whose ID number was asked for."""
    found = queries.training_class(cohort_id, actor=actor())

    def person(number: str) -> str | None:
        one = cohorts.enrolled_as(found.cohort_id, number)
        return url_for(".person", cohort_id=cohort_id, enrolment_id=one) if one else None

    return searching.led(url_for(".roster", cohort_id=cohort_id), person)


def _listed(found: Any) -> dict[str, Any]:
    wanted = {"q": request.args.get("q", "").strip()}
    rows = page_of(cohorts.roster_rows(found.cohort_id, q=wanted["q"]))
    undecided = found.cohort.state in cohorts.UNDECIDED
    return {
        "wanted": wanted,
        "page": rows,
        "judged": evidence.verdicts(found, [row.id for row in rows.rows]) if undecided else {},
        "uploads": cohorts.uploads(found.cohort_id, UploadKind.ROSTER),
        "people_states": ENROLMENT,
        "totals": {} if undecided else totals(found.cohort_id),
        "hours": lambda minutes: hours_text(minutes, evidence.hour_minutes(found)),
    }


@bp.get("/<int:cohort_id>/roster-template")
@admits(*ANYONE)
def roster_template(cohort_id: int) -> ResponseReturnValue:
    """Hand out the empty roster of a class, with its own number and project in it."""
    found = queries.training_class(cohort_id, actor=actor())
    told = {"project": found.item.name, "number": found.cohort.number}
    unit = found.cohort.operator
    data = roster_columns.template(institution=unit.name, credit_code=unit.credit_code, translate=_, **told)
    return download(data, _("培训花名册_%(number)s.xlsx", number=found.cohort.number), XLSX)


@bp.get("/<int:cohort_id>/uploads/<int:upload_id>")
@admits(*ANYONE)
def upload(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Show what reading a roster found."""
    found = queries.training_class(cohort_id, actor=actor())
    return _upload(found, upload_id, ConfirmForm())


def _upload(found: Any, upload_id: int, form: ConfirmForm) -> ResponseReturnValue:
    sent = cohorts.upload(found.cohort_id, upload_id)
    more = {"sent": sent, "problems_found": problems(sent), "in_force": cohorts.imported(found.cohort_id, sent.kind)}
    return page("classes/upload.html", found, form.status, form=form, **more)


@bp.get("/<int:cohort_id>/uploads/<int:upload_id>/annotated")
@admits(*ANYONE)
def annotated(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Hand out the file with a comment in each wrong cell."""
    found = queries.training_class(cohort_id, actor=actor())
    sent = cohorts.upload(found.cohort_id, upload_id)
    if sent.annotated_sha256 is None:
        abort(404)
    return download(store().read(sent.annotated_sha256), _("标注_%(name)s", name=sent.filename), XLSX)


@bp.post("/<int:cohort_id>/uploads/<int:upload_id>/import")
@admits(Role.INSTITUTION)
def take_in(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Import a roster whole; the same file again changes nothing."""
    found, form = queries.training_class(cohort_id, actor=actor()), ConfirmForm()
    sent, done = cohorts.upload(found.cohort_id, upload_id), list[bool]()
    if form.carries_out(lambda: done.append(actions.enrol(sent, by=actor()))):
        said(_("已导入 %(n)s 人。", n=sent.people) if done[0] else _("这个文件已经导入过，没有任何变化。"))
        return redirect(url_for(".roster", cohort_id=cohort_id))
    return _upload(found, upload_id, form)


@bp.get("/<int:cohort_id>/people/<int:enrolment_id>")
@admits(*ANYONE)
def person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Show one trainee: what the roster states, conditions at the opening, hours and marks."""
    found = queries.training_class(cohort_id, actor=actor())
    one = cohorts.apprentice(found.cohort_id, enrolment_id)
    return page("classes/person.html", found, **_person(found, one))


def _person(found: Any, one: Any) -> dict[str, Any]:
    undecided = found.cohort.state in cohorts.UNDECIDED
    judged = evidence.findings(found, [one])[0] if undecided else None
    return {
        "one": one,
        "judged": judged,
        "items": evidence.why(judged, ways(found.cohort_id, one.id, reader=actor())) if judged else [],
        "sittings": queries.scores(found.cohort_id).get(one.id, {}),
        "totals": totals(found.cohort_id).get(one.id),
        "meter": meters([found.cohort_id], terms(found.cohort).percent).get(one.id),
        "terms": terms(found.cohort),
        "kinds": LABELS["kind"],
        "people_states": ENROLMENT,
        "last": actions.deadline(found),
    }


@bp.route("/<int:cohort_id>/people/<int:enrolment_id>/remove", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def remove_person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Take a trainee off the roster."""
    found, form = queries.training_class(cohort_id, actor=actor()), ReasonForm()
    one = cohorts.apprentice(found.cohort_id, enrolment_id)
    if form.carries_out(lambda: actions.remove_person(found.cohort, one, form.reason.data or "", by=actor())):
        said(_("已移出花名册。"))
        return redirect(url_for(".roster", cohort_id=cohort_id))
    return render_template("classes/remove_person.html", found=found, one=one, form=form), form.status
