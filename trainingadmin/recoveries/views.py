"""Pages of recoveries: what has to come back, orders, what closes them, and who is late."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import queries as documents
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.roles import FINANCE, Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import XLSX, render_kept, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.paging import page_of
from trainingadmin.plumbing.storage import store
from trainingadmin.recoveries import actions, exports, letters, queries
from trainingadmin.recoveries import forms as f
from trainingadmin.recoveries.queries.behind import behind
from trainingadmin.recoveries.states import ACT, ACT_LABELS, CAUSE_LABELS, DECIDED_BY, ORDER, Cause
from trainingadmin.schemes import SCHEMES

bp = Blueprint("recoveries", __name__, url_prefix="/recoveries")

_STAFF = (*FINANCE, Role.APPROVAL, Role.SUPERVISOR, Role.ADMIN)
_READERS = (*_STAFF, Role.ENTERPRISE, Role.INSTITUTION)
_WORDS: dict[str, Any] = {
    "orders": ORDER,
    "acts": ACT,
    "kinds": ACT_LABELS,
    "causes": CAUSE_LABELS,
    "schemes": SCHEMES,
    "mask_id": mask_id,
}


def _wanted() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in ("q", "state")}


@bp.app_template_global()
def orders_behind(due: Any) -> list[dict[str, Any]]:
    """Return the orders behind a due in words, for its page: payments know no recoveries."""
    return [
        {
            "id": one.id,
            "number": one.number,
            "amount": one.amount,
            "cause": _(CAUSE_LABELS[one.cause]),
            "reason": one.reason,
            "state": (_(ORDER.labels[one.state]), ORDER.tones[one.state]),
        }
        for one in behind(due, actor=actor())
    ]


@bp.get("/")
@admits(*_READERS)
def index() -> ResponseReturnValue:
    """List the orders one may see, the next due first, and what nobody has ordered yet."""
    wanted = _wanted()
    page = page_of(queries.orders(actor(), **wanted))
    more: dict[str, Any] = {"sums": queries.sums(actor()), "waiting": [], "dead": []}
    if actor().is_staff:
        more |= {"waiting": queries.waiting(actor()), "dead": queries.deaths(actor())}
    return render_kept("recoveries/index.html", page=page, wanted=wanted, **more, **_WORDS)


@bp.get("/orders.xlsx")
@admits(*_READERS)
def orders_file() -> ResponseReturnValue:
    """Export the list of orders as narrowed."""
    return file_answer(exports.orders(actor(), **_wanted()), "recoveries.xlsx", XLSX)


@bp.route("/new/<int:cohort_id>", methods=["GET", "POST"])
@admits(*_STAFF)
def new(cohort_id: int) -> ResponseReturnValue:
    """Draft the order for a claim's shortfall."""
    filing, form = queries.filing(cohort_id, actor=actor()), f.TermsForm()
    dues, origin = queries.unordered_dues(cohort_id), queries.of_filing(filing)
    form.offer(queries.sources_of(origin), _usual_reason(dues))
    made: list[Any] = []
    if form.carries_out(lambda: made.append(actions.draft(origin, form.terms(), by=actor()))):
        said(_("追回通知已起草，等待另一人复核下达。"))
        return redirect(url_for(".show", order_id=made[0].id))
    more = {"dues": dues, "sum": total(due.amount for due, _cause in dues), "mask_id": mask_id}
    return render_template("recoveries/new.html", filing=filing, form=form, **more, causes=CAUSE_LABELS), form.status


def _usual_reason(dues: list[Any]) -> str:
    amount = total(due.amount for due, _cause in dues).grouped()
    return f"本班核定补贴少于已预支金额，同班抵扣后 {len(dues)} 人仍有未挣得的预支 {amount} 元，应予退回。"


