"""Pages of filings: the list, one filing's tabs, and the forms that change it."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import queries as certificates
from trainingadmin.cohorts import actions, evidence, queries, roster_columns
from trainingadmin.cohorts import forms as f
from trainingadmin.cohorts.states import (
    CHANGE,
    CHANGE_LABELS,
    COHORT,
    DOCUMENT_LABELS,
    ENROLMENT,
    OUTCOME_LABELS,
    OUTCOME_TONES,
    REQUIRED_DOCUMENTS,
    UploadKind,
)
from trainingadmin.cohorts.views import disclosing, exporting, finding, replacing, writing
from trainingadmin.cohorts.views.blueprint import ANYONE as _ANYONE
from trainingadmin.cohorts.views.blueprint import OPERATORS as _OPERATORS
from trainingadmin.cohorts.views.blueprint import bp, filing
from trainingadmin.cohorts.ways import ways
from trainingadmin.kernel.levels import level_name, level_title
from trainingadmin.kernel.occupations import OCCUPATIONS
from trainingadmin.kernel.roles import ROLE_LABELS, Role
from trainingadmin.people.queries import institutions, names
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import XLSX, render_kept, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.paging import page_of
from trainingadmin.plumbing.storage import store
from trainingadmin.registers import queries as registers
from trainingadmin.registers.why import label_of

__all__ = ["bp", "disclosing", "exporting", "finding", "replacing", "writing"]

_VERIFIERS = (Role.ACCEPTANCE, Role.FIRST_REVIEW)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"level_name": level_name, "level_title": level_title}


def _page(template: str, cohort: Any, status: int = 200, **more: Any) -> ResponseReturnValue:
    """Show a page of one filing inside its frame: number, state, moves, stages, tabs."""
    frame = {
        "cohort": cohort,
        "lifecycle": COHORT,
        "roles": ROLE_LABELS,
        "undecided": _undecided(cohort),
        "stages": queries.stages(cohort),
        "tally": queries.tally(cohort.id),
        "editable": cohort.state in actions.EDITABLE and actor().organisation_id == cohort.enterprise_id,
        "mine": actor().has(Role.ENTERPRISE) and actor().organisation_id == cohort.enterprise_id,
    }
    return render_template(template, **frame, **more), status


@bp.get("/")
@admits(*_ANYONE)
def index() -> ResponseReturnValue:
    """List the filings one may see."""
    wanted = {"q": request.args.get("q", "").strip(), "state": request.args.get("state", "")}
    page, counts = page_of(queries.listing(actor(), **wanted)), queries.counts(actor())
    return render_kept("cohorts/index.html", page=page, counts=counts, wanted=wanted, lifecycle=COHORT)


@bp.route("/new", methods=["GET", "POST"])
@admits(Role.ENTERPRISE)
def new() -> ResponseReturnValue:
    """File a plan of training as a draft."""
    form = f.PlanForm()
    form.offer(institutions())
    filed: list[Any] = []
    if form.carries_out(lambda: filed.append(actions.file(form.plan(), by=actor()))):
        said(_("已保存为草稿。接下来请上传协议和学徒花名册。"))
        return redirect(url_for(".show", cohort_id=filed[0].id))
    return render_template("cohorts/new.html", form=form), form.status


@bp.route("/<int:cohort_id>/edit", methods=["GET", "POST"])
@admits(Role.ENTERPRISE)
def edit(cohort_id: int) -> ResponseReturnValue:
    """Change the plan of a draft or returned filing."""
    cohort, form = filing(cohort_id), f.PlanForm()
    form.offer(institutions())
    if form.carries_out(lambda: actions.amend(cohort, form.plan(), by=actor())):
        said(_("已保存。"))
        return redirect(url_for(".show", cohort_id=cohort_id))
    if request.method == "GET":
        form.show(cohort)
    return render_template("cohorts/edit.html", cohort=cohort, form=form), form.status


@bp.get("/<int:cohort_id>")
@admits(*_ANYONE)
def show(cohort_id: int) -> ResponseReturnValue:
    """Show a filing as a whole: what is missing, what was found, what happened."""
    cohort = filing(cohort_id)
    return _page("cohorts/show.html", cohort, **_overview(cohort))


def _overview(cohort: Any) -> dict[str, Any]:
    people = queries.people(cohort.id)
    judged = evidence.filing_findings(cohort, people) if _undecided(cohort) else []
    return {
        "offers": COHORT.offers(state=cohort.state, actor=actor(), past=cohort.steps),
        "checks": evidence.filing_checks(cohort, people) if _undecided(cohort) else [],
        "summary": evidence.summary(judged) if judged else None,
        "label_of": lambda code: label_of(cohort.scheme, code),
        "begun_by": names([cohort.created_by]).get(cohort.created_by, ""),
        "occupations": OCCUPATIONS,
        "version": evidence.version_of(cohort),
        "rebound": evidence.rebindings(cohort.id),
        "progress_of": certificates.progress(f"cohort:{cohort.id}"),
        "flags": _flags(cohort, people),
    }


def _flags(cohort: Any, people: Any) -> Any:
    theirs = [one.person_id for one in people] if actor().is_staff else []
    return registers.flags(theirs, [cohort.enterprise_id])


@bp.post("/<int:cohort_id>/move")
@admits(Role.ENTERPRISE, Role.ACCEPTANCE, Role.FIRST_REVIEW)
@weighty("approve")
def move(cohort_id: int) -> ResponseReturnValue:
    """Make a move of the lifecycle; refused, show why beside the form to try again."""
    cohort, form = filing(cohort_id), f.MoveForm()
    name = form.move.data or ""
    if form.carries_out(lambda: actions.move(cohort, name, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(move)s。", move=_(COHORT.moves[name].label)))
        return redirect(url_for(".show", cohort_id=cohort_id))
    known = COHORT.moves.get(name) or abort(404)
    return render_template("cohorts/move.html", cohort=cohort, form=form, known=known), form.status


@bp.route("/<int:cohort_id>/documents", methods=["GET", "POST"])
@admits(*_ANYONE)
def documents(cohort_id: int) -> ResponseReturnValue:
    """List the papers of a filing; its enterprise adds to them."""
    cohort, form = filing(cohort_id), f.PaperForm()
    form.offer(queries.document_kinds(cohort.id))
    if form.carries_out(lambda: actions.attach(cohort, *form.content(), by=actor())):
        said(_("已上传。"))
        return redirect(url_for(".documents", cohort_id=cohort_id))
    more = {"papers": queries.documents(cohort.id), "labels": DOCUMENT_LABELS, "required": REQUIRED_DOCUMENTS}
    return _page("cohorts/documents.html", cohort, form.status, form=form, **more)


@bp.get("/<int:cohort_id>/documents/<int:document_id>")
@admits(*_ANYONE)
def document(cohort_id: int, document_id: int) -> ResponseReturnValue:
    """Hand out one paper."""
    cohort = filing(cohort_id)
    found = queries.document(cohort.id, document_id)
    return file_answer(store().read(found.sha256), found.filename, found.media_type)


@bp.post("/<int:cohort_id>/papers/<int:document_id>/detach")
@admits(Role.ENTERPRISE)
def detach(cohort_id: int, document_id: int) -> ResponseReturnValue:
    """Take one paper out of the filing."""
    cohort, form = filing(cohort_id), f.ConfirmForm()
    found = queries.document(cohort.id, document_id)
    if form.carries_out(lambda: actions.detach(cohort, found, by=actor())):
        said(_("已移除。"))
        return redirect(url_for(".documents", cohort_id=cohort_id))
    return _page("cohorts/refused.html", cohort, form.status, form=form)


@bp.route("/<int:cohort_id>/roster", methods=["GET", "POST"])
@admits(*_ANYONE)
def roster(cohort_id: int) -> ResponseReturnValue:
    """List the apprentices and the files they came from; the enterprise sends another file to be read."""
    cohort, form = filing(cohort_id), f.UploadForm()
    read: list[Any] = []
    if form.carries_out(lambda: read.append(actions.upload_roster(cohort, *form.content(), by=actor()))):
        return redirect(url_for(".upload", cohort_id=cohort_id, upload_id=read[0].id))
    return _page("cohorts/roster.html", cohort, form.status, form=form, **_listed(cohort))


def _listed(cohort: Any) -> dict[str, Any]:
    """Return the roster narrowed by name, verdict or finding, each person on the page judged."""
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "verdict", "code")}
    chosen = evidence.chosen(cohort, verdict=wanted["verdict"], code=wanted["code"])
    page = page_of(queries.roster_rows(cohort.id, q=wanted["q"], among=chosen))
    return {
        "wanted": wanted,
        "page": page,
        "judged": evidence.verdicts(cohort, [row.id for row in page.rows]) if _undecided(cohort) else {},
        "uploads": queries.uploads(cohort.id, UploadKind.ROSTER),
        "people_states": ENROLMENT,
        "code_label": label_of(cohort.scheme, wanted["code"]) if wanted["code"] else "",
    }


def _undecided(cohort: Any) -> bool:
    return cohort.state in queries.UNDECIDED


@bp.get("/roster-template")
@admits(*_ANYONE)
def roster_template() -> ResponseReturnValue:
    """Hand out the empty roster, with the enterprise's own name in it."""
    unit = queries.unit(actor())
    data = roster_columns.template(enterprise=unit.name, credit_code=unit.credit_code, translate=_) if unit else None
    return file_answer(data or roster_columns.template(translate=_), _("学徒花名册模板.xlsx"), XLSX)


