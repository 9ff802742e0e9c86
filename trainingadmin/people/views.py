"""Pages of signing in and out, and the demo's inbox of text messages."""

from __future__ import annotations

import re

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from trainingadmin.kernel.identifiers import fold_number
from trainingadmin.kernel.roles import ROLE_LABELS, Role
from trainingadmin.people import actions, queries
from trainingadmin.people.forms import (
    AccountForm,
    AskCodeForm,
    CodeForm,
    ConfirmForm,
    OrganisationForm,
    PasswordForm,
    PayeeForm,
    SignInForm,
)
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing.access import actor, admits, public, staff_and
from trainingadmin.plumbing.pages import page_of, said

bp = Blueprint("people", __name__)

_INSIDE = re.compile(r"^/(?![/\\])")


def _next() -> str:
    back = request.values.get("next", "")
    return back if _INSIDE.match(back) else url_for("desk.start")


def _address() -> str:
    return request.remote_addr or ""


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in by password."""
    form = SignInForm()
    if form.carries_out(
        lambda: actions.sign_in((form.login.data or "").strip(), form.password.data or "", address=_address())
    ):
        return redirect(_next())
    return render_template("people/sign_in.html", form=form), form.status


@bp.post("/sign-out")
@admits(*Role)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    actions.sign_out(by=actor())
    return redirect(url_for("people.sign_in"))


@bp.route("/m/sign-in", methods=["GET", "POST"])
@public
def ask_code() -> ResponseReturnValue:
    """Ask for a one-time code; the answer page is the form that takes it."""
    form = AskCodeForm()
    if form.carries_out(lambda: actions.send_code(fold_number(form.id_number.data or ""), address=_address())):
        return render_template(
            "people/enter_code.html", form=CodeForm(formdata=None, id_number=fold_number(form.id_number.data or ""))
        )
    return render_template("people/ask_code.html", form=form), form.status


@bp.post("/m/sign-in/code")
@public
def enter_code() -> ResponseReturnValue:
    """Take the code and sign the trainee in."""
    form = CodeForm()
    if form.carries_out(
        lambda: actions.sign_in_by_code(
            fold_number(form.id_number.data or ""), (form.code.data or "").strip(), address=_address()
        )
    ):
        return redirect(url_for("desk.start"))
    return render_template("people/enter_code.html", form=form), form.status


@bp.get("/dev/inbox")
@public
def inbox() -> ResponseReturnValue:
    """Show the text messages that the demo did not send; not there outside the demo."""
    if not current_app.config["SETTINGS"].demo:
        abort(404)
    return render_template("people/inbox.html", messages=queries.inbox())


@bp.get("/organisations")
@admits(*staff_and(Role.ENTERPRISE, Role.INSTITUTION))
def organisations() -> ResponseReturnValue:
    """List the enterprises and institutions one may see."""
    wanted = {"q": request.args.get("q", "").strip(), "kind": request.args.get("kind", "")}
    page = page_of(queries.organisation_list(actor(), **wanted))
    return render_template("people/organisations.html", page=page, wanted=wanted)


@bp.get("/organisations/<int:organisation_id>")
@admits(*staff_and(Role.ENTERPRISE, Role.INSTITUTION))
def organisation(organisation_id: int) -> ResponseReturnValue:
    """Show one organisation."""
    return render_template("people/organisation.html", found=queries.organisation(organisation_id, actor=actor()))


@bp.route("/organisations/new", methods=["GET", "POST"])
@admits(Role.ADMIN, Role.ACCEPTANCE)
def register() -> ResponseReturnValue:
    """Register an enterprise or institution of one's district."""
    form = OrganisationForm(office_code=actor().office)
    form.office_code.choices = [
        SelectChoice(office.code, office.name)
        for office in queries.offices()
        if actor().sees_whole_city or office.code == actor().office
    ]
    if form.carries_out(
        lambda: actions.register_organisation(
            OrganisationKind(form.kind.data),
            fold_number(form.credit_code.data or ""),
            form.name.data or "",
            form.office_code.data,
            contact=form.contact.data or "",
            phone=form.phone.data or None,
            by=actor(),
        )
    ):
        said(_("已登记。"))
        return redirect(url_for(".organisations"))
    return render_template("people/register.html", form=form), form.status


@bp.route("/organisations/<int:organisation_id>/payee", methods=["GET", "POST"])
@admits(Role.ENTERPRISE, Role.INSTITUTION)
def payee(organisation_id: int) -> ResponseReturnValue:
    """Change the account that subsidies go to."""
    found = queries.organisation(organisation_id, actor=actor())
    form = PayeeForm(payee_name=found.payee_name, payee_bank=found.payee_bank)
    if form.carries_out(
        lambda: actions.set_payee(
            found, form.payee_name.data or "", form.payee_account.data or "", form.payee_bank.data or "", by=actor()
        )
    ):
        said(_("收款账户已更新，只影响以后编制的支付批次。"))
        return redirect(url_for(".organisation", organisation_id=organisation_id))
    return render_template("people/payee.html", form=form, found=found), form.status


@bp.get("/accounts")
@admits(Role.ADMIN)
def accounts() -> ResponseReturnValue:
    """List who may sign in."""
    page = page_of(queries.accounts(), scalars=True)
    return render_template("people/accounts.html", page=page, role_labels=ROLE_LABELS)


@bp.route("/accounts/new", methods=["GET", "POST"])
@admits(Role.ADMIN)
def open_account() -> ResponseReturnValue:
    """Open an account for a member of staff or an operator."""
    form = AccountForm(formdata=request.form or None)
    form.offer(queries.offices(), queries.every_organisation())
    if form.carries_out(lambda: actions.open_from(form.opening(), by=actor())):
        said(_("账号已开通。"))
        return redirect(url_for(".accounts"))
    return render_template("people/open_account.html", form=form), form.status


@bp.route("/accounts/<int:account_id>/close", methods=["GET", "POST"])
@admits(Role.ADMIN)
def close_account(account_id: int) -> ResponseReturnValue:
    """Shut an account."""
    found, form = queries.account(account_id), ConfirmForm()
    if form.carries_out(lambda: actions.close_account(found, by=actor())):
        said(_("账号已停用，其登录已全部失效。"))
        return redirect(url_for(".accounts"))
    return render_template("people/close_account.html", form=form, found=found), form.status


@bp.route("/password", methods=["GET", "POST"])
@admits(*(role for role in Role if role not in {Role.TRAINEE, Role.SYSTEM}))
def password() -> ResponseReturnValue:
    """Change one's own password; every session ends."""
    form, found = PasswordForm(), queries.account(actor().id)
    if form.carries_out(
        lambda: actions.change_own_password(found, form.current.data or "", form.new.data or "", by=actor())
    ):
        said(_("密码已更改，请重新登录。"))
        return redirect(url_for(".sign_in"))
    return render_template("people/password.html", form=form), form.status
