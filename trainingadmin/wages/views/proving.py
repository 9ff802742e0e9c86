"""The months of a filing: who was paid what, the scans that prove it, a month struck out."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.states import UploadKind
from trainingadmin.kernel.dates import parse_month
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import download, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.plumbing.storage import store
from trainingadmin.wages import actions, queries
from trainingadmin.wages.forms import ReasonForm, ScanForm, SheetForm
from trainingadmin.wages.views.blueprint import ANYONE, bp
from trainingadmin.wages.views.framing import page


@bp.route("/<int:cohort_id>/wages", methods=["GET", "POST"])
@admits(*ANYONE)
def wages(cohort_id: int) -> ResponseReturnValue:
    """Show every person's months; the enterprise sends a sheet of wages to be read."""
    cohort, form = queries.filing(cohort_id, actor=actor()), SheetForm()
    read = list[Any]()
    if form.carries_out(lambda: read.append(actions.upload_wages(cohort, *form.content(), by=actor()))):
        return redirect(url_for(".upload", cohort_id=cohort_id, upload_id=read[0].id))
    return _wages(cohort, form, ScanForm(), form.status)


def _wages(cohort: Any, form: SheetForm, scan: ScanForm, status: int) -> ResponseReturnValue:
    scan.offer(queries.months_of(cohort))
    scans = defaultdict(list)
    for one in queries.papers(cohort.id):
        scans[one.month].append(one)
    more = {
        "form": form,
        "scan": scan,
        "scans": scans,
        "proofs": queries.proofs(cohort.id),
        "page": page_of(queries.people(cohort.id)),
        "uploads": cohorts.uploads(cohort.id, UploadKind.WAGES),
    }
    return page("wages/wages.html", cohort, status, **more)


@bp.post("/<int:cohort_id>/scans")
@admits(Role.ENTERPRISE)
def attach(cohort_id: int) -> ResponseReturnValue:
    """Keep a scan that proves a month's wages."""
    cohort, scan = queries.filing(cohort_id, actor=actor()), ScanForm()
    scan.offer(queries.months_of(cohort))
    if scan.carries_out(lambda: actions.attach(cohort, *scan.content(), by=actor())):
        said(_("已上传。"))
        return redirect(url_for(".wages", cohort_id=cohort_id))
    return _wages(cohort, SheetForm(), scan, scan.status)


@bp.get("/<int:cohort_id>/scans/<int:paper_id>")
@admits(*ANYONE)
def scan(cohort_id: int, paper_id: int) -> ResponseReturnValue:
    """Hand out one scan."""
    found = queries.paper(queries.filing(cohort_id, actor=actor()).id, paper_id)
    return download(store().read(found.sha256), found.filename, found.media_type)


@bp.route("/<int:cohort_id>/people/<int:enrolment_id>/<month>/strike", methods=["GET", "POST"])
@admits(Role.ENTERPRISE)
def strike(cohort_id: int, enrolment_id: int, month: str) -> ResponseReturnValue:
    """Strike one person's month out, saying why."""
    cohort, form = queries.filing(cohort_id, actor=actor()), ReasonForm()
    try:
        day = parse_month(month)
    except Malformed:
        abort(404)
    proof = queries.proofs(cohort_id).get((enrolment_id, day)) or abort(404)
    if form.carries_out(lambda: actions.strike(cohort, enrolment_id, day, form.reason.data or "", by=actor())):
        said(_("已撤销这个月的工资登记。"))
        return redirect(url_for(".wages", cohort_id=cohort_id))
    one = cohorts.apprentice(cohort_id, enrolment_id)
    return render_template("wages/strike.html", cohort=cohort, one=one, proof=proof, form=form), form.status