@bp.get("/<int:cohort_id>/uploads/<int:upload_id>")
@admits(*_ANYONE)
def upload(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Show what reading a spreadsheet found."""
    cohort = filing(cohort_id)
    return _upload(cohort, upload_id, f.ConfirmForm())


def _upload(cohort: Any, upload_id: int, form: f.ConfirmForm) -> ResponseReturnValue:
    sent = queries.upload(cohort.id, upload_id)
    in_force = queries.imported(cohort.id, sent.kind)
    may_import = sent.kind is UploadKind.RESULTS or cohort.state in actions.EDITABLE
    may_import = may_import and actor().organisation_id is not None
    more = {"sent": sent, "found": actions.problems(sent), "in_force": in_force, "form": form, "may_import": may_import}
    return _page("cohorts/upload.html", cohort, form.status, **more)


@bp.get("/<int:cohort_id>/uploads/<int:upload_id>/annotated")
@admits(*_ANYONE)
def annotated(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Hand out the file with a comment in each wrong cell."""
    cohort = filing(cohort_id)
    sent = queries.upload(cohort.id, upload_id)
    if sent.annotated_sha256 is None:
        abort(404)
    return file_answer(store().read(sent.annotated_sha256), _("标注_%(name)s", name=sent.filename), XLSX)


@bp.post("/<int:cohort_id>/uploads/<int:upload_id>/import")
@admits(*_OPERATORS)
def take_in(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Import an upload whole; the same file again changes nothing."""
    cohort, form = filing(cohort_id), f.ConfirmForm()
    sent, done = queries.upload(cohort.id, upload_id), list[bool]()
    if form.carries_out(lambda: done.append(actions.take_in(sent, by=actor()))):
        said(_("已导入 %(n)s 人。", n=sent.people) if done[0] else _("这个文件已经导入过，没有任何变化。"))
        tab = ".roster" if sent.kind is UploadKind.ROSTER else ".results"
        return redirect(url_for(tab, cohort_id=cohort_id))
    return _upload(cohort, upload_id, form)


@bp.get("/<int:cohort_id>/people/<int:enrolment_id>")
@admits(*_ANYONE)
def person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Show one apprentice, and why the filing conditions are met or not."""
    cohort = filing(cohort_id)
    one, form = queries.apprentice(cohort.id, enrolment_id), f.RetirementForm()
    form.offer(one.retirement_class)
    return _person(cohort, one, form)


def _person(cohort: Any, one: Any, form: f.RetirementForm) -> ResponseReturnValue:
    why = evidence.filing_findings(cohort, [one])[0] if _undecided(cohort) else None
    items = evidence.why(why, ways(cohort.id, one.id, reader=actor())) if why else []
    result = queries.results(cohort.id).get(one.id)
    verdict = why.decision.verdict.value if why else ""
    more = {
        "one": one,
        "items": items,
        "verdict": verdict,
        "result": result,
        "outcomes": OUTCOME_LABELS,
        "people_states": ENROLMENT,
    }
    return _page("cohorts/person.html", cohort, form.status, form=form, **more)


@bp.post("/<int:cohort_id>/people/<int:enrolment_id>")
@admits(Role.ENTERPRISE)
def state_retirement_class(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """State at which age her post lets a woman retire."""
    cohort = filing(cohort_id)
    one, form = queries.apprentice(cohort.id, enrolment_id), f.RetirementForm()
    form.offer(one.retirement_class)
    if form.carries_out(lambda: actions.state_retirement_class(cohort, one, form.kind.data or "", by=actor())):
        said(_("已保存。"))
        return redirect(url_for(".person", cohort_id=cohort_id, enrolment_id=enrolment_id))
    return _person(cohort, one, form)


@bp.route("/<int:cohort_id>/people/<int:enrolment_id>/remove", methods=["GET", "POST"])
@admits(Role.ENTERPRISE)
def remove_person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Take an apprentice off the roster."""
    cohort, form = filing(cohort_id), f.ReasonForm()
    one = queries.apprentice(cohort.id, enrolment_id)
    if form.carries_out(lambda: actions.remove_person(cohort, one, form.reason.data or "", by=actor())):
        said(_("已移出花名册。"))
        return redirect(url_for(".roster", cohort_id=cohort_id))
    return render_template("cohorts/remove_person.html", cohort=cohort, one=one, form=form), form.status


@bp.route("/<int:cohort_id>/changes", methods=["GET", "POST"])
@admits(*_ANYONE)
def changes(cohort_id: int) -> ResponseReturnValue:
    """List the changes asked for; the enterprise asks for another."""
    cohort, form = filing(cohort_id), f.ChangeForm()
    form.offer(queries.active_people(cohort.id))
    if form.carries_out(lambda: actions.request_change(cohort, form.request(), by=actor())):
        said(_("变更申请已提交，待初审岗审核。"))
        return redirect(url_for(".changes", cohort_id=cohort_id))
    more = {"asked": queries.changes(cohort_id), "kinds": CHANGE_LABELS, "change": CHANGE}
    return _page("cohorts/changes.html", cohort, form.status, form=form, **more)


@bp.route("/<int:cohort_id>/changes/<int:change_id>", methods=["GET", "POST"])
@admits(Role.FIRST_REVIEW)
def decide_change(cohort_id: int, change_id: int) -> ResponseReturnValue:
    """Approve or refuse a change."""
    cohort, form = filing(cohort_id), f.MoveForm()
    asked, name = queries.change(cohort.id, change_id), form.move.data or ""
    if form.carries_out(lambda: actions.decide_change(cohort, asked, name, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(move)s。", move=_(CHANGE.moves[name].label)))
        return redirect(url_for(".changes", cohort_id=cohort_id))
    offers = CHANGE.offers(state=asked.state, actor=actor(), past=[])
    more = {"asked": asked, "offers": offers, "kinds": CHANGE_LABELS, "name": queries.name_of(asked)}
    more["comes"] = actions.Newcomer.of(asked).cells if asked.newcomer else None
    return render_template("cohorts/decide_change.html", cohort=cohort, form=form, **more), form.status


@bp.route("/<int:cohort_id>/results", methods=["GET", "POST"])
@admits(*_ANYONE)
def results(cohort_id: int) -> ResponseReturnValue:
    """List how assessments ended and what was verified; who reports them sends a sheet to be read."""
    cohort, sheet = filing(cohort_id), f.UploadForm()
    read: list[Any] = []
    if sheet.carries_out(lambda: read.append(actions.upload_results(cohort, *sheet.content(), by=actor()))):
        return redirect(url_for(".upload", cohort_id=cohort_id, upload_id=read[0].id))
    return _results(cohort, _verification(), sheet)


def _verification() -> f.VerifyForm:
    form = f.VerifyForm(formdata=None)
    form.offer(clock.today())
    return form


def _results(cohort: Any, form: f.VerifyForm, sheet: f.UploadForm) -> ResponseReturnValue:
    page = page_of(queries.people_and_results(cohort.id))
    words = {"outcomes": OUTCOME_LABELS, "outcome_tones": OUTCOME_TONES, "people_states": ENROLMENT}
    running = cohort.state == "approved"
    reports = running and actor().organisation_id in {cohort.enterprise_id, cohort.institution_id}
    open_ = running or (cohort.state == "completed" and bool(queries.open_results(cohort.id)))
    may = {"reports": reports, "verifies": open_ and actor().has(*_VERIFIERS)}
    more = {"sheet": sheet, "page": page, "uploads": queries.uploads(cohort.id, UploadKind.RESULTS)}
    return _page("cohorts/results.html", cohort, max(form.status, sheet.status), form=form, **words, **may, **more)


@bp.get("/<int:cohort_id>/results-template")
@admits(*_OPERATORS)
def results_template(cohort_id: int) -> ResponseReturnValue:
    """Hand out the sheet of results with everybody in it."""
    cohort = filing(cohort_id)
    return file_answer(actions.results_form(cohort, by=actor()), _("考核结果_%(n)s.xlsx", n=cohort.number), XLSX)


@bp.post("/<int:cohort_id>/results/verify")
@admits(*_VERIFIERS)
def verify_results(cohort_id: int) -> ResponseReturnValue:
    """Note whose certificates were compared with which source."""
    cohort, form = filing(cohort_id), f.VerifyForm()
    form.offer(clock.today())
    if form.carries_out(lambda: actions.verify_results(cohort, *form.verdict(), by=actor(), as_of=form.as_of.data)):
        said(_("已登记核验结果。"))
        return redirect(url_for(".results", cohort_id=cohort_id))
    return _results(cohort, form, f.UploadForm(formdata=None))


@bp.route("/<int:cohort_id>/people/<int:enrolment_id>/result", methods=["GET", "POST"])
@admits(*_OPERATORS)
def result(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Record one apprentice's result."""
    cohort, form = filing(cohort_id), f.ResultForm()
    one = queries.apprentice(cohort.id, enrolment_id)
    form.offer(one, queries.results(cohort.id).get(one.id))
    if form.carries_out(lambda: actions.record_results(cohort, [form.entry(one.id)], by=actor())):
        said(_("已登记 %(name)s 的考核结果。", name=one.person.name))
        return redirect(url_for(".results", cohort_id=cohort_id))
    return render_template("cohorts/result.html", cohort=cohort, one=one, form=form), form.status
