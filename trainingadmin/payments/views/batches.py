"""Pages of batches: their list, one and its way to the bank and back, what is handed out of it."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates import queries as documents
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.payments import actions, exports, queries
from trainingadmin.payments import forms as f
from trainingadmin.payments.bank import remittance
from trainingadmin.payments.bank.writers import WRITERS, Layout
from trainingadmin.payments.queries import budgets, deaths
from trainingadmin.payments.queries import dues as owed
from trainingadmin.payments.states import BATCH
from trainingadmin.payments.views.blueprint import MASKS, READERS, WORDS, bp, text
from trainingadmin.people import queries as people
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import XLSX, render_kept, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.paging import page_of


@bp.get("/")
@admits(*READERS)
def index() -> ResponseReturnValue:
    """List the batches one may see."""
    wanted = {"q": text("q"), "state": text("state")}
    page, sums = page_of(queries.batches(actor(), **wanted)), owed.sums(actor())
    return render_kept("payments/index.html", page=page, sums=sums, wanted=wanted, **WORDS)


@bp.get("/<int:batch_id>")
@admits(*READERS)
def show(batch_id: int) -> ResponseReturnValue:
    """Show a batch: where it stands, its rows, its certificates, who did what."""
    batch = queries.batch(batch_id, actor=actor())
    wanted = {"q": text("q"), "state": text("state")}
    lines = page_of(queries.batch_lines(batch_id, **wanted))
    return render_template(
        "payments/show.html", batch=batch, lines=lines, wanted=wanted, **_overview(batch), **WORDS, **MASKS
    )


def _overview(batch: Any) -> dict[str, Any]:
    tally = queries.tally(batch.id)
    failed = tally.count("failed") > 0
    return {
        "tally": tally,
        "words": voucher_amount(batch.total),
        "offers": BATCH.offers(state=batch.state, actor=actor(), past=queries.hands(batch)),
        "dead": deaths.of_batch(batch.id),
        "made": documents.progress(f"batch:{batch.id}"),
        "answers": queries.answers(batch.id) if batch.released_at else [],
        "history": queries.history(batch.id),
        "waiting": queries.waiting_again(batch.id) if failed else 0,
        "followers": queries.followers(batch.id) if failed else [],
        "files": remittance.files_of(batch.id),
        "budget": budgets.standing(batch.budget_line_id) if batch.budget_line_id else None,
        "followed": queries.number_of(batch.follows_id) if batch.follows_id else "",
    }


@bp.post("/<int:batch_id>/move")
@admits(*FINANCE)
@weighty("check", "release")
def move(batch_id: int) -> ResponseReturnValue:
    """Check, release or cancel a batch; refused, show why and what can be done."""
    batch, form = queries.batch(batch_id, actor=actor()), f.MoveForm()
    known = BATCH.moves.get(form.move.data or "") or abort(404)
    if form.carries_out(lambda: _move(batch, known.name, form)):
        said(_("已办理：%(move)s。", move=_(known.label)))
        return redirect(url_for(".show", batch_id=batch_id))
    return render_template("payments/move.html", batch=batch, form=form, known=known), form.status


def _move(batch: Any, name: str, form: f.MoveForm) -> None:
    if name == "cancel":
        actions.cancel(batch, form.note.data or "", by=actor())
        return
    act = {"check": actions.check, "release": actions.release}.get(name) or abort(404)
    act(batch, form.seen(), by=actor())


@bp.route("/<int:batch_id>/answer", methods=["GET", "POST"], defaults={"part": 1})
@bp.route("/<int:batch_id>/answer/<int:part>", methods=["GET", "POST"])
@admits(*FINANCE)
@weighty(reads=True)
def answer(batch_id: int, part: int) -> ResponseReturnValue:
    """Take the bank's answer to one file, or show what is wrong with it."""
    batch, form = queries.batch(batch_id, actor=actor()), f.AnswerForm()
    file = _part(batch, part)
    if form.carries_out(lambda: _answer(batch, part, form)):
        said(_("银行回单已入账，拨付凭证正在生成。"))
        return redirect(url_for(".show", batch_id=batch_id))
    tally = queries.tally(batch_id, file)
    return render_template("payments/answer.html", batch=batch, file=file, form=form, tally=tally), form.status


def _part(batch: Any, part: int) -> Any:
    return next((file for file in remittance.files_of(batch.id) if file.part == part), None) or abort(404)


def _answer(batch: Any, part: int, form: f.AnswerForm) -> None:
    upload = form.answer.data
    actions.answer(batch, upload.filename or "", upload.read(), by=actor(), part=part)


@bp.route("/<int:batch_id>/again", methods=["GET", "POST"])
@admits(Role.PREPARER)
def again(batch_id: int) -> ResponseReturnValue:
    """Issue a batch's failed rows again."""
    batch, form = queries.batch(batch_id, actor=actor()), f.NoteForm()
    made: list[Any] = []
    if form.carries_out(lambda: made.append(actions.compose_again(batch, form.note.data or "", by=actor()))):
        said(_("已生成重发批次，等待另一人复核。"))
        return redirect(url_for(".show", batch_id=made[0].id))
    more = {"lines": page_of(queries.batch_lines(batch_id, state="failed")), "dead": deaths.of_batch(batch_id)}
    return render_template("payments/again.html", batch=batch, form=form, **more, **WORDS, **MASKS), form.status


@bp.post("/<int:batch_id>/retry")
@admits(*FINANCE)
def retry(batch_id: int) -> ResponseReturnValue:
    """Ask the workers again for certificates that could not be made."""
    batch, form = queries.batch(batch_id, actor=actor()), f.EmptyForm()
    if form.carries_out(lambda: certificates.retry(f"batch:{batch.id}", by=actor())):
        said(_("已重新排队，进度会自动更新。"))
    return redirect(url_for(".show", batch_id=batch_id))


@bp.get("/<int:batch_id>/file/<layout>", defaults={"part": 1})
@bp.get("/<int:batch_id>/file/<layout>/<int:part>")
@admits(*FINANCE)
@weighty(reads=True)
def bank_file(batch_id: int, layout: str, part: int) -> ResponseReturnValue:
    """Hand out the file for the bank, and note who took the full account numbers."""
    batch = queries.batch(batch_id, actor=actor())
    chosen = Layout(layout) if layout in set(Layout) else abort(404)
    wanted = _part(batch, part)
    file = remittance.file(batch, wanted, chosen)
    # A write of its own: the page itself only reads.
    with transaction.unit():
        actions.note_export(batch, wanted, layout, by=actor())
    return file_answer(file.data, file.name, WRITERS[chosen].media)


@bp.get("/<int:batch_id>/sheet")
@admits(*READERS)
def sheet(batch_id: int) -> ResponseReturnValue:
    """Show a batch for printing, with places to sign and for the seal."""
    batch = queries.batch(batch_id, actor=actor())
    more = {
        "payees": queries.batch_payees(batch_id),
        "files": remittance.files_of(batch_id),
        "words": voucher_amount(batch.total),
    }
    return render_template("payments/sheet.html", batch=batch, office=people.office(batch.office_code), **more, **WORDS)


@bp.get("/<int:batch_id>/lines.xlsx")
@admits(*READERS)
def lines(batch_id: int) -> ResponseReturnValue:
    """Export a batch's rows as filtered, accounts and ID numbers masked."""
    batch = queries.batch(batch_id, actor=actor())
    data = exports.batch_lines(batch, actor(), q=text("q"), state=text("state"))
    return file_answer(data, f"{batch.number}.xlsx", XLSX)
