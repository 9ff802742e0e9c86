"""Pages of a payee's years: what was paid and given back, and the statement of each as a document."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates.forms import RetryForm
from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.ledger import actions
from trainingadmin.ledger.queries import yearly
from trainingadmin.ledger.views.blueprint import bp
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said


@bp.get("/years/<kind>/<int:key>")
@admits(*FINANCE, Role.ENTERPRISE, Role.INSTITUTION)
def years(kind: str, key: int) -> ResponseReturnValue:
    """List a payee's years with their sums, and offer the statement of each."""
    payee = yearly.holder(kind, key, actor=actor())
    told = [(year, *yearly.sums(yearly.booked(payee, year))) for year in yearly.years(kind, key)]
    return render_template("ledger/years.html", payee=payee, years=told)


@bp.post("/years/<kind>/<int:key>/<int:year>")
@admits(*FINANCE, Role.ENTERPRISE, Role.INSTITUTION, Role.TRAINEE)
def state_year(kind: str, key: int, year: int) -> ResponseReturnValue:
    """Issue the statement of a year, or find the one that still says everything."""
    payee, form, made = yearly.holder(kind, key, actor=actor()), RetryForm(), list[int]()
    if form.carries_out(lambda: made.append(actions.state_year(payee, year, by=actor()))):
        said(_("对账单已开具，文件正在生成。"))
    for error in form.form_errors:
        said(error, "error")
    if actor().is_trainee:
        return redirect(url_for("desk.my_certificates"))
    return redirect(
        url_for("certificates.show", certificate_id=made[0]) if made else url_for(".years", kind=kind, key=key)
    )
