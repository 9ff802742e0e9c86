"""Pages of certificates: the list, one of them, its bytes, its end, and the public verification."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import actions, packing, printing, queries
from trainingadmin.certificates.forms import EndForm, RetryForm
from trainingadmin.certificates.states import KIND_LABELS, LABELS, TONES, CertificateState
from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, public, staff_and, weighty
from trainingadmin.plumbing.exports import note
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.pages import language, render_kept, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.plumbing.storage import store

bp = Blueprint("certificates", __name__)

_OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
_PACKERS = (*FINANCE, *_OPERATORS)
AT_ONCE = 200
"""Documents that one download packs while one waits; more are a job with progress."""
ZIP = "application/zip"
_WORDS = {"labels": LABELS, "tones": TONES, "kinds": KIND_LABELS}


@bp.get("/certificates")
@admits(*staff_and(*_OPERATORS))
def index() -> ResponseReturnValue:
    """List the certificates one may see."""
    wanted = _wanted()
    page = page_of(queries.listing(actor(), **wanted))
    packs = {"may_pack": actor().has(*_PACKERS), "at_once": AT_ONCE}
    return render_kept("certificates/index.html", page=page, wanted=wanted, **packs, **_WORDS)


def _wanted() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in ("q", "state", "kind", "group")}


def _list() -> str:
    wanted = _wanted()
    return url_for(".index", q=wanted["q"], state=wanted["state"], kind=wanted["kind"], group=wanted["group"])


@bp.get("/certificates/archive.zip")
@admits(*_PACKERS)
@weighty(reads=True)
def archive() -> ResponseReturnValue:
    """Hand out the listed documents as one ZIP with a manifest, as it is being packed."""
    ids = queries.packable(actor(), **_wanted())
    if not 0 < len(ids) <= AT_ONCE:
        return redirect(_list())
    note("certificates", "certificates", by=actor(), rows=len(ids), **_wanted())
    found = queries.by_ids(ids)
    return file_answer(packing.packed(found), f"certificates-{clock.today()}.zip", ZIP)


@bp.post("/certificates/bundles")
@admits(*_PACKERS)
@weighty()
def ask_for_bundle() -> ResponseReturnValue:
    """Ask for more documents than one waits for: they are packed in volumes."""
    form, ids, asked = RetryForm(), queries.packable(actor(), **_wanted()), []
    if form.carries_out(lambda: asked.append(actions.ask_for_bundle(ids, language(), by=actor()))):
        return redirect(url_for(".bundle", bundle_id=asked[0].id))
    for error in form.form_errors:
        said(error, "error")
    return redirect(_list())


@bp.get("/certificates/bundles/<int:bundle_id>")
@admits(*_PACKERS)
def bundle(bundle_id: int) -> ResponseReturnValue:
    """Show how far the packing is, and the volumes to download."""
    found = queries.bundle(bundle_id, actor=actor())
    return render_template("certificates/bundle.html", bundle=found, volumes=queries.volumes(bundle_id))


@bp.get("/certificates/bundles/<int:bundle_id>/<int:position>.zip")
@admits(*_PACKERS)
@weighty(reads=True)
def volume(bundle_id: int, position: int) -> ResponseReturnValue:
    """Hand out one packed volume to who asked for it, as long as they may see everything in it."""
    found = queries.bundle(bundle_id, actor=actor())
    part = next((one for one in queries.volumes(found.id) if one.position == position and one.sha256), None)
    if part is None or not part.sha256 or not queries.still_visible(part.certificate_ids, actor()):
        abort(404)
    note("certificates", f"bundles:{found.id}", by=actor(), rows=len(part.certificate_ids), volume=str(position))
    return file_answer(store().read(part.sha256), f"certificates-{found.id}-{position}.zip", ZIP)


@bp.get("/certificates/<int:certificate_id>")
@admits(*staff_and(*_OPERATORS))
def show(certificate_id: int) -> ResponseReturnValue:
    """Show one certificate and what became of it."""
    found = queries.certificate(certificate_id, actor=actor())
    address = printing.verify_address(found.number, found.content_sha256)
    issues = queries.same_number(found.number)
    told = {"issues": issues, "enders": queries.enders(issues)}
    return render_template("certificates/show.html", found=found, address=address, **told, **_WORDS)


@bp.get("/certificates/<int:certificate_id>/download")
@admits(*staff_and(*_OPERATORS, Role.TRAINEE))
def download(certificate_id: int) -> ResponseReturnValue:
    """Hand out the signed bytes."""
    found = queries.certificate(certificate_id, actor=actor())
    if found.sha256 is None:
        abort(404)
    return file_answer(store().read(found.sha256), f"{found.number}.pdf", "application/pdf")


@bp.route("/certificates/<int:certificate_id>/revoke", methods=["GET", "POST"])
@admits(*actions.ENDERS)
@weighty()
def revoke(certificate_id: int) -> ResponseReturnValue:
    """Declare a certificate void."""
    found, form = queries.certificate(certificate_id, actor=actor()), EndForm()
    if form.carries_out(lambda: actions.revoke(found, form.reason.data or "", by=actor())):
        said(_("已作废。查验页从现在起显示“已作废”。"))
        return redirect(url_for(".show", certificate_id=certificate_id))
    return render_template("certificates/revoke.html", found=found, form=form), form.status


@bp.route("/certificates/<int:certificate_id>/replace", methods=["GET", "POST"])
@admits(*actions.ENDERS)
@weighty()
def replace(certificate_id: int) -> ResponseReturnValue:
    """Issue a certificate anew under the same number."""
    found, form = queries.certificate(certificate_id, actor=actor()), EndForm()
    if form.carries_out(lambda: actions.replace(found, form.reason.data or "", by=actor())):
        said(_("已补发，正在生成新文件。"))
        return redirect(url_for(".index", q=found.number))
    return render_template("certificates/replace.html", found=found, form=form), form.status


@bp.post("/certificates/<group>/retry")
@admits(Role.PREPARER, Role.CHECKER, Role.ACCEPTANCE)
def retry(group: str) -> ResponseReturnValue:
    """Ask again for the failed documents of a batch or cohort."""
    form = RetryForm()
    if not queries.group_visible(group, actor()):
        abort(404)
    if form.carries_out(lambda: actions.retry(group, by=actor())):
        said(_("已重新排队，进度会自动更新。"))
    return redirect(url_for("certificates.index", state=CertificateState.FAILED.value))


@bp.get("/v/<number>/<code>")
@public
def verify(number: str, code: str) -> ResponseReturnValue:
    """Tell anyone who scanned a QR whether the document is valid; a forged code dies before any read."""
    begins = printing.vouched(number, code)
    found = queries.by_content(number, begins) if begins else None
    return render_template(
        "certificates/verify.html",
        found=found,
        number=number,
        issues=queries.same_number(number) if found else [],
        **_WORDS,
    ), 200 if found else 404


@bp.get("/v")
@public
def check() -> ResponseReturnValue:
    """Explain how a document is checked by hand."""
    return render_template("certificates/check.html")
