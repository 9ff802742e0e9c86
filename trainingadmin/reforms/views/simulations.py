"""Simulations: begun, watched, left and come back to, read, cancelled."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.roles import Role
from trainingadmin.people.queries import office_names, organisation_names
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.policies import queries as policies
from trainingadmin.reforms import actions, forms, queries
from trainingadmin.reforms.states import SIMULATION_LABELS, SIMULATION_TONES, UNDER_WAY
from trainingadmin.reforms.views import wording
from trainingadmin.reforms.views.blueprint import READERS, bp

_SHOWN = 50
_MONTHS = 24


@bp.route("/drafts/<int:draft_id>/simulate", methods=["GET", "POST"])
@admits(Role.POLICY)
def simulate(draft_id: int) -> ResponseReturnValue:
    """Begin a simulation of a draft."""
    draft, form, begun = policies.draft(draft_id, actor=actor()), forms.MoveForm(), list[Any]()
    if form.carries_out(lambda: begun.append(actions.simulate(draft, by=actor()))):
        return redirect(url_for(".simulation", simulation_id=begun[0].id))
    label = wording.scheme_label(draft.scheme)
    return render_template("reforms/simulate.html", draft=draft, form=form, label=label), form.status


@bp.route("/simulations/<int:simulation_id>/cancel", methods=["GET", "POST"])
@admits(Role.POLICY)
def cancel(simulation_id: int) -> ResponseReturnValue:
    """Cancel a simulation that is not needed any more."""
    found, form = _found(simulation_id), forms.MoveForm()
    if form.carries_out(lambda: actions.cancel(found["simulation"], by=actor())):
        said(_("试算已取消。"))
        return redirect(url_for(".show", draft_id=found["draft"].id))
    return render_template("reforms/cancel.html", form=form, **found), form.status


@bp.get("/simulations/<int:simulation_id>")
@admits(*READERS)
def simulation(simulation_id: int) -> ResponseReturnValue:
    """Show how far a simulation is, or what it found."""
    found = _found(simulation_id)
    result = found["simulation"].result
    return render_template("reforms/simulation.html", **found, **(_told(result) if result else {}))


def _found(simulation_id: int) -> dict[str, Any]:
    found = queries.simulation(simulation_id) or abort(404)
    draft = policies.draft(found.draft_id, actor=actor())
    done = queries.judged(simulation_id)
    return {
        "simulation": found,
        "draft": draft,
        "label": wording.scheme_label(draft.scheme),
        "under_way": found.state in UNDER_WAY,
        "fresh": found.digest == draft.digest,
        "done": done,
        "eta": _eta(found, done),
        "labels": SIMULATION_LABELS,
        "tones": SIMULATION_TONES,
    }


def _eta(found: Any, done: int) -> int | None:
    if not done or found.state not in UNDER_WAY:
        return None
    return int((clock.now() - found.started_at).total_seconds() * (found.people - done) / done)


def _told(result: dict[str, Any]) -> dict[str, Any]:
    groups = result["groups"]
    offices = office_names()
    payees = organisation_names([int(one) for one in groups["payee"] if one])
    return {
        "all": wording.group(groups["all"].get("")),
        "bound": wording.group(groups["bound"].get("")),
        "unread": result["unread"],
        "by_office": _rows(groups["office"], offices),
        "by_payee": _rows(groups["payee"], {"": _("本人领取"), **{str(id_): name for id_, name in payees.items()}})[
            :_SHOWN
        ],
        "payees": len(groups["payee"]),
        "by_month": [(month, wording.group(row)) for month, row in sorted(groups["month"].items())],
        "months": [
            (month, one["before"], one["after"])
            for month, row in sorted(groups["month"].items())[-_MONTHS:]
            for one in [wording.group(row)]
        ],
        "verdicts": _verdicts(result["verdicts"]),
        "signed": wording.signed,
    }


def _rows(groups: dict[str, list[int]], names: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    told = [(names.get(key, key), wording.group(row)) for key, row in groups.items()]
    return sorted(told, key=lambda one: (-abs(one[1]["difference"].fen), one[0]))


def _verdicts(found: dict[str, int]) -> list[tuple[str, str, int]]:
    told = []
    for change, number in sorted(found.items()):
        before, _arrow, after = change.partition(">")
        if before != after:
            told.append((wording.verdict_label(before)[0], wording.verdict_label(after)[0], number))
    return told


@bp.get("/simulations/<int:simulation_id>/people")
@admits(*READERS)
def people(simulation_id: int) -> ResponseReturnValue:
    """List the people whom a simulation changes, before and after, page by page; a district sees its own."""
    found = _found(simulation_id)
    wanted = {"kind": request.args.get("kind", ""), "bound": request.args.get("bound", "")}
    chosen = queries.touched(simulation_id, actor(), kind=wanted["kind"], bound=bool(wanted["bound"]))
    scheme = found["draft"].scheme
    return render_template(
        "reforms/people.html",
        page=page_of(chosen),
        wanted=wanted,
        verdict=wording.verdict_label,
        condition=lambda code: wording.condition(scheme, code),
        signed=wording.signed,
        **found,
    )
