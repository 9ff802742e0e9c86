"""Pages of payments: what waits, batches and their way to the bank, statements, the ledger."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates import queries as documents
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.identifiers import mask_account, mask_id
from trainingadmin.kernel.money import total
from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.payments import actions, queries, remittance
from trainingadmin.payments import forms as f
from trainingadmin.payments import ledger as books
from trainingadmin.payments.bankfile import Layout
from trainingadmin.payments.queries import dues as owed
from trainingadmin.payments.queries import exports
from trainingadmin.payments.states import BATCH, CODE_LABELS, DUE, KIND_LABELS, PAYMENT
from trainingadmin.people import queries as people
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.access import actor, admits, staff_and, weighty
from trainingadmin.plumbing.pages import XLSX, page_of, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.schemes import SCHEMES

bp = Blueprint("payments", __name__, url_prefix="/payments")

_READERS = (*FINANCE, Role.APPROVAL, Role.SUPERVISOR, Role.ADMIN)
_WORDS: dict[str, Any] = {"batches": BATCH, "dues": DUE, "attempts": PAYMENT, "kinds": KIND_LABELS, "schemes": SCHEMES}
_MASKS: dict[str, Any] = {"mask_id": mask_id, "mask_account": mask_account}
_MEDIA = {Layout.XLSX: XLSX, Layout.CSV: "text/csv"}


def _text(name: str) -> str:
    return request.args.get(name, "").strip()


# Batches --------------------------------------------------------------------------------------------------------------


@bp.get("/")
@admits(*_READERS)
def index() -> ResponseReturnValue:
    """List the batches one may see."""
    wanted = {"q": _text("q"), "state": _text("state")}
    page, sums = page_of(queries.batches(actor(), **wanted)), owed.sums(actor())
    return render_template("payments/index.html", page=page, sums=sums, wanted=wanted, **_WORDS)


@bp.get("/<int:batch_id>")
@admits(*_READERS)
def show(batch_id: int) -> ResponseReturnValue:
    """Show a batch: where it stands, its rows, its certificates, who did what."""
    batch = queries.batch(batch_id, actor=actor())
    wanted = {"q": _text("q"), "state": _text("state")}
    lines = page_of(queries.batch_lines(batch_id, **wanted))
    return render_template(
        "payments/show.html", batch=batch, lines=lines, wanted=wanted, **_overview(batch), **_WORDS, **_MASKS
    )


def _overview(batch: Any) -> dict[str, Any]:
    tally = queries.tally(batch.id)
    failed = tally.count("failed") > 0
    return {
        "tally": tally,
        "words": voucher_amount(batch.total),
        "offers": BATCH.offers(state=batch.state, actor=actor(), past=queries.hands(batch)),
        "made": documents.progress(f"batch:{batch.id}"),
        "answers": queries.answers(batch.id) if batch.released_at else [],
        "history": queries.history(batch.id),
        "waiting": queries.waiting_again(batch.id) if failed else 0,
        "followers": queries.followers(batch.id) if failed else [],
        "followed": queries.number_of(batch.follows_id) if batch.follows_id else "",
    }


@bp.post("/<int:batch_id>/move")
@admits(*FINANCE)
@weighty("release")
def move(batch_id: int) -> ResponseReturnValue:
    """Release or cancel a batch; refused, show why and what can be done."""
    batch, form = queries.batch(batch_id, actor=actor()), f.MoveForm()
    known = BATCH.moves.get(form.move.data or "") or abort(404)
    if form.carries_out(lambda: _move(batch, known.name, form)):
        said(_("已办理：%(move)s。", move=_(known.label)))
        return redirect(url_for(".show", batch_id=batch_id))
    return render_template("payments/move.html", batch=batch, form=form, known=known), form.status


def _move(batch: Any, name: str, form: f.MoveForm) -> None:
    if name == "cancel":
        actions.cancel(batch, form.note.data or "", by=actor())
    elif name == "release":
        count, total, digest = form.seen()
        actions.release(batch, count=count, total=total, digest=digest, by=actor())
    else:
        abort(404)


@bp.route("/<int:batch_id>/answer", methods=["GET", "POST"])
@admits(*FINANCE)
@weighty(reads=True)
def answer(batch_id: int) -> ResponseReturnValue:
    """Take the bank's answer, or show what is wrong with it."""
    batch, form = queries.batch(batch_id, actor=actor()), f.AnswerForm()
    if form.carries_out(lambda: _answer(batch, form)):
        said(_("银行回单已入账，拨付凭证正在生成。"))
        return redirect(url_for(".show", batch_id=batch_id))
    return render_template("payments/answer.html", batch=batch, form=form, tally=queries.tally(batch_id)), form.status


