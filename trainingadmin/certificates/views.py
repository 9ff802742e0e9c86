"""Pages of certificates: the list, one of them, its bytes, its end, and the public verification."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import actions, printing, queries
from trainingadmin.certificates.forms import EndForm, RetryForm
from trainingadmin.certificates.states import KIND_LABELS, LABELS, TONES, CertificateState
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import actor, admits, public, staff_and, weighty
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.pages import page_of, said
from trainingadmin.plumbing.storage import store

bp = Blueprint("certificates", __name__)

_OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
_WORDS = {"labels": LABELS, "tones": TONES, "kinds": KIND_LABELS}


@bp.get("/certificates")
@admits(*staff_and(*_OPERATORS))
def index() -> ResponseReturnValue:
    """List the certificates one may see."""
    wanted = {
        "q": request.args.get("q", "").strip(),
        "state": request.args.get("state", ""),
        "kind": request.args.get("kind", ""),
    }
    page = page_of(queries.listing(actor(), **wanted))
    return render_template("certificates/index.html", page=page, wanted=wanted, **_WORDS)


@bp.get("/certificates/<int:certificate_id>")
@admits(*staff_and(*_OPERATORS))
def show(certificate_id: int) -> ResponseReturnValue:
    """Show one certificate and what became of it."""
    found = queries.certificate(certificate_id, actor=actor())
    address = printing.verify_address(found.number, found.content_sha256)
    return render_template(
        "certificates/show.html", found=found, address=address, acts=queries.history(found.id), **_WORDS
    )


@bp.get("/certificates/<int:certificate_id>/download")
@admits(*staff_and(*_OPERATORS, Role.TRAINEE))
def download(certificate_id: int) -> ResponseReturnValue:
    """Hand out the signed bytes."""
    found = queries.certificate(certificate_id, actor=actor())
    if found.sha256 is None:
        abort(404)
    return file_answer(store().read(found.sha256), f"{found.number}.pdf", "application/pdf")


@bp.route("/certificates/<int:certificate_id>/revoke", methods=["GET", "POST"])
@admits(Role.CHECKER, Role.APPROVAL)
@weighty()
def revoke(certificate_id: int) -> ResponseReturnValue:
    """Declare a certificate void."""
    found, form = queries.certificate(certificate_id, actor=actor()), EndForm()
    if form.carries_out(lambda: actions.revoke(found, form.reason.data or "", by=actor())):
        said(_("已作废。查验页从现在起显示“已作废”。"))
        return redirect(url_for(".show", certificate_id=certificate_id))
    return render_template("certificates/revoke.html", found=found, form=form), form.status


@bp.route("/certificates/<int:certificate_id>/replace", methods=["GET", "POST"])
@admits(Role.CHECKER, Role.APPROVAL)
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
        current=queries.live(number) if found else None,
        **_WORDS,
    ), 200 if found else 404


@bp.get("/v")
@public
def check() -> ResponseReturnValue:
    """Explain how a document is checked by hand."""
    return render_template("certificates/check.html")
