"""The decision dossier: one judgement of one person with its facts, sources, findings, version and digest."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from trainingadmin import schemes
from trainingadmin.claims import queries, replay
from trainingadmin.claims.states import OCCASION_LABELS
from trainingadmin.claims.views import wording
from trainingadmin.claims.views.blueprint import ANYONE, bp
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.registers.why import card, english, label_of, source_text
from trainingadmin.schemes.facts import specs_of
from trainingadmin.schemes.wording import in_english


@bp.get("/lines/<int:line_id>/dossier")
@admits(*ANYONE)
def dossier(line_id: int) -> ResponseReturnValue:
    """Show everything one judgement rests on, to print, and whether it still comes out the same."""
    line, wanted = queries.line(line_id, actor=actor()), request.args.get("assessment", type=int)
    history = queries.assessments(line.id)
    judged = next((one for one in history if wanted in (None, one.assessment.id)), None) or abort(404)
    return render_template("claims/dossier.html", line=line, claim=line.claim, judged=judged, **_told(line, judged))


def _told(line: Any, judged: queries.Judged) -> dict[str, Any]:
    kept, scheme = judged.assessment, line.claim.scheme
    by = replay.version(scheme, kept.policy_digest, line.claim.cohort_id)
    document = by.document if by else ""
    return {
        "kept": kept,
        "scheme": schemes.SCHEMES[scheme],
        "english": english(),
        "version": by,
        "facts": _facts(scheme, kept),
        "items": card(scheme, kept.findings, kept.sources, facts=kept.facts, document=document),
        "sums": replay.sums(scheme, kept, line.claim.cohort_id),
        "verdicts": wording.verdicts(),
        "occasions": OCCASION_LABELS,
        "replayed": replay.replayed(kept, scheme, line.claim.number, by),
        "said": lambda where: _said(scheme, where),
    }


def _facts(scheme: str, kept: Any) -> list[tuple[str, str, str]]:
    """Return every known fact: what it is called, its value, where it comes from."""
    return [
        (
            spec.label_en if english() else spec.label_zh,
            _shown(scheme, spec, kept.facts),
            source_text(kept.sources[spec.name]) if spec.name in kept.sources else "",
        )
        for spec in specs_of(schemes.SCHEMES[scheme].facts)
        if spec.name in kept.facts
    ]


def _shown(scheme: str, spec: Any, facts: dict[str, Any]) -> str:
    try:
        value = getattr(schemes.facts_from_json(scheme, facts), spec.attribute)
    except schemes.BadFact:
        return str(facts[spec.name])  # as it was kept: what the law can no longer read is shown, not hidden
    shown = str(spec.kind.show(value))
    return f"{in_english(shown) if english() else shown} {in_english(spec.unit) if english() else spec.unit}".strip()


def _said(scheme: str, where: str) -> str:
    """Return the place of a difference in words where it is a condition's."""
    parts = where.split(".")
    return f"{label_of(scheme, parts[1])} · {parts[-1]}" if parts[0] == "findings" else where
