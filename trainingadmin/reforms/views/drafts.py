"""Versions in force and before, and drafts: the list, one of each, the form, the moves."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.roles import ROLE_LABELS, Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, move_asked, weighty
from trainingadmin.plumbing.pages import download, explain, render_kept, said
from trainingadmin.plumbing.storage import store
from trainingadmin.policies import queries as policies
from trainingadmin.policies.states import DRAFT, OPEN
from trainingadmin.reforms import actions, forms, queries
from trainingadmin.reforms.states import SIMULATION_LABELS, SIMULATION_TONES
from trainingadmin.reforms.views import wording
from trainingadmin.reforms.views.blueprint import READERS, bp
from trainingadmin.schemes import SCHEMES

_TONES = {"danger": "bad", "warning": "warn"}


@bp.get("/")
@admits(*READERS)
def index() -> ResponseReturnValue:
    """List every scheme's versions and the drafts on their way."""
    drafts, dated = policies.drafts_listed(), policies.dated(clock.today())
    return render_kept(
        "reforms/index.html",
        schemes=[{"name": one, **_of_scheme(one), "versions": dated[one]} for one in SCHEMES],
        drafts=[one for one in drafts if one.state in OPEN],
        past=[one for one in drafts if one.state not in OPEN],
        lifecycle=DRAFT,
        label_of=wording.scheme_label,
    )


@bp.get("/versions/<digest>")
@admits(*READERS)
def version(digest: str) -> ResponseReturnValue:
    """Show a version whole: every figure with its citation, and who put it into force."""
    found = policies.by_digest(digest) or abort(404)
    row = policies.row_by_digest(digest)
    more = {"row": row, "progress_made": _progress(row), **_of_scheme(found.scheme)}
    return render_template("reforms/version.html", version=found, **more, **_figures(found))


def _figures(found: Any) -> dict[str, Any]:
    earlier = [one for one in policies.versions(found.scheme) if one.from_on < found.from_on]
    rows = [
        (forms.label_of(one.spec), forms.shown(found, name), forms.unit_of(one.unit), one)
        for name, one in found.figures.items()
    ]
    return {"figures": rows, "changes": wording.changes(earlier[-1], found) if earlier else []}


def _progress(row: Any) -> dict[str, Any] | None:
    done = queries.reassessment(row.id) if row is not None else None
    return None if done is None else {"done": done, "left": queries.count_behind(row)}


@bp.get("/versions/<digest>/scan")
@admits(*READERS)
def version_scan(digest: str) -> ResponseReturnValue:
    """Hand out the scan that a version rests on."""
    row = policies.row_by_digest(digest)
    return _scan(row)


@bp.get("/drafts/<int:draft_id>/scan")
@admits(*READERS)
def scan(draft_id: int) -> ResponseReturnValue:
    """Hand out the scan that a draft rests on."""
    return _scan(policies.draft(draft_id, actor=actor()))


def _scan(row: Any) -> ResponseReturnValue:
    if row is None or row.scan_sha256 is None:
        abort(404)
    media = "application/pdf" if row.scan_name.endswith(".pdf") else "image/jpeg"
    return download(store().read(row.scan_sha256), row.scan_name, media)


@bp.route("/<scheme>/new", methods=["GET", "POST"])
@admits(Role.POLICY)
def new(scheme: str) -> ResponseReturnValue:
    """Draft new figures, beginning with those in force last."""
    if scheme not in SCHEMES:
        abort(404)
    form, made = forms.draft_form(policies.versions(scheme)[-1]), list[Any]()
    if form.carries_out(lambda: made.append(actions.draft(scheme, form.proposal(), form.sent(), by=actor()))):
        said(_("草案已保存。接下来请试算，再提请施行。"))
        return redirect(url_for(".show", draft_id=made[0].id))
    return render_template("reforms/new.html", form=form, scheme=scheme, **_of_scheme(scheme)), form.status


def _of_scheme(scheme: str) -> dict[str, Any]:
    return {"label": wording.scheme_label(scheme), "rule": wording.date_rule(scheme)}


