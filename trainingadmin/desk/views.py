"""Where everybody arrives: each role's pile today, search, and a trainee's own pages."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.attendance import queries as attendance
from trainingadmin.attendance.evidence import LABELS as ATTENDANCE_LABELS
from trainingadmin.attendance.evidence import terms
from trainingadmin.attendance.grid import hours_text
from trainingadmin.attendance.queries import totals
from trainingadmin.certificates import queries as certificates
from trainingadmin.certificates.states import KIND_LABELS, LABELS, TONES
from trainingadmin.checkins.queries import waiting_call
from trainingadmin.checkins.today import lessons
from trainingadmin.claims import replay
from trainingadmin.claims.applicants import personal
from trainingadmin.claims.queries import lines_of_person, owns
from trainingadmin.claims.states import CLAIM, LINE
from trainingadmin.classes.queries import news
from trainingadmin.classes.states import LABELS as CLASS_LABELS
from trainingadmin.cohorts.states import CHANGE_LABELS, CLASS_SCHEME, COHORT, LIFECYCLES
from trainingadmin.desk import money, overdue, piles, queries, whereabouts
from trainingadmin.kernel.roles import Role
from trainingadmin.ledger.queries import yearly
from trainingadmin.offers import queries as offers
from trainingadmin.offers.states import SCHEME_LABELS
from trainingadmin.payments.states import BATCH
from trainingadmin.payments.states import KIND_LABELS as DUE_KINDS
from trainingadmin.plumbing import clock, searching
from trainingadmin.plumbing.access import actor, admits, public, staff_and
from trainingadmin.plumbing.exports import note
from trainingadmin.plumbing.pages import LANGUAGES, XLSX, render_kept
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.paging import page_of
from trainingadmin.recoveries import queries as recoveries
from trainingadmin.registers.why import card
from trainingadmin.schemes import SCHEMES

bp = Blueprint("desk", __name__)

_INSIDE = re.compile(r"^/(?![/\\])")
_DESK = staff_and(Role.ENTERPRISE, Role.INSTITUTION)
_MONEY = {"batch_states": BATCH, "kinds": DUE_KINDS, "schemes": SCHEMES}
_PRESENCE = {"presences": attendance.PRESENCE_LABELS, "presence_tones": attendance.PRESENCE_TONES}
_STATES = {
    "change_kinds": CHANGE_LABELS,
    "claim_states": CLAIM,
    "line_states": LINE,
    "cohort_states": COHORT,
    "lifecycles": LIFECYCLES,
    "holders": piles.HOLDERS,
}


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    """Send each to their own page."""
    if g.actor is None:
        return redirect(url_for("people.sign_in"))
    return redirect(url_for(".mine" if g.actor.is_trainee else ".home"))


@bp.get("/desk")
@admits(*_DESK)
def home() -> ResponseReturnValue:
    """Show what waits for this member of staff or operator, and what was paid."""
    pile, trails = piles.pile_of(actor()), whereabouts.of_organisation(actor())
    return render_kept("desk/home.html", pile=pile, trails=trails, **_STATES, **_MONEY)


@bp.get("/desk/changes")
@admits(Role.FIRST_REVIEW)
def changes() -> ResponseReturnValue:
    """List the changes of classes and filings that wait for a decision, the oldest first."""
    page = page_of(queries.waiting_changes(actor()))
    return render_kept("desk/changes.html", page=page, of_class=CLASS_LABELS, class_scheme=CLASS_SCHEME, **_STATES)


@bp.get("/desk/overdue/<late>")
@admits(*overdue.READERS)
def late(late: str) -> ResponseReturnValue:
    """List what is late by one of the office's three terms: where it lies, since when, and by how many working days."""
    which, office = _late(late), request.args.get("office", "").strip()
    page = page_of(overdue.listing(which, actor(), office))
    told = {
        "counts": overdue.counts(actor()),
        "offices": overdue.by_office(actor()),
        "undated": overdue.undated(actor()),
    }
    rows = overdue.rows(which, page.rows, actor())
    words = {"labels": overdue.LABELS, "late": which, "office": office}
    return render_kept("desk/late.html", page=page, rows=rows, **told, **words, **_STATES)


@bp.get("/desk/overdue/<late>/rows.xlsx")
@admits(*overdue.READERS)
def late_file(late: str) -> ResponseReturnValue:
    """Export one of the lists of what is late."""
    which, office = _late(late), request.args.get("office", "").strip()
    data, rows = overdue.table(which, actor(), office)
    note("overdue", f"desk:{which}", by=actor(), rows=rows, office=office)
    return file_answer(data, f"overdue-{which}.xlsx", XLSX)


def _late(named: str) -> overdue.Late:
    return overdue.Late(named) if named in set(overdue.Late) else abort(404)


