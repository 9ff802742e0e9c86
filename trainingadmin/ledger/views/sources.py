"""Pages of what the books say of one funding source at one office, down to every row."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from trainingadmin.ledger import exports
from trainingadmin.ledger.queries import sources as kept
from trainingadmin.ledger.views.blueprint import AUDIENCE, bp, day
from trainingadmin.payments.states import CODE_LABELS, KIND_LABELS
from trainingadmin.payments.views.blueprint import MASKS, text
from trainingadmin.people.queries import office_names
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import XLSX
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.paging import page_of


@bp.get("/sources.xlsx")
@admits(*AUDIENCE)
def sources_file() -> ResponseReturnValue:
    """Export what was given, owed, paid, came back and was given up, by source and office."""
    return file_answer(exports.sources(actor(), day()), "funding-sources.xlsx", XLSX)


def _asked() -> dict[str, Any]:
    return {"source": text("source"), "office": text("office"), "part": text("part"), "on": day()}


@bp.get("/source")
@admits(*AUDIENCE)
def source() -> ResponseReturnValue:
    """Show every booking behind one sum; each leads to its due, batch or document."""
    asked = _asked()
    page = page_of(kept.rows(actor(), **asked))
    if not page.total:
        abort(404)
    words: dict[str, Any] = {"codes": CODE_LABELS, "kinds": KIND_LABELS, "parts": kept.LABELS}
    words |= {"office": office_names().get(asked["office"], asked["office"])}
    return render_template("ledger/source.html", page=page, asked=asked, **words, **MASKS)


@bp.get("/source.xlsx")
@admits(*AUDIENCE)
def source_file() -> ResponseReturnValue:
    """Export every booking behind one sum."""
    return file_answer(exports.source(actor(), **_asked()), "funding-source.xlsx", XLSX)
