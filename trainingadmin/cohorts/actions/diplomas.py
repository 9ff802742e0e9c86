"""What a training certificate (培训合格证书) of one apprentice says, as plain values that no later change touches."""

from __future__ import annotations

from trainingadmin.certificates.actions import Order
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.levels import level_name, level_title

_PROJECT = "企业新型学徒制培训"


def order(cohort: Cohort, enrolment: Enrolment, result: Result) -> Order:
    """Return the certificate wanted for one who passed; strangers see the ID number masked.

    Hours are those of the plan over the filed and extended months: the certificate states what was completed.
    """
    level = result.level or enrolment.level
    months = enrolment.filed_months + enrolment.extended_months
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
        "hours": (cohort.plan_hours_per_year or 0) * months // 12,
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
