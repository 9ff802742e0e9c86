"""Pages of budgets: what may be paid from each line, its documents, the batches that take from it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.roles import Role
from trainingadmin.payments import actions
from trainingadmin.payments import forms as f
from trainingadmin.payments.queries import budgets as kept
from trainingadmin.payments.views.blueprint import READERS, WORDS, bp
from trainingadmin.people import queries as people
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import said
from trainingadmin.plumbing.paging import page_of


@bp.get("/budgets")
@admits(*READERS)
def budgets() -> ResponseReturnValue:
    """List the budget lines with what is left of each."""
    return render_template("payments/budgets.html", lines=kept.visible(actor()), offices=people.office_names())


@bp.route("/budgets/new", methods=["GET", "POST"])
@admits(Role.CHECKER)
@weighty()
def appropriate() -> ResponseReturnValue:
    """Give money to a budget line, or take some back, by its document."""
    form = f.BudgetForm()
    form.offer(people.offices() if actor().sees_whole_city else [people.office(actor().office or "")])
    if form.carries_out(lambda: actions.appropriate(form.budget(), form.money(), form.document.data or "", by=actor())):
        said(_("额度已登记。"))
        return redirect(url_for(".budgets"))
    return render_template("payments/appropriate.html", form=form, known=kept.visible(actor())), form.status


@bp.get("/budgets/<int:line_id>")
@admits(*READERS)
def budget(line_id: int) -> ResponseReturnValue:
    """Show one budget line: its documents and the batches that take from it."""
    line = kept.line(line_id, actor=actor())
    page = page_of(kept.batches(line_id))
    more = {"given": kept.appropriations(line_id), "page": page, "offices": people.office_names()}
    return render_template("payments/budget.html", line=line, **more, **WORDS)