def _answer(batch: Any, form: f.AnswerForm) -> None:
    upload = form.answer.data
    actions.answer(batch, upload.filename or "", upload.read(), by=actor())


@bp.route("/<int:batch_id>/again", methods=["GET", "POST"])
@admits(Role.PREPARER)
def again(batch_id: int) -> ResponseReturnValue:
    """Issue a batch's failed rows again."""
    batch, form = queries.batch(batch_id, actor=actor()), f.NoteForm()
    made: list[Any] = []
    if form.carries_out(lambda: made.append(actions.compose_again(batch, form.note.data or "", by=actor()))):
        said(_("已生成重发批次，等待另一人复核。"))
        return redirect(url_for(".show", batch_id=made[0].id))
    lines = page_of(queries.batch_lines(batch_id, state="failed"))
    return render_template("payments/again.html", batch=batch, form=form, lines=lines, **_MASKS), form.status


@bp.post("/<int:batch_id>/retry")
@admits(*FINANCE)
def retry(batch_id: int) -> ResponseReturnValue:
    """Ask the workers again for certificates that could not be made."""
    batch, form = queries.batch(batch_id, actor=actor()), f.EmptyForm()
    if form.carries_out(lambda: certificates.retry(f"batch:{batch.id}", by=actor())):
        said(_("已重新排队，进度会自动更新。"))
    return redirect(url_for(".show", batch_id=batch_id))


@bp.get("/<int:batch_id>/file/<layout>")
@admits(*FINANCE)
@weighty(reads=True)
def bank_file(batch_id: int, layout: str) -> ResponseReturnValue:
    """Hand out the file for the bank, and note who took the full account numbers."""
    batch = queries.batch(batch_id, actor=actor())
    chosen = Layout(layout) if layout in set(Layout) else abort(404)
    (file,) = remittance.files(batch, chosen)
    # A write of its own: the page itself only reads.
    with transaction.unit():
        actions.note_export(batch, layout, by=actor())
    return file_answer(file.data, file.name, _MEDIA[chosen])


@bp.get("/<int:batch_id>/sheet")
@admits(*_READERS)
def sheet(batch_id: int) -> ResponseReturnValue:
    """Show a batch for printing, with places to sign and for the seal."""
    batch = queries.batch(batch_id, actor=actor())
    more = {"payees": queries.batch_payees(batch_id), "words": voucher_amount(batch.total)}
    return render_template(
        "payments/sheet.html", batch=batch, office=people.office(batch.office_code), **more, **_WORDS
    )


@bp.get("/<int:batch_id>/lines.xlsx")
@admits(*_READERS)
def lines(batch_id: int) -> ResponseReturnValue:
    """Export a batch's rows as filtered, accounts and ID numbers masked."""
    batch = queries.batch(batch_id, actor=actor())
    data = exports.batch_lines(batch, actor(), q=_text("q"), state=_text("state"))
    return file_answer(data, f"{batch.number}.xlsx", XLSX)


# What is owed ---------------------------------------------------------------------------------------------------------


@bp.route("/payables", methods=["GET", "POST"])
@admits(*_READERS)
def payables() -> ResponseReturnValue:
    """Show what waits for a batch, by enterprise and filing, and compose what is ticked."""
    form = f.ComposeForm()
    made: list[Any] = []
    if form.carries_out(lambda: made.append(actions.compose_chosen(form.choice(), by=actor()))):
        said(_("批次已生成，等待另一人复核。"))
        return redirect(url_for(".show", batch_id=made[0].id))
    groups = owed.payables(actor())
    return render_template("payments/payables.html", form=form, groups=groups, **_choosing(form), **_WORDS), form.status


def _choosing(form: f.ComposeForm) -> dict[str, Any]:
    funds = queries.funding(actor())
    if request.method == "GET" and funds:
        form.funding_source.data, form.budget_item.data = funds[0]
    return {"funds": funds, "sums": owed.sums(actor()), "all": request.args.get("all") == "1", "add": total}


