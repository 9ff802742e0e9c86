"""Where everybody arrives: each role's pile today, search, and a trainee's own pages."""

from __future__ import annotations

import re

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from trainingadmin.attendance.queries import totals
from trainingadmin.certificates import queries as certificates
from trainingadmin.certificates.states import KIND_LABELS, LABELS, TONES
from trainingadmin.claims.applicants import personal
from trainingadmin.claims.queries import lines_of_person
from trainingadmin.claims.states import CLAIM, LINE
from trainingadmin.cohorts.states import COHORT
from trainingadmin.desk import money, piles, queries
from trainingadmin.kernel.roles import Role
from trainingadmin.offers import queries as offers
from trainingadmin.offers.states import SCHEME_LABELS
from trainingadmin.plumbing.access import actor, admits, public, staff_and
from trainingadmin.plumbing.pages import LANGUAGES
from trainingadmin.registers.why import card

bp = Blueprint("desk", __name__)

_INSIDE = re.compile(r"^/(?![/\\])")
_DESK = staff_and(Role.ENTERPRISE, Role.INSTITUTION)
_STATES = {"claim_states": CLAIM, "line_states": LINE, "cohort_states": COHORT}


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
    return render_template(
        "desk/home.html", pile=piles.pile_of(actor()), months=queries.paid_by_month(actor()), **_STATES
    )


@bp.get("/search")
@admits(*_DESK)
def search() -> ResponseReturnValue:
    """Find firms, filings, claims, batches and people."""
    words = request.args.get("q", "").strip()[:60]
    return render_template(
        "desk/search.html", words=words, found=queries.search(actor(), words) if words else {}, **_STATES
    )


@bp.get("/m")
@admits(Role.TRAINEE)
def mine() -> ResponseReturnValue:
    """Show a trainee's hours, claim and money."""
    trainings = queries.trainings(_person())
    hours = {training.enrolment.id: totals(training.cohort.id).get(training.enrolment.id) for training in trainings}
    return render_template(
        "desk/mine.html",
        trainings=trainings,
        hours=hours,
        sums=money.told(queries.money_of(_person())),
        personal=personal(),
        offers=offers.of_person(_person()),
        **_STATES,
    )


@bp.get("/m/claims/<int:line_id>")
@admits(Role.TRAINEE)
def my_claim(line_id: int) -> ResponseReturnValue:
    """Show a trainee every condition of their own part of a claim."""
    one = next((line for line in lines_of_person(_person()) if line.line_id == line_id), None) or abort(404)
    items = card(one.scheme, one.findings, one.sources, facts=one.facts)
    return render_template("desk/my_claim.html", one=one, items=items, **_STATES)


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
    held = queries.sessions_of(trainings[0].enrolment) if trainings else []
    return render_template("desk/my_attendance.html", training=trainings[0] if trainings else None, held=held)


@bp.get("/m/certificates")
@admits(Role.TRAINEE)
def my_certificates() -> ResponseReturnValue:
    """Show a trainee's documents, to download."""
    return render_template(
        "desk/my_certificates.html",
        found=certificates.held_by(_person()),
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
