"""The people of a claim as a spreadsheet."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from trainingadmin.claims import exports, queries
from trainingadmin.claims.views import wording
from trainingadmin.claims.views.blueprint import ANYONE, bp
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.exports import note
from trainingadmin.plumbing.pages import XLSX
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.registers.why import label_of


@bp.get("/<int:claim_id>/lines.xlsx")
@admits(*ANYONE)
@weighty(reads=True)
def export_lines(claim_id: int) -> ResponseReturnValue:
    """Hand out a claim's people as filtered."""
    claim = queries.claim(claim_id, actor=actor())
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "verdict", "state")}
    data, rows = exports.lines(claim, actor(), wording.verdicts(), label_of, **wanted)
    name = f"{claim.number}.xlsx"
    note("claim-lines", f"claims:{claim_id}", by=actor(), rows=rows, **wanted)
    return file_answer(data, name, XLSX)
