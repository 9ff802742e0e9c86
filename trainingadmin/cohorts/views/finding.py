"""The search of a roster, by words or by a whole ID number."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from trainingadmin.cohorts import queries
from trainingadmin.cohorts.views.blueprint import ANYONE, bp, filing
from trainingadmin.plumbing import searching
from trainingadmin.plumbing.access import admits


@bp.post("/<int:cohort_id>/roster/find")
@admits(*ANYONE)
def find(cohort_id: int) -> ResponseReturnValue:
    """Narrow the roster, or lead to the apprentice whose ID number was asked for."""
    cohort = filing(cohort_id)

    def person(number: str) -> str | None:
        one = queries.enrolled_as(cohort.id, number)
        return url_for(".person", cohort_id=cohort_id, enrolment_id=one) if one else None

    return searching.led(url_for(".roster", cohort_id=cohort_id), person)
