"""A person's own claim on the phone: what is still to do, submitting it, where it stands and why."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.applications import queries as applications
from trainingadmin.applications.states import PHOTO_LABELS, WANTED
from trainingadmin.claims import actions, particulars, queries, replay
from trainingadmin.claims.forms import MoveForm
from trainingadmin.claims.states import CLAIM, LINE, ClaimState
from trainingadmin.claims.views import wording
from trainingadmin.claims.views.blueprint import bp
from trainingadmin.kernel.roles import Role
from trainingadmin.people.queries import payout_account
from trainingadmin.plumbing import devices
from trainingadmin.plumbing.access import actor, admits, move_asked
from trainingadmin.plumbing.pages import said
from trainingadmin.policies.queries import calendar
from trainingadmin.registers.why import card

_OPEN = frozenset({ClaimState.DRAFT, ClaimState.RETURNED})


@bp.get("/own/<int:application_id>")
@admits(Role.TRAINEE)
def own(application_id: int) -> ResponseReturnValue:
    """Show one's own claim: what is missing before it can be submitted, then how far it is."""
    claim = queries.claim_of(application_id, actor=actor())
    return render_template("claims/own.html", form=MoveForm(), **_told(claim))


def _told(claim: Any) -> dict[str, Any]:
    line, steps = claim.lines[0], queries.steps(claim.id)
    latest = queries.assessments(line.id)[0].assessment
    account = payout_account(line.person_id)
    kinds = applications.photo_kinds(claim.application_id)
    offers = [offer for offer in actions.offers(claim, actor()) if Role.TRAINEE in offer.move.roles]
    return {
        "claim": claim,
        "line": line,
        "scheme_name": particulars.scheme_name(claim.scheme),
        "matter": particulars.told(claim.scheme, line.particulars),
        "lifecycle": CLAIM,
        "line_states": LINE,
        "verdicts": wording.verdicts(),
        "items": card(claim.scheme, latest.findings, latest.sources, facts=latest.facts),
        "sums": replay.sums(claim.scheme, latest, claim.cohort_id),
        "editable": claim.state in _OPEN,
        "pictures": [one for one in applications.photos(claim.application_id) if one.visit_id is None],
        "photo_labels": PHOTO_LABELS,
        "photos": [(PHOTO_LABELS[kind], kind in kinds) for kind in WANTED],
        "account_tail": account.number[-4:] if account else "",
        "possible": wording.move_items(
            offers, lambda name: url_for(".own_move", application_id=claim.application_id, move=name)
        ),
        "bar": wording.stages(claim, steps, calendar()),
        "returned": next((step for step in reversed(steps) if step.note), None) if claim.state in _TOLD else None,
    }


_TOLD = frozenset({ClaimState.RETURNED, ClaimState.REFUSED, ClaimState.NOT_ACCEPTED})


@bp.route("/own/<int:application_id>/move", methods=["GET", "POST"])
@admits(Role.TRAINEE)
def own_move(application_id: int) -> ResponseReturnValue:
    """Submit or withdraw one's own claim."""
    claim, form = queries.claim_of(application_id, actor=actor()), MoveForm()
    known = CLAIM.moves.get(move_asked()) or abort(404)
    this = devices.letters()
    device = devices.mark(this)
    if form.carries_out(lambda: actions.move_own(claim, known.name, device, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(move)s。", move=_(known.label)))
        return devices.remembered(redirect(url_for(".own", application_id=application_id)), this)
    return render_template("claims/own_move.html", claim=claim, form=form, known=known), form.status
