"""Pages of signing in and out, of organisations and accounts, and the demo's inbox of text messages."""

from __future__ import annotations

import re

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from trainingadmin.kernel.identifiers import fold_number
from trainingadmin.kernel.roles import ROLE_LABELS, Role
from trainingadmin.people import actions, factors, proving, queries
from trainingadmin.people.forms import (
    AccountForm,
    AskCodeForm,
    CodeForm,
    ConfirmForm,
    FactorForm,
    OrganisationForm,
    PasswordForm,
    PayeeForm,
    ProofForm,
    RolesForm,
    SignInForm,
)
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import qr
from trainingadmin.plumbing.access import actor, admits, public, staff_and, weighty
from trainingadmin.plumbing.idempotency import passes_on
from trainingadmin.plumbing.pages import render_kept, said
from trainingadmin.plumbing.paging import page_of

bp = Blueprint("people", __name__)

_INSIDE = re.compile(r"^/(?![/\\])")
_WITH_PASSWORD = tuple(role for role in Role if role not in {Role.TRAINEE, Role.SYSTEM})


def _next() -> str:
    back = request.values.get("next", "")
    return back if _INSIDE.match(back) else url_for("desk.start")


def _back() -> str:
    """Return where to go back to after signing in, or "" where nothing was asked for."""
    return _next() if request.values.get("next") else ""


def _address() -> str:
    return request.remote_addr or ""


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in by password."""
    form = SignInForm()
    half: list[bool] = []
    if form.carries_out(lambda: half.append(_sign_in(form))):
        return redirect(url_for(".show_factor", next=_next()) if half[0] else _next())
    return render_template("people/sign_in.html", form=form), form.status


def _sign_in(form: SignInForm) -> bool:
    return actions.sign_in((form.login.data or "").strip(), form.password.data or "", address=_address())


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def show_factor() -> ResponseReturnValue:
    """Take the second factor of whoever just gave a password."""
    form = FactorForm()
    if form.carries_out(lambda: actions.show_factor(form.code.data or "", address=_address())):
        return redirect(_next())
    return render_template("people/show_factor.html", form=form), form.status


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
        code = CodeForm(formdata=None, id_number=fold_number(form.id_number.data or ""))
        return render_template("people/enter_code.html", form=code, back=_back())
    return render_template("people/ask_code.html", form=form, back=_back()), form.status


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
        return redirect(_next())
    return render_template("people/enter_code.html", form=form, back=_back()), form.status


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
    return render_kept("people/organisations.html", page=page, wanted=wanted)


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
@weighty()
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


# One's own account --------------------------------------------------------------------------------------------------


@bp.get("/security")
@admits(*_WITH_PASSWORD)
def security() -> ResponseReturnValue:
    """Show how one signs in: password, second factor, recovery codes."""
    found = queries.account(actor().id)
    return render_template(
        "people/security.html",
        factor=queries.factor(found.id),
        required=actions.required_of(found),
        left=queries.recovery_codes_left(found.id),
    )


@bp.post("/security/begin")
@admits(*_WITH_PASSWORD)
@weighty()
def begin_factor() -> ResponseReturnValue:
    """Make the secret that the authenticator app is to know."""
    actions.begin_factor(queries.account(actor().id), by=actor())
    return redirect(url_for(".enrol"))


@bp.route("/security/app", methods=["GET", "POST"])
@admits(*_WITH_PASSWORD)
def enrol() -> ResponseReturnValue:
    """Show the secret as a QR code, and take the first code."""
    form, found = FactorForm(), queries.account(actor().id)
    factor = queries.factor(found.id)
    if form.carries_out(lambda: actions.confirm_factor(found, form.code.data or "", address=_address(), by=actor())):
        said(_("二次验证已启用，其他设备上的登录已失效。现在请生成恢复码。"))
        return redirect(url_for(".recovery_codes"))
    if factor is None or factor.confirmed_at:
        return redirect(url_for(".security"))
    letters, drawing = factors.in_letters(factor), qr.data_address(factors.address(factor, found.login or ""))
    return render_template("people/enrol.html", form=form, letters=letters, drawing=drawing), form.status


@bp.route("/security/recovery-codes", methods=["GET", "POST"])
@admits(*_WITH_PASSWORD)
@weighty()
def recovery_codes() -> ResponseReturnValue:
    """Replace one's recovery codes and show the new ones, this once."""
    form, found = ConfirmForm(), queries.account(actor().id)
    codes: list[str] = []
    made = form.carries_out(lambda: codes.extend(actions.renew_recovery_codes(found, by=actor())))
    left = queries.recovery_codes_left(found.id)
    page = render_template("people/recovery_codes.html", form=form, codes=codes, left=left)
    return page, 200 if made else form.status


