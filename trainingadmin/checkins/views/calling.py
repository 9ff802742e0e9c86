"""Roll-calls: the teacher draws, the trainee confirms on the phone, the teacher notes the others by hand."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.checkins import actions, queries
from trainingadmin.checkins.forms import NoteForm, RollForm, SettleForm
from trainingadmin.checkins.views.blueprint import OPERATORS, bp, mine, phone_now
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said


@bp.route("/checkins/<int:cohort_id>/<int:session_id>/roll-calls", methods=["GET", "POST"])
@admits(*OPERATORS)
def roll_calls(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """List the roll-calls of a session; draw anew."""
    held, form, done = mine(cohort_id, session_id), RollForm(), list[Any]()
    form.offer()
    if form.carries_out(lambda: done.append(_called(held, form))):
        return redirect(url_for(".show_call", cohort_id=cohort_id, session_id=session_id, call_id=done[0].id))
    found = [queries.called(call) for call in queries.calls_of(held.id)]
    page = render_template("checkins/roll_calls.html", held=held, form=form, found=found, now=clock.now())
    return page, form.status


def _called(held: Any, form: RollForm) -> Any:
    return actions.call_roll(held, form.count.data or 0, form.minutes.data, by=actor())


@bp.get("/checkins/<int:cohort_id>/<int:session_id>/roll-calls/<int:call_id>")
@admits(*OPERATORS)
def show_call(cohort_id: int, session_id: int, call_id: int) -> ResponseReturnValue:
    """Show who was drawn and who confirmed; the page keeps itself up to date until the time is over."""
    held = mine(cohort_id, session_id)
    found = queries.called(queries.call_in(held.id, call_id))
    return render_template("checkins/show_call.html", held=held, found=found, now=clock.now())


@bp.route(
    "/checkins/<int:cohort_id>/<int:session_id>/roll-calls/<int:call_id>/<int:enrolment_id>", methods=["GET", "POST"]
)
@admits(*OPERATORS)
def settle(cohort_id: int, session_id: int, call_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Note by hand how one who was drawn turned out."""
    held, form = mine(cohort_id, session_id), SettleForm()
    call = queries.call_in(held.id, call_id)
    one = next((one for one, _ in queries.called(call).people if one.id == enrolment_id), None) or abort(404)
    form.offer()
    there = form.present.data == "yes"
    if form.carries_out(lambda: actions.settle_roll(call, one.id, there, form.reason.data or "", by=actor())):
        said(_("已登记。"))
        return redirect(url_for(".show_call", cohort_id=cohort_id, session_id=session_id, call_id=call_id))
    return render_template("checkins/settle.html", held=held, call=call, one=one, form=form), form.status


@bp.route("/m/roll-calls/<int:call_id>", methods=["GET", "POST"])
@admits(Role.TRAINEE)
def confirm(call_id: int) -> ResponseReturnValue:
    """Confirm on one's own phone that one is there."""
    call, enrolment_id = queries.drawn_in(call_id, actor().person_id or 0)
    form = NoteForm()
    if form.carries_out(lambda: actions.answer_roll(call, enrolment_id, phone_now(), by=actor())):
        return redirect(url_for(".confirm", call_id=call_id))
    answer = queries.answer_in(call.id, enrolment_id)
    page = render_template("checkins/confirm.html", call=call, answer=answer, form=form, now=clock.now())
    return page, form.status
