"""The trainee's phone: the page of a scanned code, its one button, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainingadmin.attendance.evidence import LABELS, terms
from trainingadmin.attendance.grid import hours_text
from trainingadmin.attendance.queries import Known, Phase, known_of, meter, phase
from trainingadmin.checkins import actions, queries, screen
from trainingadmin.checkins.actions import Scanned
from trainingadmin.checkins.forms import ScanForm
from trainingadmin.checkins.phones import Place
from trainingadmin.checkins.states import Verdict
from trainingadmin.checkins.views.blueprint import bp, phone_now
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import clock, devices
from trainingadmin.plumbing.access import actor, admits, public

_TO_SIGN_IN = timedelta(minutes=10)


@bp.get("/k/<token>")
@public
def open_code(token: str) -> ResponseReturnValue:
    """Show the one button of a code, or why it is not good; strangers sign in first and come back."""
    this = devices.letters()
    opened_at = _opened_at(token, request.args.get("r", ""), this)
    receipt = screen.sealer().receipt(token, this, opened_at)
    wrong = screen.look(token, opened_at)
    if wrong is None and g.actor is None:
        back = url_for(".open_code", token=token, r=receipt)
        return devices.remembered(redirect(url_for("people.ask_code", next=back)), this)
    return devices.remembered(_page(token, wrong, ScanForm(formdata=None, receipt=receipt), opened_at), this)


def _page(token: str, wrong: Verdict | None, form: ScanForm, opened_at: datetime) -> ResponseReturnValue:
    trainee = g.actor is not None and g.actor.has(Role.TRAINEE)
    if wrong and trainee:
        actions.note_opened(Scanned(token, opened_at, phone_now()), by=actor())
    code = screen.sealer().read(token)
    held = queries.session_of(code.session_id) if code and trainee and not wrong else None
    told = {"wrong": wrong, "trainee": trainee, "direction": code.direction if code else None, "token": token}
    return render_template("checkins/open_code.html", form=form, held=held, mark=_mark(held), **told), form.status


def _mark(held: Any) -> Known | None:
    """Return what is noted already of whoever holds the phone."""
    enrolment = queries.enrolment_in(held.cohort_id, actor().person_id) if held else None
    return known_of(held.id, enrolment.id) if enrolment else None


def _opened_at(token: str, receipt: str, this: str) -> datetime:
    """Return when this browser opened the code's page, as a receipt of the last ten minutes proves; else now."""
    now = clock.now()
    opened_at = screen.sealer().opened_at(receipt, token, this)
    return opened_at if opened_at and now - _TO_SIGN_IN < opened_at <= now else now.replace(microsecond=0)


@bp.post("/k/<token>")
@admits(Role.TRAINEE)
def check_in(token: str) -> ResponseReturnValue:
    """Check in or out by a code; what came of it is on the next page."""
    form, done = ScanForm(), list[Any]()
    opened_at = _opened_at(token, form.receipt.data or "", devices.letters())
    if form.carries_out(lambda: done.append(actions.scan(_scanned(token, opened_at, form.place()), by=actor()))):
        return redirect(url_for(".done", scan_id=done[0].id))
    return _page(token, screen.look(token, opened_at), form, opened_at)


def _scanned(token: str, opened_at: datetime, place: Place | None) -> Scanned:
    return Scanned(token, opened_at, phone_now(place))


@bp.get("/k/done/<int:scan_id>")
@admits(Role.TRAINEE)
def done(scan_id: int) -> ResponseReturnValue:
    """Show what a scan of one's own came to: the session, the time, what is credited so far and what is left."""
    scan = queries.scan_of(scan_id, account_id=actor().id)
    held = queries.session_of(scan.session_id) if scan.session_id and scan.verdict.is_good else None
    mark = known_of(held.id, scan.enrolment_id) if held and scan.enrolment_id else None
    more = {"over": held is not None and phase(held) is Phase.OVER, "hours": hours_text}
    return render_template(
        "checkins/done.html", scan=scan, held=held, mark=mark, **more, **_hours(held, scan.enrolment_id)
    )


def _hours(held: Any, enrolment_id: int | None) -> dict[str, Any]:
    if not held or not enrolment_id:
        return {}
    told = terms(held.cohort)
    return {"terms": told, "kinds": LABELS["kind"], "meter": meter(enrolment_id, told.percent)}