@bp.route("/security/drop", methods=["GET", "POST"])
@admits(*_WITH_PASSWORD)
@weighty()
def drop_factor() -> ResponseReturnValue:
    """Do without the second factor."""
    form, found = ConfirmForm(), queries.account(actor().id)
    if form.carries_out(lambda: actions.drop_factor(found, by=actor())):
        said(_("二次验证已停用。"))
        return redirect(url_for(".security"))
    return render_template("people/drop_factor.html", form=form), form.status


@bp.route("/prove", methods=["GET", "POST"])
@admits(*_WITH_PASSWORD)
@passes_on
def prove() -> ResponseReturnValue:
    """Ask who one is once more, then go on with what was asked for."""
    form, found = ProofForm(), queries.account(actor().id)
    target = request.form.get("target", "")
    if form.carries_out(lambda: actions.prove(found, form.code.data or "", address=_address(), by=actor())):
        # 307 sends the same fields on to where they were meant to go.
        return redirect(target, code=307) if _INSIDE.match(target) else redirect(_next())
    return proving.question(form, proving.sent(), target), form.status


# Everybody's accounts -----------------------------------------------------------------------------------------------


@bp.get("/accounts")
@admits(Role.ADMIN)
def accounts() -> ResponseReturnValue:
    """List who may sign in."""
    page = page_of(queries.accounts_listed())
    roles = queries.roles_of([row.id for row in page.rows])
    return render_kept("people/accounts.html", page=page, roles=roles, role_labels=ROLE_LABELS)


@bp.route("/accounts/new", methods=["GET", "POST"])
@admits(Role.ADMIN)
@weighty()
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
@weighty()
def close_account(account_id: int) -> ResponseReturnValue:
    """Shut an account."""
    found, form = queries.account(account_id), ConfirmForm()
    if form.carries_out(lambda: actions.close_account(found, by=actor())):
        said(_("账号已停用，其登录已全部失效。"))
        return redirect(url_for(".accounts"))
    return render_template("people/close_account.html", form=form, found=found), form.status


@bp.route("/accounts/<int:account_id>/roles", methods=["GET", "POST"])
@admits(Role.ADMIN)
@weighty()
def change_roles(account_id: int) -> ResponseReturnValue:
    """Give an account other roles."""
    found = queries.account(account_id)
    form = RolesForm(roles=[held.role.value for held in found.roles])
    form.offer(staff=found.office_code is not None)
    if form.carries_out(lambda: actions.change_roles(found, map(Role, form.roles.data or []), by=actor())):
        said(_("岗位已更改，其登录已全部失效。"))
        return redirect(url_for(".accounts"))
    return render_template("people/change_roles.html", form=form, found=found), form.status


@bp.route("/accounts/<int:account_id>/second-factor", methods=["GET", "POST"])
@admits(Role.ADMIN)
@weighty()
def reset_factor(account_id: int) -> ResponseReturnValue:
    """Take the second factor from an account whose phone is lost."""
    found, form = queries.account(account_id), ConfirmForm()
    if form.carries_out(lambda: actions.reset_factor(found, by=actor())):
        said(_("二次验证已重置，其登录已全部失效；下次登录时重新设置。"))
        return redirect(url_for(".accounts"))
    return render_template("people/reset_factor.html", form=form, found=found), form.status


@bp.route("/password", methods=["GET", "POST"])
@admits(*_WITH_PASSWORD)
def password() -> ResponseReturnValue:
    """Change one's own password; every session ends."""
    form, found = PasswordForm(), queries.account(actor().id)
    if form.carries_out(
        lambda: actions.change_own_password(found, form.current.data or "", form.new.data or "", by=actor())
    ):
        said(_("密码已更改，请重新登录。"))
        return redirect(url_for(".sign_in"))
    return render_template("people/password.html", form=form), form.status