@bp.route("/found/<int:cohort_id>", methods=["GET", "POST"])
@admits(*_STAFF)
def found(cohort_id: int) -> ResponseReturnValue:
    """Draft an order for money paid for people of a filing that has to come back, person by person."""
    filing = queries.filing(cohort_id, actor=actor())
    return _found(queries.of_filing(filing), url_for("cohorts.show", cohort_id=cohort_id))


@bp.route("/person/<int:line_id>", methods=["GET", "POST"])
@admits(*_STAFF)
def person(line_id: int) -> ResponseReturnValue:
    """Draft an order for money that a person was paid: a grant, a living allowance."""
    line = queries.line(line_id, actor=actor())
    return _found(queries.of_line(line), url_for("claims.show", claim_id=line.claim_id))


def _found(origin: Any, back: str) -> ResponseReturnValue:
    form, people = f.FindingForm(), queries.recoverable_of(origin)
    dead = request.args.get("dead", type=int)
    form.offer(queries.sources_of(origin), "", Cause.AUDIT if dead is None else Cause.DEATH)
    if not form.is_submitted():
        form.people.data = [one.person_id for one in people if one.person_id in (dead, origin.person_id)]
    made: list[Any] = []
    if form.carries_out(lambda: made.append(actions.draft_found(origin, form.finding(), form.terms(), by=actor()))):
        said(_("追回通知已起草，等待另一人复核下达。"))
        return redirect(url_for(".show", order_id=made[0].id))
    more = {"origin": origin, "people": people, "back": back, "mask_id": mask_id}
    return render_template("recoveries/found.html", form=form, **more), form.status


@bp.route("/dead/<int:person_id>/<kind>/<int:origin_id>", methods=["GET", "POST"])
@admits(Role.APPROVAL)
def let_be(person_id: int, kind: str, origin_id: int) -> ResponseReturnValue:
    """Decide that what was paid of one origin for somebody who died is not asked back."""
    dead, form = queries.dead(person_id, kind, origin_id, actor=actor()), f.ReasonForm()
    if form.carries_out(lambda: actions.let_be(dead, form.reason.data or "", by=actor())):
        said(_("已登记：不予追回。"))
        return redirect(url_for(".index"))
    return render_template("recoveries/let_be.html", dead=dead, form=form, mask_id=mask_id), form.status


@bp.get("/<int:order_id>")
@admits(*_READERS)
def show(order_id: int) -> ResponseReturnValue:
    """Show an order: what it asks for, what came back, who did what, its letter."""
    order = queries.order(order_id, actor=actor())
    return render_template("recoveries/show.html", order=order, **_overview(order), **_WORDS)


def _overview(order: Any) -> dict[str, Any]:
    entered = queries.acts(order.id)
    return {
        "lines": queries.lines(order.id),
        "entered": [(act, _decisions(act), queries.cohort_number(act.bearing_cohort_id)) for act in entered],
        "offers": ORDER.offers(state=order.state, actor=actor(), past=queries.hands(order)),
        "words": voucher_amount(order.amount),
        "made": documents.progress(letters.group(order.id)),
        "letter": documents.latest(letters.group(order.id)),
        "late": order.state == "issued" and order.due_on < clock.today(),
        "proposed": queries.proposed(order.id),
        "booked": {kind: _booked(entered, kind) for kind in ACT_LABELS},
        "history": queries.history(order.id) if actor().is_staff else [],
    }


def _decisions(act: Any) -> list[Any]:
    wanted = (DECIDED_BY[act.kind], "reject")
    offers = ACT.offers(state=act.state, actor=actor(), past=queries.proposer(act))
    return [offer for offer in offers if offer.move.name in wanted]


def _booked(entered: list[Any], kind: str) -> Money:
    return total(act.amount for act in entered if act.kind == kind and act.state == "booked")


