"""The list of claims, one claim, and the moves of its review."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.attendance.evidence import shortfall
from trainingadmin.claims import actions, particulars, queries
from trainingadmin.claims.forms import MoveForm
from trainingadmin.claims.states import CLAIM, DECIDED, IN_REVIEW, LINE, ClaimState
from trainingadmin.claims.views import wording
from trainingadmin.claims.views.blueprint import ANYONE, MOVERS, bp
from trainingadmin.kernel.amount_in_words import amount_in_words
from trainingadmin.kernel.roles import ROLE_LABELS
from trainingadmin.plumbing.access import actor, admits, move_asked, weighty
from trainingadmin.plumbing.pages import render_kept, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.policies.queries import calendar
from trainingadmin.registers.why import label_of


@bp.get("/")
@admits(*ANYONE)
def index() -> ResponseReturnValue:
    """List the claims one may see, one's own pile first."""
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "state", "pile")}
    page, days = page_of(queries.listing(actor(), **wanted)), calendar()
    left = {row.id: wording.days_left(row.due_on, days) for row in page.rows}
    told = {"left": left, "counts": queries.counts(actor()), "terms": wording.terms()}
    return render_kept(
        "claims/index.html", page=page, wanted=wanted, lifecycle=CLAIM, scheme_name=particulars.scheme_name, **told
    )


@bp.get("/<int:claim_id>")
@admits(*ANYONE)
def show(claim_id: int) -> ResponseReturnValue:
    """Show a claim: its stage, sums, people, moves and history."""
    claim = queries.claim(claim_id, actor=actor())
    return render_template("claims/show.html", **_whole(claim), **_people(claim))


@bp.app_template_global()
def claimed_for(cohort_id: int) -> dict[str, Any] | None:
    """Return the claim of a filing and how its state reads, for the filing's page, which lies upstream; None unseen."""
    claim = queries.claim_of_filing(cohort_id, actor=actor())
    if claim is None:
        return None
    return {"claim": claim, "label": CLAIM.labels[claim.state], "tone": CLAIM.tones[claim.state]}


def _whole(claim: Any) -> dict[str, Any]:
    steps = queries.steps(claim.id)
    offers = actions.offers(claim, actor())
    return {
        "claim": claim,
        "scheme_name": particulars.scheme_name(claim.scheme),
        "lifecycle": CLAIM,
        "line_states": LINE,
        "roles": ROLE_LABELS,
        "steps_made": steps,
        "names_in": queries.names_in(steps),
        "reforms": queries.reforms(claim.id),
        "bar": wording.stages(claim, steps, calendar()),
        "possible": wording.move_items(offers, lambda name: url_for(".move", claim_id=claim.id, move=name)),
        "returned": _last(steps, "return") if claim.state is ClaimState.RETURNED else None,
        "refused": steps[-1] if steps and claim.state in (ClaimState.REFUSED, ClaimState.NOT_ACCEPTED) else None,
        "next_one": _next(claim),
        "may_reassess": actions.may_reassess(claim, actor()),
        "news": queries.news_since(claim) if claim.state in {*IN_REVIEW, *DECIDED} else None,
        "short": shortfall(claim.cohort) if claim.cohort else None,
        "words": amount_in_words(claim.entitlement),
        "flags": queries.flags(claim, people=actor().is_staff),
        "people_of_claim": queries.persons(claim.id) if actor().is_staff else [],
        "shared": queries.shared_in(claim.id) if actor().is_staff else [],
    }


def _last(steps: list[Any], beginning: str) -> Any:
    return next((step for step in reversed(steps) if step.move.startswith(beginning)), None)


def _next(claim: Any) -> tuple[int, str] | None:
    mine = IN_REVIEW.get(claim.state)
    return None if mine and actor().has(mine) else queries.next_on_pile(actor(), but=claim.id)


def _people(claim: Any) -> dict[str, Any]:
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "verdict", "state")}
    return {
        "wanted": wanted,
        "page": page_of(queries.lines(claim.id, **wanted)),
        "tally": queries.tally(claim.id),
        "verdicts": wording.verdicts(),
        "label_of": lambda code: label_of(claim.scheme, code),
        "brief": lambda known: particulars.brief(claim.scheme, known),
    }


@bp.route("/<int:claim_id>/move", methods=["GET", "POST"])
@admits(*MOVERS)
@weighty("approve")
def move(claim_id: int) -> ResponseReturnValue:
    """Ask for the reason of a move, or make it; refused, say why."""
    claim, form = queries.claim(claim_id, actor=actor()), MoveForm()
    name = move_asked()
    known = CLAIM.moves.get(name) or abort(404)
    if form.carries_out(lambda: actions.move(claim, name, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(move)s。", move=_(known.label)))
        return redirect(url_for(".show", claim_id=claim_id))
    if request.method == "GET" and known.tone == "warning":
        form.note.data = wording.draft_note(claim.scheme, queries.tally(claim_id).reasons)
    return render_template("claims/move.html", claim=claim, form=form, known=known), form.status


@bp.post("/<int:claim_id>/reassess")
@admits(*MOVERS)
def reassess(claim_id: int) -> ResponseReturnValue:
    """Judge the people who are not decided yet again, on what is known today."""
    claim, form = queries.claim(claim_id, actor=actor()), MoveForm()
    done: list[actions.Reassessment] = []
    if form.carries_out(lambda: done.append(actions.recheck(claim, by=actor()))):
        new, changed = done[0]
        said(_("已重新核验：%(new)s 人有新的核验记录，%(changed)s 人结论有变化。", new=new, changed=changed))
        return redirect(url_for(".show", claim_id=claim_id))
    return render_template("claims/reassess.html", claim=claim, form=form), form.status


@bp.post("/<int:claim_id>/supplement")
@admits(*MOVERS)
@weighty()
def supplement(claim_id: int) -> ResponseReturnValue:
    """Decide the people who were held at approval and released since."""
    claim, form = queries.claim(claim_id, actor=actor()), MoveForm()
    if form.carries_out(lambda: actions.approve_released(claim, by=actor(), note=form.note.data or "")):
        said(_("已补充审批。"))
        return redirect(url_for(".show", claim_id=claim_id))
    return render_template("claims/supplement.html", claim=claim, form=form), form.status
