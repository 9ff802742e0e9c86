"""The teacher's screen: the sessions of today, the code that changes, who is in, and what looks wrong in the scans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.checkins import actions, queries, screen
from trainingadmin.checkins.evidence import span_of, timing
from trainingadmin.checkins.forms import HandForm
from trainingadmin.checkins.states import Direction
from trainingadmin.checkins.suspicion import short, suspicions
from trainingadmin.checkins.views.blueprint import ANYONE, OPERATORS, bp, held_in, mine
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said
from trainingadmin.plumbing.paging import page_of


@bp.get("/checkins/")
@admits(*ANYONE)
def index() -> ResponseReturnValue:
    """List the sessions of today, and what was entered late and waits for a second person."""
    page = page_of(queries.sessions_of_day(actor(), clock.today()))
    waiting = queries.waiting(actor())
    now = clock.local(clock.now()).time()
    return render_template("checkins/index.html", page=page, waiting=waiting, now=now)


@bp.route("/checkins/<int:cohort_id>/<int:session_id>", methods=["GET", "POST"])
@admits(*OPERATORS)
def show_screen(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Show the code and who is in; without scripts the page asks for itself again when the code changes.

    A post notes one person by hand.
    """
    held, form = mine(cohort_id, session_id), HandForm()
    door = screen.board(held)
    form.offer(door.people)
    if form.carries_out(lambda: actions.note_by_hand(held, form.noted(), by=actor())):
        said(_("已登记。"))
        return redirect(url_for(".show_screen", cohort_id=cohort_id, session_id=session_id))
    return _screen(mine(cohort_id, session_id), door, form)


def _screen(held: Any, door: screen.Board, form: HandForm) -> ResponseReturnValue:
    now = clock.now()
    direction = _direction() or screen.direction_at(door.span, now)
    shown = screen.shown(held, direction) if door.span.is_open(now) else None
    told = {"door": door, "held": held, "now": now, "direction": direction, "shown": shown, "form": form}
    return render_template("checkins/show_screen.html", **told), form.status


def _direction() -> Direction | None:
    asked = request.args.get("direction", "")
    return Direction(asked) if asked in set(Direction) else None


@bp.get("/checkins/<int:cohort_id>/<int:session_id>/codes")
@admits(*OPERATORS)
def codes(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Hand the open screen the codes of the next hour, so that it goes on without a network."""
    held = mine(cohort_id, session_id)
    after = request.args.get("after", 0, type=int)
    return jsonify(screen.sheet(held, span_of(held, timing(held.cohort)), after))


@bp.get("/checkins/<int:cohort_id>/<int:session_id>/standing")
@admits(*OPERATORS)
def standing(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Tell the open screen where everybody stands now."""
    seats = queries.standing(mine(cohort_id, session_id).id).seats
    return jsonify({id_: [seat.state, _minute(seat.came), _minute(seat.left)] for id_, seat in seats.items()})


def _minute(moment: Any) -> str:
    return f"{moment:%H:%M}" if moment else ""


@bp.get("/checkins/<int:cohort_id>/<int:session_id>/scans")
@admits(*ANYONE)
def scans(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Show what in the scans of a session calls for a look, with the evidence, and below it every scan."""
    held = held_in(cohort_id, session_id)
    found = suspicions(queries.seen_in([held.id]), _second)
    page = page_of(queries.scan_rows([held.id]))
    return render_template("checkins/scans.html", held=held, found=found, page=page, short=short, second=_second)


def _second(instant: datetime) -> str:
    return f"{clock.local(instant):%H:%M:%S}"
