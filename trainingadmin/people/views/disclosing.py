"""Whole numbers on request, and the record of who asked for them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from trainingadmin.kernel.roles import Role
from trainingadmin.people import actions, queries
from trainingadmin.people.actions import Masked
from trainingadmin.people.forms import DisclosureForm
from trainingadmin.people.views.pages import bp
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.paging import page_of


def disclosure(whose: Masked, *, back: str) -> ResponseReturnValue:
    """Ask what whole numbers are wanted for, then show them in the answer to that form and nowhere else."""
    form = DisclosureForm()
    told = form.carries_out(lambda: actions.disclose(whose, form.purpose.data or "", by=actor()))
    page = render_template("people/disclose.html", whose=whose, told=told, form=form, back=back)
    return page, 200 if told else form.status


@bp.get("/disclosures")
@admits(Role.SUPERVISOR, Role.ADMIN)
def disclosures() -> ResponseReturnValue:
    """List who looked at whose whole numbers, when and what for."""
    page = page_of(queries.disclosures())
    return render_template("people/disclosures.html", page=page, subjects=queries.disclosed(page.rows))
