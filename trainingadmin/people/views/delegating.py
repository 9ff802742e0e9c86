"""Pages of handing a role to a colleague for some days."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.roles import DELEGABLE, ROLE_LABELS, STAFF, Role
from trainingadmin.people import actions, queries
from trainingadmin.people.forms import ConfirmForm, DelegationForm
from trainingadmin.people.views.pages import bp
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import said


@bp.get("/delegations")
@admits(*STAFF)
def delegations() -> ResponseReturnValue:
    """List what one handed to others and what others handed to oneself; to administrators the office's."""
    found = queries.delegations(actor())
    own = sorted(actor().roles & set(DELEGABLE) - set(dict(actor().stands_in)), key=list(Role).index)
    return render_template("people/delegations.html", found=found, own=own, role_labels=ROLE_LABELS)


@bp.route("/delegations/new", methods=["GET", "POST"])
@admits(*DELEGABLE)
@weighty()
def delegate() -> ResponseReturnValue:
    """Ask a colleague to stand in."""
    form = DelegationForm()
    form.offer(actor(), queries.colleagues(actor()))
    if form.carries_out(lambda: actions.delegate(form.handing(), by=actor())):
        said(_("已提出，对方或管理员同意后生效。"))
        return redirect(url_for(".delegations"))
    return render_template("people/delegate.html", form=form), form.status


@bp.route("/delegations/<int:delegation_id>/agree", methods=["GET", "POST"])
@admits(*STAFF)
@weighty()
def agree(delegation_id: int) -> ResponseReturnValue:
    """Agree to stand in, or approve it as an administrator."""
    found, form = queries.delegation(delegation_id, actor=actor()), ConfirmForm()
    if form.carries_out(lambda: actions.agree(found, by=actor())):
        said(_("已同意。在委托的日子里，受托人可以办理这个岗位的事，署名“代”字，仍算本人经手。"))
        return redirect(url_for(".delegations"))
    return render_template("people/agree.html", form=form, found=found, role_labels=ROLE_LABELS), form.status


@bp.route("/delegations/<int:delegation_id>/end", methods=["GET", "POST"])
@admits(*STAFF)
@weighty()
def end_delegation(delegation_id: int) -> ResponseReturnValue:
    """End a delegation, or decline it."""
    found, form = queries.delegation(delegation_id, actor=actor()), ConfirmForm()
    if form.carries_out(lambda: actions.end(found, by=actor())):
        said(_("委托已终止，即刻失效。已经办理的仍然有效。"))
        return redirect(url_for(".delegations"))
    return render_template("people/end_delegation.html", form=form, found=found, role_labels=ROLE_LABELS), form.status
