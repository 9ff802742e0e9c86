"""Takes a filing in hand to write its attendance: locked, in training, and by somebody who may."""

from __future__ import annotations

from trainingadmin.cohorts.actions.holding import hold
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role

RECORDERS = (Role.ENTERPRISE, Role.INSTITUTION)


def may_record(cohort: Cohort, by: Actor) -> bool:
    """Whether `by` is an operator of the filing's enterprise or of its training institution."""
    enterprise = by.has(Role.ENTERPRISE) and by.organisation_id == cohort.operator_id
    return enterprise or (by.has(Role.INSTITUTION) and by.organisation_id == cohort.institution_id)


def to_record(cohort: Cohort, by: Actor) -> None:
    """Hold a filing whose attendance an operator writes; refusals `not-the-recorder` and those of `to_write`."""
    require_recorder(cohort, by)
    to_write(cohort)


def require_recorder(cohort: Cohort, by: Actor) -> None:
    """Refuse with `not-the-recorder` whoever may not note attendance of this filing."""
    if not may_record(cohort, by):
        raise Refusal("not-the-recorder", N_("考勤由申报企业或培训机构的经办人登记。"))


def to_write(cohort: Cohort) -> None:
    """Hold a filing whose attendance is written; refusals `attendance-locked`, `not-in-training`."""
    hold(cohort)
    if cohort.state is CohortState.COMPLETED:
        raise Refusal("attendance-locked", N_("这个班级已结业，考勤已锁定，不能再登记或更正。"))
    if cohort.state is not CohortState.APPROVED:
        raise Refusal("not-in-training", N_("只有备案已同意、尚未结业的班级可以办理这一步。"))
