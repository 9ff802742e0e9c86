"""What a training certificate (培训合格证书) of one apprentice says, as plain values that no later change touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from flask import Flask, current_app

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates.actions import Order
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState, Outcome
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.levels import level_name, level_title
from trainingadmin.kernel.roles import Actor

_PROJECT = "企业新型学徒制培训"
_HOURS = "credited_hours"


def install(app: Flask, hours: Callable[[Cohort], Mapping[int, int]]) -> None:
    """Tell who knows the class hours credited to the people of a filing, by enrolment: attendance lies downstream."""
    app.extensions[_HOURS] = hours


def issue(cohort: Cohort, people: Iterable[Enrolment], results: Mapping[int, Result], *, by: Actor) -> None:
    """Issue the certificates of those among `people` who stayed, passed, and whose result was found true."""
    credited = current_app.extensions[_HOURS](cohort)
    orders = [
        _order(cohort, one, results[one.id], credited.get(one.id, 0))
        for one in people
        if one.state is EnrolmentState.ACTIVE and _earned(results.get(one.id))
    ]
    certificates.issue_many(CertificateKind.TRAINING, orders, by=by)


def _earned(result: Result | None) -> bool:
    return result is not None and result.outcome is Outcome.PASSED and bool(result.verified)


def _order(cohort: Cohort, enrolment: Enrolment, result: Result, hours: int) -> Order:
    """Return one certificate; strangers see the ID number masked.

    Hours are those credited by attendance, whole ones: what is signed states what was completed, not what was filed
    or planned. Who was never marked present has none, and then the certificate speaks of none.
    """
    level = result.level or enrolment.level
    assert cohort.institution is not None
    content = {
        "title": "培训合格证书",
        "institution": cohort.institution.name,
        "issuer": cohort.operator.office.name,
        "holder": {"name": enrolment.person.name, "id_number": enrolment.person.id_number},
        "project": _PROJECT,
        "occupation": result.occupation or enrolment.occupation,
        "level": f"{level_name(level)}/{level_title(level)}",
        "period": {"start_on": enrolment.starts_on.isoformat(), "end_on": result.ended_on.isoformat()},
        "hours": hours,
        "cohort": f"{cohort.title}（{cohort.number}）",
        "result": "合格",
    }
    public = {
        "holder": enrolment.person.name,
        "id": mask_id(enrolment.person.id_number),
        "project": f"{_PROJECT}（{content['occupation']} {content['level']}）",
        "unit": cohort.institution.name,
        "amount": "",
    }
    return Order(
        subject=f"enrolment:{enrolment.id}",
        group=f"cohort:{cohort.id}",
        content=content,
        public=public,
        office_code=cohort.office_code,
        holder_person_id=enrolment.person_id,
        organisation_id=cohort.operator_id,
    )
