"""Pages of the books: the trial balance on a day, accounts and statements down to their rows, budgets."""

from __future__ import annotations

from datetime import date

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.payments import actions, exports
from trainingadmin.payments import forms as f
from trainingadmin.payments import ledger as books
from trainingadmin.payments.queries import budgets as kept
from trainingadmin.payments.queries import dues as owed
from trainingadmin.payments.queries import statements
from trainingadmin.payments.states import CODE_LABELS
from trainingadmin.payments.views.blueprint import MASKS, READERS, WORDS, bp, text
from trainingadmin.people import queries as people
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import XLSX, page_of, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.schemes import SCHEMES

_AUDIENCE = (*FINANCE, Role.SUPERVISOR, Role.ADMIN)


def _day() -> date | None:
    """Return the day asked for in the address, or none; what is no day was not asked for."""
    try:
        return date.fromisoformat(text("on"))
    except ValueError:
        return None


@bp.get("/ledger")
@admits(*_AUDIENCE)
def ledger() -> ResponseReturnValue:
    """Show the trial balance of a day; each account leads to its rows."""
    on = _day()
    accounts = books.trial_balance(actor(), on)
    more = {"names": owed.account_names([one.account for one in accounts]), "sums": books.add_up(accounts)}
    more |= {"years": statements.years(actor()), "kept_schemes": statements.schemes(actor()), "on": on}
    return render_template("payments/ledger.html", accounts=accounts, **more, schemes=SCHEMES)


@bp.get("/ledger.xlsx")
@admits(*_AUDIENCE)
def ledger_file() -> ResponseReturnValue:
    """Export the trial balance of a day."""
    return file_answer(exports.trial_balance(actor(), _day()), "trial-balance.xlsx", XLSX)


@bp.get("/ledger/account")
@admits(*_AUDIENCE)
def account() -> ResponseReturnValue:
    """Show the transfers in and out of one account; each leads to its due."""
    path, on = text("path"), _day()
    page = page_of(books.rows(actor(), path, on))
    if not page.total:
        abort(404)
    names = owed.account_names(books.accounts_in(page.rows))
    more = {"names": names, "codes": CODE_LABELS, "schemes": SCHEMES, "on": on}
    return render_template("payments/account.html", path=path, page=page, **more)


@bp.get("/statements/<by>/<key>")
@admits(*READERS)
def statement_of(by: str, key: str) -> ResponseReturnValue:
    """Show what the books say of one person, organisation, filing, batch, scheme or year, row by row."""
    sums, page = statements.sums(actor(), by, key), page_of(statements.rows(actor(), by, key))
    more = {"sums": sums, "page": page, "title": statements.title(by, key), "codes": CODE_LABELS}
    return render_template("payments/statement_of.html", by=by, key=key, **more, **WORDS, **MASKS)


@bp.get("/statements/<by>/<key>/rows.xlsx")
@admits(*READERS)
def statement_file(by: str, key: str) -> ResponseReturnValue:
    """Export a statement with every row of it."""
    return file_answer(exports.statement(actor(), by, key), f"statement-{by}.xlsx", XLSX)


# Budgets --------------------------------------------------------------------------------------------------------------


@bp.get("/budgets")
@admits(*READERS)
def budgets() -> ResponseReturnValue:
    """List the budget lines with what is left of each."""
    return render_template("payments/budgets.html", lines=kept.visible(actor()))


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
    return render_template("payments/budget.html", line=line, given=kept.appropriations(line_id), page=page, **WORDS)
