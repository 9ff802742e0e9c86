"""One person in a claim: why, since when, and keeping them back."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.claims import actions, particulars, queries, replay
from trainingadmin.claims.forms import MoveForm
from trainingadmin.claims.states import (
    CLAIM,
    DECIDED,
    LINE,
    OCCASION_LABELS,
    SHARED_LABELS,
    UNDECIDED,
    ClaimState,
    LineState,
)
from trainingadmin.claims.views import wording
from trainingadmin.claims.views.blueprint import ANYONE, bp
from trainingadmin.cohorts.ways import ways
from trainingadmin.kernel.roles import REVIEWERS, ROLE_LABELS, Role
from trainingadmin.people.actions import masked
from trainingadmin.people.views.disclosing import disclosure
from trainingadmin.plumbing.access import actor, admits, move_asked, weighty
from trainingadmin.plumbing.pages import said
from trainingadmin.registers.why import Way, card, label_of, nowhere

_VERBS = {"hold": actions.hold, "release": actions.release, "refuse": actions.refuse_line}


@bp.get("/lines/<int:line_id>")
@admits(*ANYONE)
def line(line_id: int) -> ResponseReturnValue:
    """Show one person's findings with their sources, every judgement so far, and what may be done."""
    found = queries.line(line_id, actor=actor())
    return render_template("claims/line.html", **_person(found))


def _person(line: Any) -> dict[str, Any]:
    history = queries.assessments(line.id)
    latest, way = history[0].assessment, _way(line)
    return {
        "line": line,
        "claim": line.claim,
        "particulars": particulars.told(line.claim.scheme, line.particulars),
        "matter": particulars.brief(line.claim.scheme, line.particulars),
        "lifecycle": CLAIM,
        "line_states": LINE,
        "roles": ROLE_LABELS,
        "verdicts": wording.verdicts(),
        "latest": latest,
        "items": card(line.claim.scheme, latest.findings, latest.sources, facts=latest.facts, way=way),
        "sums": replay.sums(line.claim.scheme, latest, line.claim.cohort_id, way=way),
        "history": history,
        "intact": queries.intact,
        "occasions": OCCASION_LABELS,
        "label_of": lambda code: label_of(line.claim.scheme, code),
        "acts": queries.steps_of_line(line.id),
        "shared": queries.risks([line.person_id]).get(line.person_id, []) if actor().is_staff else [],
        "shared_labels": SHARED_LABELS,
        "possible": _possible(line),
        "onward": queries.next_doubtful(line),
    }


def _way(line: Any) -> Way:
    cohort_id = line.claim.cohort_id
    return ways(cohort_id, line.enrolment_id, reader=actor()) if cohort_id is not None else nowhere


def _possible(line: Any) -> list[dict[str, Any]]:
    """Return what the officer whose stage it is can do to this line; for others nothing is shown."""
    claim, items = line.claim, []
    if not actor().has(*REVIEWERS) or line.state not in UNDECIDED:
        return []
    if line.state is LineState.OPEN and claim.state not in DECIDED:
        items.append(_item(line, "hold", _("暂缓此人"), "warn", "player-pause"))
    if line.state is LineState.HELD:
        items.append(_item(line, "release", _("解除暂缓"), "primary", "player-play"))
    if claim.state in DECIDED | {ClaimState.REVIEWED}:
        items.append(_item(line, "refuse", _("不予补贴"), "bad", "ban"))
    return items


def _item(line: Any, name: str, label: str, tone: str, mark: str) -> dict[str, Any]:
    refusal = actions.refusal_to_touch(line, actor(), released=name != "hold")
    href = url_for(".line_move", line_id=line.id, move=name)
    return {
        "name": name,
        "label": label,
        "allowed": refusal is None,
        "tone": tone,
        "mark": mark,
        "href": href,
        "refusal": refusal,
    }


@bp.route("/lines/<int:line_id>/numbers", methods=["GET", "POST"])
@admits(*REVIEWERS, Role.SUPERVISOR)
@weighty()
def numbers(line_id: int) -> ResponseReturnValue:
    """Show one person's whole numbers for a stated purpose."""
    found = queries.line(line_id, actor=actor())
    return disclosure(masked(found.person), back=url_for(".line", line_id=line_id))


@bp.route("/lines/<int:line_id>/move", methods=["GET", "POST"])
@admits(*REVIEWERS)
def line_move(line_id: int) -> ResponseReturnValue:
    """Ask for the reason to hold, release or refuse one person, and do it."""
    found, form = queries.line(line_id, actor=actor()), MoveForm()
    name = move_asked()
    verb = _VERBS.get(name) or abort(404)
    if form.carries_out(lambda: verb(found, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(name)s，%(move)s。", name=found.person.name, move=_(LINE.moves[name].label)))
        return redirect(url_for(".line", line_id=line_id))
    known = LINE.moves[name]
    return render_template("claims/line_move.html", line=found, claim=found.claim, form=form, known=known), form.status
