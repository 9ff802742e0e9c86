"""Spreadsheets of a filing: the roster, the wages, what reading them found, the copy with the mistakes marked."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions import EDITABLE, problems
from trainingadmin.cohorts.states import ENROLMENT, CohortState, UploadKind
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import XLSX, download, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.plumbing.storage import store
from trainingadmin.wages import actions, queries, roster_columns
from trainingadmin.wages.forms import ConfirmForm, SheetForm
from trainingadmin.wages.views.blueprint import ANYONE, bp
from trainingadmin.wages.views.framing import page


@bp.route("/<int:cohort_id>/roster", methods=["GET", "POST"])
@admits(*ANYONE)
def roster(cohort_id: int) -> ResponseReturnValue:
    """List the people; the enterprise sends a roster to be read."""
    cohort, form = queries.filing(cohort_id, actor=actor()), SheetForm()
    read = list[Any]()
    if form.carries_out(lambda: read.append(actions.upload_roster(cohort, *form.content(), by=actor()))):
        return redirect(url_for(".upload", cohort_id=cohort_id, upload_id=read[0].id))
    listed = page_of(queries.people(cohort_id))
    sent = cohorts.uploads(cohort_id, UploadKind.ROSTER)
    return page("wages/roster.html", cohort, form.status, form=form, page=listed, uploads=sent, people_states=ENROLMENT)


@bp.get("/roster-template")
@admits(*ANYONE)
def roster_template() -> ResponseReturnValue:
    """Hand out the empty roster, with the enterprise's own name in it."""
    unit = cohorts.unit(actor())
    named = {"enterprise": unit.name, "credit_code": unit.credit_code} if unit else {}
    return download(roster_columns.template(**named, translate=_), _("以工代训人员花名册模板.xlsx"), XLSX)


@bp.get("/<int:cohort_id>/sheet")
@admits(Role.ENTERPRISE)
def sheet(cohort_id: int) -> ResponseReturnValue:
    """Hand out the sheet of wages to fill in, with everybody in it."""
    cohort = queries.filing(cohort_id, actor=actor())
    return download(
        actions.wage_form(cohort, by=actor()), _("工资发放明细_%(number)s.xlsx", number=cohort.number), XLSX
    )


@bp.get("/<int:cohort_id>/uploads/<int:upload_id>")
@admits(*ANYONE)
def upload(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Show what reading a spreadsheet found."""
    return _upload(queries.filing(cohort_id, actor=actor()), upload_id, ConfirmForm())


def _upload(cohort: Any, upload_id: int, form: ConfirmForm) -> ResponseReturnValue:
    sent = cohorts.upload(cohort.id, upload_id)
    open_ = EDITABLE if sent.kind is UploadKind.ROSTER else {CohortState.APPROVED}
    more = {
        "sent": sent,
        "found": problems(sent),
        "in_force": cohorts.imported(cohort.id, sent.kind),
        "may_import": cohort.state in open_ and actor().has(Role.ENTERPRISE),
        "form": form,
    }
    return page("wages/upload.html", cohort, form.status, **more)


@bp.get("/<int:cohort_id>/uploads/<int:upload_id>/annotated")
@admits(*ANYONE)
def annotated(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Hand out the file with a comment in each wrong cell."""
    cohort = queries.filing(cohort_id, actor=actor())
    sent = cohorts.upload(cohort.id, upload_id)
    if sent.annotated_sha256 is None:
        abort(404)
    return download(store().read(sent.annotated_sha256), _("标注_%(name)s", name=sent.filename), XLSX)


@bp.post("/<int:cohort_id>/uploads/<int:upload_id>/import")
@admits(Role.ENTERPRISE)
def take_in(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Import an upload whole; the same file again changes nothing."""
    cohort, form = queries.filing(cohort_id, actor=actor()), ConfirmForm()
    sent, done = cohorts.upload(cohort.id, upload_id), list[bool]()
    of_people = sent.kind is UploadKind.ROSTER
    act = actions.enrol if of_people else actions.import_wages
    if form.carries_out(lambda: done.append(act(sent, by=actor()))):
        said(_("已导入 %(n)s 行。", n=sent.people) if done[0] else _("这个文件已经导入过，没有任何变化。"))
        return redirect(url_for(".roster" if of_people else ".wages", cohort_id=cohort_id))
    return _upload(cohort, upload_id, form)