@bp.route("/drafts/<int:draft_id>/edit", methods=["GET", "POST"])
@admits(Role.POLICY)
def edit(draft_id: int) -> ResponseReturnValue:
    """Change a draft."""
    draft = policies.draft(draft_id, actor=actor())
    form = forms.draft_form(policies.before(draft.scheme, draft.valid_from), policies.version_of(draft))
    if form.carries_out(lambda: actions.amend(draft, form.proposal(), form.sent(), by=actor())):
        said(_("已保存。数值改动后要重新试算。"))
        return redirect(url_for(".show", draft_id=draft_id))
    return render_template("reforms/edit.html", form=form, draft=draft, **_of_scheme(draft.scheme)), form.status


@bp.get("/drafts/<int:draft_id>")
@admits(*READERS)
def show(draft_id: int) -> ResponseReturnValue:
    """Show a draft: what it changes, what simulation and cases say, what can be done."""
    draft = policies.draft(draft_id, actor=actor())
    return render_template("reforms/show.html", **_whole(draft))


def _whole(draft: Any) -> dict[str, Any]:
    proposed = policies.version_of(draft)
    runs = actions.run_cases(draft.scheme, draft) if draft.state in OPEN else []
    simulations = queries.simulations(draft.id)
    return {
        "draft": draft,
        "lifecycle": DRAFT,
        "roles": ROLE_LABELS,
        "changes": wording.changes(policies.before(draft.scheme, draft.valid_from), proposed),
        "runs": runs,
        "broken": [(run.case, wording.misses(draft.scheme, run.misses)) for run in runs if run.misses],
        "simulations": simulations,
        "current": queries.simulation_for(draft),
        "running": queries.under_way(draft.id),
        "labels": SIMULATION_LABELS,
        "tones": SIMULATION_TONES,
        "obstacles": [explain(one) for one in actions.obstacles(draft)] if draft.state in OPEN else [],
        "possible": _moves(draft) if actor().has(Role.POLICY) else [],
        **_effect(draft),
        **_of_scheme(draft.scheme),
    }


def _moves(draft: Any) -> list[dict[str, Any]]:
    hrefs = {"edit": url_for(".edit", draft_id=draft.id)}
    return [
        {
            "name": offer.move.name,
            "label": _(offer.move.label),
            "allowed": offer.allowed,
            "tone": _TONES.get(offer.move.tone, "quiet" if offer.move.name == "edit" else "primary"),
            "href": hrefs.get(offer.move.name)
            or (url_for(".move", draft_id=draft.id, move=offer.move.name) if _asks(offer.move) else None),
            "reason": explain(offer.refusal) if offer.refusal else None,
            "who": _("、").join(_(role) for role in offer.who),
        }
        for offer in actions.offers(draft, actor())
    ]


def _asks(move: Any) -> bool:
    return bool(move.needs_note) or move.name == "activate"


def _effect(draft: Any) -> dict[str, Any]:
    """Return what putting a draft into force comes to: whether it reaches back, and whom the simulation of exactly these figures counts."""
    simulated = queries.simulation_for(draft)
    bound = wording.group(simulated.result["groups"]["bound"].get("")) if simulated else None
    return {"reaches_back": draft.valid_from < clock.today(), "bound": bound, "signed": wording.signed}


@bp.route("/drafts/<int:draft_id>/move", methods=["GET", "POST"])
@admits(Role.POLICY)
@weighty("activate")
def move(draft_id: int) -> ResponseReturnValue:
    """Ask for the reason of a move, or make it; refused, say why."""
    draft, form = policies.draft(draft_id, actor=actor()), forms.MoveForm()
    name = move_asked()
    known = DRAFT.moves.get(name) or abort(404)
    if form.carries_out(lambda: actions.move(draft, name, by=actor(), note=form.note.data or "")):
        said(_("已办理：%(move)s。", move=_(known.label)))
        return redirect(url_for(".show", draft_id=draft_id))
    return render_template(
        "reforms/move.html", draft=draft, form=form, known=known, **_effect(draft), **_of_scheme(draft.scheme)
    ), form.status