@bp.post("/plan")
@admits(*FINANCE)
def plan() -> ResponseReturnValue:
    """Look for what has become owed since the clock last did."""
    form, planned = f.EmptyForm(), [0]
    if form.carries_out(lambda: planned.append(actions.plan_dues(by=actor()))):
        said(_("已更新待拨付清单，新增 %(n)s 笔。", n=planned[-1]))
    return redirect(url_for(".payables"))


@bp.get("/payables.xlsx")
@admits(*_READERS)
def payables_file() -> ResponseReturnValue:
    """Export what waits for a batch."""
    return file_answer(exports.payables(actor()), "payables.xlsx", XLSX)


@bp.route("/payables/<int:cohort_id>/<kind>", methods=["GET", "POST"])
@admits(*_READERS)
def group(cohort_id: int, kind: str) -> ResponseReturnValue:
    """Show one filing's dues person by person, and compose those that are ticked."""
    found, form = owed.group(actor(), cohort_id, kind), f.ComposeForm()
    made: list[Any] = []
    if form.carries_out(lambda: made.append(actions.compose_chosen(form.choice(), by=actor()))):
        said(_("批次已生成，等待另一人复核。"))
        return redirect(url_for(".show", batch_id=made[0].id))
    lines = page_of(owed.group_rows(actor(), cohort_id, kind, state=_text("state")), size=500)
    return render_template(
        "payments/group.html", found=found, form=form, lines=lines, **_choosing(form), **_WORDS, **_MASKS
    ), form.status


@bp.get("/dues/<int:due_id>")
@admits(*_READERS)
def due(due_id: int) -> ResponseReturnValue:
    """Show one due: why it is owed, what was taken from it, every attempt to pay it, how it was booked."""
    found = owed.due(due_id, actor=actor())
    more = {"line": owed.line_of(found), "tried": owed.attempts(due_id), "booked": books.of_due(due_id)}
    more |= {"taken": owed.taken_from(due_id), "codes": CODE_LABELS, "cohort": owed.cohort_of(found)}
    more |= {"names": owed.account_names(books.accounts_in(more["booked"]))}
    return render_template("payments/due.html", found=found, **more, **_WORDS, **_MASKS)


@bp.route("/dues/<int:due_id>/cancel", methods=["GET", "POST"])
@admits(*FINANCE)
def cancel_due(due_id: int) -> ResponseReturnValue:
    """Drop an advance that is not on its way to the bank."""
    found, form = owed.due(due_id, actor=actor()), f.NoteForm()
    if form.carries_out(lambda: actions.cancel_due(found, form.note.data or "", by=actor())):
        said(_("预支款已取消，已在账上冲销。"))
        return redirect(url_for(".due", due_id=due_id))
    return render_template("payments/cancel_due.html", found=found, form=form, **_MASKS), form.status


@bp.get("/statements/<int:organisation_id>")
@admits(*staff_and(Role.ENTERPRISE, Role.INSTITUTION))
def statement(organisation_id: int) -> ResponseReturnValue:
    """Show an organisation what it is owed, what was paid, what failed."""
    firm = people.organisation(organisation_id, actor=actor())
    page = page_of(owed.statement(organisation_id))
    return render_template(
        "payments/statement.html", firm=firm, page=page, totals=owed.totals(organisation_id), **_WORDS, **_MASKS
    )


# The books ------------------------------------------------------------------------------------------------------------


@bp.get("/ledger")
@admits(*FINANCE, Role.SUPERVISOR, Role.ADMIN)
def ledger() -> ResponseReturnValue:
    """Show the trial balance; each account leads to its rows."""
    accounts = books.trial_balance(actor())
    more = {"names": owed.account_names([one.account for one in accounts]), "sums": books.add_up(accounts)}
    return render_template("payments/ledger.html", accounts=accounts, **more, schemes=SCHEMES)


@bp.get("/ledger/account")
@admits(*FINANCE, Role.SUPERVISOR, Role.ADMIN)
def account() -> ResponseReturnValue:
    """Show the transfers in and out of one account; each leads to its due."""
    path = _text("path")
    page = page_of(books.rows(actor(), path))
    if not page.total:
        abort(404)
    names = owed.account_names(books.accounts_in(page.rows))
    return render_template(
        "payments/account.html", path=path, page=page, names=names, codes=CODE_LABELS, schemes=SCHEMES
    )
