"""Pages of what is owed: what waits for a batch, one due, an organisation's statement."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.money import total
from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.payments import actions, exports, queries, titles
from trainingadmin.payments import entries as books
from trainingadmin.payments import forms as f
from trainingadmin.payments.queries import budgets, deaths
from trainingadmin.payments.queries import dues as owed
from trainingadmin.payments.states import CODE_LABELS
from trainingadmin.payments.views.blueprint import MASKS, READERS, WORDS, bp, text
from trainingadmin.people import queries as people
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, staff_and
from trainingadmin.plumbing.pages import XLSX, render_kept, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.paging import page_of


@bp.route("/payables", methods=["GET", "POST"])
@admits(*READERS)
def payables() -> ResponseReturnValue:
    """Show what waits for a batch, by enterprise and filing, and compose what is ticked."""
    form = f.ComposeForm()
    made: list[Any] = []
    if form.carries_out(lambda: made.append(actions.compose_chosen(form.choice(), by=actor()))):
        said(_("批次已生成，等待另一人复核。"))
        return redirect(url_for(".show", batch_id=made[0].id))
    more = {"groups": owed.payables(actor()), "dead": deaths.of_open(actor())}
    return render_kept("payments/payables.html", form=form, **more, **_choosing(form), **WORDS), form.status


def _choosing(form: f.ComposeForm) -> dict[str, Any]:
    lines = budgets.visible(actor(), clock.today().year)
    funds = [(line.funding_source, line.budget_item) for line in lines] or queries.funding(actor())
    if request.method == "GET" and funds:
        form.funding_source.data, form.budget_item.data = funds[0]
    return {
        "funds": funds,
        "budget_lines": lines,
        "sums": owed.sums(actor()),
        "all": request.args.get("all") == "1",
        "add": total,
    }


@bp.post("/plan")
@admits(*FINANCE)
def plan() -> ResponseReturnValue:
    """Look for what has become owed since the clock last did."""
    form, planned = f.EmptyForm(), [0]
    if form.carries_out(lambda: planned.append(actions.plan_dues(by=actor()))):
        said(_("已更新待拨付清单，新增 %(n)s 笔。", n=planned[-1]))
    return redirect(url_for(".payables"))


@bp.get("/payables.xlsx")
@admits(*READERS)
def payables_file() -> ResponseReturnValue:
    """Export what waits for a batch."""
    return file_answer(exports.payables(actor()), "payables.xlsx", XLSX)


@bp.route("/payables/<pile>/<kind>", methods=["GET", "POST"])
@admits(*READERS)
def group(pile: str, kind: str) -> ResponseReturnValue:
    """Show the dues of one filing, or of one scheme and office, person by person; compose those that are ticked."""
    found, form = owed.group(actor(), pile, kind), f.ComposeForm()
    made: list[Any] = []
    if form.carries_out(lambda: made.append(actions.compose_chosen(form.choice(), by=actor()))):
        said(_("批次已生成，等待另一人复核。"))
        return redirect(url_for(".show", batch_id=made[0].id))
    lines = page_of(owed.group_rows(actor(), pile, kind, state=text("state")), size=500)
    more = {"pile": pile, "lines": lines, "dead": deaths.of_pile(actor(), pile, kind)}
    return render_template(
        "payments/group.html", found=found, form=form, **more, **_choosing(form), **WORDS, **MASKS
    ), form.status


@bp.get("/dues/<int:due_id>")
@admits(*READERS)
def due(due_id: int) -> ResponseReturnValue:
    """Show one due: why it is owed, what was taken from it, every attempt to pay it, how it was booked."""
    found = owed.due(due_id, actor=actor())
    more = {"line": owed.line_of(found), "tried": owed.attempts(due_id), "booked": books.of_due(due_id)}
    more |= {"taken": owed.taken_from(due_id), "codes": CODE_LABELS, "dead": deaths.of_dues([due_id]).get(due_id)}
    more |= {"pile": owed.pile_of(found.cohort_id, found.scheme, found.office_code), "share": owed.share_of(found)}
    more |= {"titles": titles.of_accounts(books.accounts_in(more["booked"]))}
    return render_template("payments/due.html", found=found, **more, **WORDS, **MASKS)


@bp.app_template_global()
def payment_behind(subject: str) -> dict[str, Any] | None:
    """Return what a certificate's subject names as far as the reader may see it: due and batch for `finance`, and the claim."""
    what, _colon, key = subject.partition(":")
    found = owed.behind(int(key), actor=actor()) if what == "payment" else None
    return None if found is None else {**found._mapping, "finance": actor().has(*READERS)}  # noqa: SLF001 - the row as named values


@bp.route("/dues/<int:due_id>/cancel", methods=["GET", "POST"])
@admits(*FINANCE)
def cancel_due(due_id: int) -> ResponseReturnValue:
    """Drop an advance that is not on its way to the bank."""
    found, form = owed.due(due_id, actor=actor()), f.NoteForm()
    if form.carries_out(lambda: actions.cancel_due(found, form.note.data or "", by=actor())):
        said(_("预支款已取消，已在账上冲销。"))
        return redirect(url_for(".due", due_id=due_id))
    return render_template("payments/cancel_due.html", found=found, form=form, **MASKS), form.status


@bp.get("/statements/<int:organisation_id>")
@admits(*staff_and(Role.ENTERPRISE, Role.INSTITUTION))
def statement(organisation_id: int) -> ResponseReturnValue:
    """Show an organisation what it is owed, what was paid, what failed."""
    firm = people.organisation(organisation_id, actor=actor())
    wanted = request.args.get("state", "")
    page, totals = page_of(owed.statement(organisation_id, wanted)), owed.totals(organisation_id)
    return render_template(
        "payments/statement.html", firm=firm, page=page, totals=totals, wanted=wanted, **WORDS, **MASKS
    )