@bp.route("/search", methods=["GET", "POST"])
@admits(*_DESK)
def search() -> ResponseReturnValue:
    """Find firms, filings, claims, batches and people; a whole ID number is answered at once, words stand in the address."""
    if request.method == "GET":
        words = request.args.get("q", "").strip()[:60]
        return _found(words, words)
    return searching.listed(url_for(".search")) or _found(searching.words()[:60], _("身份证号"))


def _found(words: str, told: str) -> str:
    found = queries.search(actor(), words) if words else {}
    return render_template("desk/search.html", words=told, found=found, **_STATES)


@bp.get("/m")
@admits(Role.TRAINEE)
def mine() -> ResponseReturnValue:
    """Show a trainee's hours, claim and money."""
    trainings = queries.trainings(_person())
    return render_template(
        "desk/mine.html",
        trainings=trainings,
        **_meters(trainings),
        **_sums(),
        trails=whereabouts.of_lines([one.line.id for one in trainings if one.line], actor()),
        personal=personal(),
        owns=owns(_person()),
        offers=offers.of_person(_person()),
        **_today(trainings),
        **_STATES,
    )


def _sums() -> dict[str, Any]:
    return {"sums": money.told(queries.money_of(_person())), "asked": recoveries.asked_of(_person())}


def _today(trainings: list[Any]) -> dict[str, Any]:
    of_today = lessons(_person(), (one.cohort for one in trainings))
    return {"call": waiting_call(_person(), clock.now()), "lessons": of_today, "hours": hours_text, **_PRESENCE}


def _meters(trainings: list[Any]) -> dict[str, Any]:
    found: dict[int, Any] = {}
    told = {one.cohort.id: terms(one.cohort) for one in trainings}
    for cohort_id, of_it in told.items():
        found |= attendance.meters([cohort_id], of_it.percent)
    attended = {one.enrolment.id: totals(one.cohort.id).get(one.enrolment.id) for one in trainings}
    more = {"terms": told, "kind_labels": ATTENDANCE_LABELS["kind"], "attended": attended}
    return {"news": news(_person()), "meters": found, **more}


@bp.get("/m/claims/<int:line_id>")
@admits(Role.TRAINEE)
def my_claim(line_id: int) -> ResponseReturnValue:
    """Show a trainee every condition of their own part of a claim."""
    one = next((line for line in lines_of_person(_person()) if line.line_id == line_id), None) or abort(404)
    items = card(one.scheme, one.findings, one.sources, facts=one.facts)
    way = whereabouts.of_lines([line_id], actor()).get(one.claim_id)
    sums = replay.sums(one.scheme, one, one.cohort_id)
    return render_template("desk/my_claim.html", one=one, items=items, sums=sums, trail=way, **_STATES)


@bp.get("/m/offers/<int:offer_id>")
@admits(Role.TRAINEE)
def my_offer(offer_id: int) -> ResponseReturnValue:
    """Show a person what they could claim, from when, and every condition."""
    found = offers.offer(offer_id, actor=actor())
    items = card(found.scheme, found.findings, found.sources)
    return render_template("desk/my_offer.html", found=found, items=items, schemes=SCHEME_LABELS)


@bp.get("/m/attendance")
@admits(Role.TRAINEE)
def my_attendance() -> ResponseReturnValue:
    """Show a trainee's sessions one by one."""
    trainings = queries.trainings(_person())
    if not trainings:
        return render_template("desk/my_attendance.html", training=None, held=[])
    latest, hour = trainings[0], terms(trainings[0].cohort).rules.hour_minutes
    more = {"held": attendance.own_sessions(latest.enrolment), "hours": lambda minutes: hours_text(minutes, hour)}
    return render_template("desk/my_attendance.html", training=latest, **more, **_PRESENCE)


@bp.get("/m/certificates")
@admits(Role.TRAINEE)
def my_certificates() -> ResponseReturnValue:
    """Show a trainee's documents, to download."""
    return render_template(
        "desk/my_certificates.html",
        found=certificates.held_by(_person()),
        years=yearly.years("person", _person()),
        kinds=KIND_LABELS,
        labels=LABELS,
        tones=TONES,
    )


@bp.get("/m/me")
@admits(Role.TRAINEE)
def me() -> ResponseReturnValue:
    """Show a trainee's own particulars, masked."""
    return render_template("desk/me.html", person=queries.person(_person()))


@bp.get("/language/<code>")
@public
def language(code: str) -> ResponseReturnValue:
    """Choose the language of the pages and go back to where one was."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    back = request.args.get("next", "/")
    return redirect(back if _INSIDE.match(back) else "/")


def _person() -> int:
    found = actor().person_id
    if found is None:
        abort(404)
    return found
