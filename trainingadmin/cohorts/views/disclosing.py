"""An apprentice's or trainee's whole numbers on request."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from trainingadmin.cohorts import queries
from trainingadmin.cohorts.views.blueprint import bp
from trainingadmin.kernel.roles import REVIEWERS, Role
from trainingadmin.people.actions import masked
from trainingadmin.people.views.disclosing import disclosure
from trainingadmin.plumbing.access import actor, admits, weighty


@bp.route("/<int:cohort_id>/people/<int:enrolment_id>/numbers", methods=["GET", "POST"])
@admits(*REVIEWERS, Role.SUPERVISOR)
@weighty()
def numbers(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Show one person's whole numbers for a stated purpose."""
    cohort = queries.cohort(cohort_id, actor=actor())
    one = queries.apprentice(cohort.id, enrolment_id)
    page = "classes.person" if cohort.is_class else ".person"
    return disclosure(masked(one.person), back=url_for(page, cohort_id=cohort_id, enrolment_id=enrolment_id))