@bp.post("/<int:order_id>/move")
@admits(*FINANCE)
@weighty("issue")
def move(order_id: int) -> ResponseReturnValue:
    """Issue or withdraw an order; refused, show why."""
    order, form = queries.order(order_id, actor=actor()), f.MoveForm()
    known = ORDER.moves.get(form.move.data or "") or abort(404)
    act = {"issue": _issue, "withdraw": _withdraw}.get(known.name) or abort(404)
    if form.carries_out(lambda: act(order, form)):
        said(_("已办理：%(move)s。", move=_(known.label)))
        return redirect(url_for(".show", order_id=order_id))
    return render_template("recoveries/move.html", order=order, form=form, known=known), form.status


def _issue(order: Any, _form: f.MoveForm) -> None:
    actions.issue(order, by=actor())


def _withdraw(order: Any, form: f.MoveForm) -> None:
    actions.withdraw(order, form.note.data or "", by=actor())


@bp.route("/<int:order_id>/repay", methods=["GET", "POST"])
@admits(Role.PREPARER)
def repay(order_id: int) -> ResponseReturnValue:
    """Record money that came back, by the bank's slip."""
    order, form = queries.order(order_id, actor=actor()), f.RepayForm()
    if form.carries_out(lambda: actions.repay(order, form.money(), form.evidence(), by=actor())):
        said(_("退款已登记，等待财务复核入账。"))
        return redirect(url_for(".show", order_id=order_id))
    return render_template("recoveries/repay.html", order=order, form=form), form.status


@bp.route("/<int:order_id>/waive", methods=["GET", "POST"])
@admits(Role.PREPARER)
def waive(order_id: int) -> ResponseReturnValue:
    """Ask that part of an order is written off."""
    order, form = queries.order(order_id, actor=actor()), f.WaiveForm()
    if form.carries_out(lambda: actions.waive(order, form.money(), form.reason.data or "", by=actor())):
        said(_("核销申请已登记，等待审批。"))
        return redirect(url_for(".show", order_id=order_id))
    return render_template("recoveries/waive.html", order=order, form=form), form.status


@bp.route("/<int:order_id>/set-off", methods=["GET", "POST"])
@admits(Role.PREPARER)
def set_off(order_id: int) -> ResponseReturnValue:
    """Ask that another filing's balances bear part of an order."""
    order, form = queries.order(order_id, actor=actor()), f.SetOffForm()
    bearers = queries.bearers(order)
    form.offer(bearers)
    if form.carries_out(lambda: _set_off(order, form)):
        said(_("抵扣申请已登记，等待审批。"))
        return redirect(url_for(".show", order_id=order_id))
    return render_template("recoveries/set_off.html", order=order, form=form, bearers=bearers), form.status


def _set_off(order: Any, form: f.SetOffForm) -> None:
    actions.set_off(order, form.money(), form.cohort_id.data, form.reason.data or "", by=actor())


@bp.post("/<int:order_id>/acts/<int:act_id>")
@admits(Role.CHECKER, Role.APPROVAL)
@weighty()
def decide(order_id: int, act_id: int) -> ResponseReturnValue:
    """Book or return what somebody entered; refused, show why."""
    order, act, form = queries.order(order_id, actor=actor()), queries.act(order_id, act_id), f.MoveForm()
    known = ACT.moves.get(form.move.data or "") or abort(404)
    if form.carries_out(lambda: actions.decide(act, known.name, form.note.data or "", by=actor())):
        said(_("已办理：%(move)s。", move=_(known.label)))
        return redirect(url_for(".show", order_id=order_id))
    return render_template("recoveries/decide.html", order=order, act=act, form=form, known=known), form.status


@bp.get("/<int:order_id>/acts/<int:act_id>/slip")
@admits(*_STAFF)
def slip(order_id: int, act_id: int) -> ResponseReturnValue:
    """Hand out the bank's slip of a repayment."""
    queries.order(order_id, actor=actor())
    act = queries.act(order_id, act_id)
    if act.sha256 is None:
        abort(404)
    return file_answer(store().read(act.sha256), act.filename, act.media_type)
