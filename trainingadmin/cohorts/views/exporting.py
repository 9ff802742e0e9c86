"""Filings and rosters as spreadsheets."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from trainingadmin.cohorts import evidence, exports
from trainingadmin.cohorts.views.blueprint import ANYONE, bp, filing
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.exports import note
from trainingadmin.plumbing.pages import XLSX
from trainingadmin.plumbing.pages import download as file_answer


def _asked(*names: str) -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in names}


@bp.get("/filings.xlsx")
@admits(*ANYONE)
def export_filings() -> ResponseReturnValue:
    """Hand out the list of filings as filtered."""
    wanted = _asked("q", "state")
    data, rows = exports.filings(actor(), **wanted)
    note("filings", "cohorts", by=actor(), rows=rows, **wanted)
    return file_answer(data, "filings.xlsx", XLSX)


@bp.get("/<int:cohort_id>/roster.xlsx")
@admits(*ANYONE)
@weighty(reads=True)
def export_roster(cohort_id: int) -> ResponseReturnValue:
    """Hand out the roster of one filing as filtered."""
    cohort, wanted = filing(cohort_id), _asked("q", "verdict", "code")
    chosen = evidence.chosen(cohort, verdict=wanted["verdict"], code=wanted["code"])
    data, rows = exports.roster(cohort, actor(), q=wanted["q"], among=chosen)
    name = f"{cohort.number}.xlsx"
    note("roster", f"cohorts:{cohort_id}", by=actor(), rows=rows, **wanted)
    return file_answer(data, name, XLSX)
