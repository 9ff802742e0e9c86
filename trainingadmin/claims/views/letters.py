"""Letters to the applicant: what to amend, or why a claim was not accepted or refused, ready to print."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.claims import queries
from trainingadmin.claims.views import wording
from trainingadmin.claims.views.blueprint import ANYONE, bp
from trainingadmin.people.queries import office
from trainingadmin.plumbing.access import actor, admits

LETTERS = frozenset({"return", "return_checked", "reject", "refuse_checked", "refuse_reviewed", "refuse"})


@bp.get("/<int:claim_id>/letters/<int:step_id>")
@admits(*ANYONE)
def letter(claim_id: int, step_id: int) -> ResponseReturnValue:
    """Show the letter that goes with a return or a refusal, as things stood then."""
    claim = queries.claim(claim_id, actor=actor())
    written = [step for step in queries.steps(claim_id) if step.line_id is None and step.move in LETTERS]
    step = next((one for one in written if one.id == step_id), None) or abort(404)
    number = f"{claim.number}-{written.index(step) + 1:02d}"
    return render_template("claims/letter.html", claim=claim, step=step, number=number, **_content(claim, step))


def _content(claim: Any, step: Any) -> dict[str, Any]:
    titles = {"return": _("补正通知书"), "reject": _("不予受理通知书"), "refuse": _("不予批准通知书")}
    unmet = queries.unmet_at(claim.id, step.at)
    return {
        "title": titles[step.move.partition("_")[0]],
        "unmet": [(position, name, wording.why(claim.scheme, told, {})) for position, name, told in unmet],
        "unit": office(claim.office_code).name,
    }
