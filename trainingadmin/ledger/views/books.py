"""Pages of the books: the trial balance on a day, accounts and statements down to their rows."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from trainingadmin.ledger import exports
from trainingadmin.ledger.queries import balances, sources, statements
from trainingadmin.ledger.views.blueprint import AUDIENCE, bp, day
from trainingadmin.payments import titles
from trainingadmin.payments.entries import accounts_in
from trainingadmin.payments.states import CODE_LABELS
from trainingadmin.payments.views.blueprint import MASKS, READERS, WORDS, text
from trainingadmin.people.queries import office_names
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import XLSX, render_kept
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.paging import page_of
from trainingadmin.schemes import SCHEMES


@bp.get("/")
@admits(*AUDIENCE)
def index() -> ResponseReturnValue:
    """Show the trial balance of a day; each account leads to its rows."""
    on = day()
    summed = sources.summed(actor(), on)
    accounts = balances.by_account(summed)
    more = {"titles": titles.of_accounts([one.account for one in accounts]), "sums": balances.add_up(accounts)}
    more |= {"statements": statements.kept(actor()), "offices": office_names(), "on": on}
    more |= {"standings": sources.standings_in(summed), "parts": sources.LABELS}
    return render_kept("ledger/index.html", accounts=accounts, schemes=SCHEMES, **more)


@bp.get("/balance.xlsx")
@admits(*AUDIENCE)
def balance_file() -> ResponseReturnValue:
    """Export the trial balance of a day."""
    return file_answer(exports.trial_balance(actor(), day()), "trial-balance.xlsx", XLSX)


@bp.get("/account")
@admits(*AUDIENCE)
def account() -> ResponseReturnValue:
    """Show the transfers in and out of one account; each leads to its due."""
    path, on, since = text("path"), day(), day("since")
    page = page_of(balances.rows(actor(), path, on, since))
    if not page.total and not (since and page_of(balances.rows(actor(), path, on)).total):
        abort(404)
    more = {"titles": titles.of_accounts({path, *accounts_in(page.rows)}), "codes": CODE_LABELS}
    return render_template("ledger/account.html", path=path, page=page, on=on, since=since, **more, **WORDS, **MASKS)


@bp.get("/account.xlsx")
@admits(*AUDIENCE)
def account_file() -> ResponseReturnValue:
    """Export the transfers in and out of one account."""
    return file_answer(exports.account(actor(), text("path"), day(), day("since")), "account.xlsx", XLSX)


@bp.get("/statements/<by>/<key>")
@admits(*READERS)
def statement(by: str, key: str) -> ResponseReturnValue:
    """Show what the books say of one person, organisation, filing, batch, scheme or year, row by row."""
    sums, page = statements.sums(actor(), by, key), page_of(statements.rows(actor(), by, key))
    more = {"sums": sums, "page": page, "title": statements.title(by, key), "codes": CODE_LABELS}
    return render_template("ledger/statement.html", by=by, key=key, **more, **WORDS, **MASKS)


@bp.get("/statements/<by>/<key>/rows.xlsx")
@admits(*READERS)
def statement_file(by: str, key: str) -> ResponseReturnValue:
    """Export a statement with every row of it."""
    return file_answer(exports.statement(actor(), by, key), f"statement-{by}.xlsx", XLSX)
