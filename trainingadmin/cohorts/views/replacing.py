"""Pages of putting another person in an apprentice's place."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.forms import ReplaceForm
from trainingadmin.cohorts.views.blueprint import bp, filing
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said


@bp.route("/<int:cohort_id>/people/<int:enrolment_id>/replace", methods=["GET", "POST"])
@admits(Role.ENTERPRISE)
def replace_person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Ask for another person in an apprentice's place."""
    cohort = filing(cohort_id)
    one = queries.apprentice(cohort.id, enrolment_id)
    form = ReplaceForm(mentor=one.mentor, ends_on=one.ends_on.isoformat(), insured_unit=cohort.operator.name)
    if form.carries_out(lambda: actions.request_change(cohort, form.request(one.id), by=actor())):
        said(_("变更申请已提交，待初审岗审核。"))
        return redirect(url_for(".changes", cohort_id=cohort_id))
    last = actions.deadline(cohort)
    return render_template("cohorts/replace_person.html", cohort=cohort, one=one, form=form, last=last), form.status
